import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultLog, HELP, loadEnvFile, readInvocation } from './config.ts'

describe('the configuration', () => {
  it('has defaults that run without any flag', () => {
    expect(readInvocation([], {})).toEqual({
      kind: 'run',
      config: {
        port: 4400,
        rpcPort: 5050,
        host: 'localhost',
        allowHosts: [],
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
    [['--host', ''], '--host'],
    [['--allow-host', 'http://a'], '--allow-host'],
    [['--allow-host', 'a', '--allow-host', 'b:80'], '--allow-host'],
    [['--port', '6000'], '--port: port 6000 is one that browsers and fetch refuse'],
    [['--rpc-port', '5060'], '--rpc-port: port 5060'],
    [['--torii-port', '10080'], '--torii-port: port 10080'],
  ])('refuses %j naming what is wrong', (args, named) => {
    const outcome = readInvocation(args, {})
    expect(outcome).toMatchObject({ rejected: 'BAD_FLAG' })
    expect((outcome as { reason: string }).reason).toContain(named)
  })

  it('reads hosts with and without brackets, and several names to be allowed', () => {
    for (const host of ['::1', '[::1]'])
      expect(readInvocation(['--host', host], {})).toMatchObject({ config: { host: '::1' } })
    const names = ['--allow-host', 'a.example,b', '--allow-host', '[fd00::2]']
    expect(readInvocation(names, {})).toMatchObject({
      config: { allowHosts: ['a.example', 'b', '[fd00::2]'] },
    })
    expect(readInvocation([], { CHRONOHEX_ALLOW_HOST: 'c,fd00::3' })).toMatchObject({
      config: { allowHosts: ['c', 'fd00::3'] },
    })
  })

  it('explains every flag', () => {
    expect(readInvocation(['--help'], {})).toEqual({ kind: 'help' })
    for (const flag of ['port', 'rpc-port', 'data', 'seed', 'bots', 'block-time', 'fresh']) {
      expect(HELP).toContain(`--${flag}`)
    }
  })
})

describe('the log that tools mean', () => {
  it('is the one that the system is on: by its URL, or else by its data folder', () => {
    expect(defaultLog({ CHRONOHEX_LOG: 'postgres://h/db', CHRONOHEX_DATA: 'there' })).toBe(
      'postgres://h/db',
    )
    expect(defaultLog({ CHRONOHEX_LOG: '', CHRONOHEX_DATA: 'there' })).toBe(path.resolve('there'))
    expect(defaultLog({})).toBe(path.resolve('.chronohex'))
  })
})

describe('a file .env', () => {
  it('adds to the environment and replaces nothing in it; without one nothing happens', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'chx-env-'))
    const [given, added] = [`CHX_TEST_GIVEN_${process.pid}`, `CHX_TEST_ADDED_${process.pid}`]
    try {
      expect(() => loadEnvFile(folder)).not.toThrow()
      process.env[given] = 'outside'
      writeFileSync(
        path.join(folder, '.env'),
        `# settings\n${given}=file\n${added}='esdb://a:b@c:1?tls=true' # log\n`,
      )
      loadEnvFile(folder)
      expect([process.env[given], process.env[added]]).toEqual([
        'outside',
        'esdb://a:b@c:1?tls=true',
      ])
    } finally {
      delete process.env[given]
      delete process.env[added]
      rmSync(folder, { recursive: true })
    }
  })

  it('that cannot be read is named', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'chx-env-'))
    mkdirSync(path.join(folder, '.env'))
    expect(() => loadEnvFile(folder)).toThrow(/\.env cannot be read: /)
    rmSync(folder, { recursive: true })
  })
})
