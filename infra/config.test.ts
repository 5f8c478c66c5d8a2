import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { HELP, readInvocation } from './config.ts'

describe('the configuration', () => {
  it('has defaults that run without any flag', () => {
    expect(readInvocation([], {})).toEqual({
      kind: 'run',
      config: {
        port: 4400,
        rpcPort: 5050,
        host: '127.0.0.1',
        dataFolder: path.resolve('.chronohex'),
        seed: null,
        bots: 4,
        blockTimeMs: 500,
        log: null,
        toriiPort: null,
        fresh: false,
      },
    })
  })

  it('prefers flags to the environment, and the environment to defaults', () => {
    const env = { CHRONOHEX_PORT: '1', CHRONOHEX_BOTS: '2' }
    expect(readInvocation(['--port', '0', '--fresh'], env)).toMatchObject({
      config: { port: 0, bots: 2, blockTimeMs: 500, fresh: true },
    })
  })

  it.each([
    [['--port', '65536'], '--port'],
    [['--port', '-1'], '--port'],
    [['--block-time', '1e3'], '--block-time'],
    [['--bots', 'many'], '--bots'],
    [['--seed', 'x'.repeat(32)], '--seed'],
    [['--seed', 'naïve'], '--seed'],
    [['--prot', '1'], '--prot'],
    [['serve'], 'serve'],
    [['--data', ''], '--data'],
    [['--log', 'esdb'], '--log'],
    [['--torii-port', 'x'], '--torii-port'],
  ])('refuses %j naming what is wrong', (args, named) => {
    const outcome = readInvocation(args, {})
    expect(outcome).toMatchObject({ rejected: 'BAD_FLAG' })
    expect((outcome as { reason: string }).reason).toContain(named)
  })

  it('explains every flag', () => {
    expect(readInvocation(['--help'], {})).toEqual({ kind: 'help' })
    for (const flag of ['port', 'rpc-port', 'data', 'seed', 'bots', 'block-time', 'fresh']) {
      expect(HELP).toContain(`--${flag}`)
    }
  })
})
