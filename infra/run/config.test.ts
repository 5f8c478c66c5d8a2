import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultLog, HELP, loadEnvFile, readInvocation } from './config.ts'

const root = path.resolve(import.meta.dirname, '../..')

describe('the configuration', () => {
  it('has defaults that run without any flag', () => {
    expect(readInvocation([], {})).toEqual({
      kind: 'run',
      config: {
        port: 4400,
        rpcPort: 5050,
        host: 'localhost',
        allowHosts: [],
        allowOrigins: [],
        dataFolder: path.resolve('.chronohex'),
        seed: null,
        bots: 4,
        blockTimeMs: 500,
        log: null,
        toriiPort: null,
        fresh: false,
        from: null,
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
    [['--allow-origin', 'https://a.example/path'], '--allow-origin'],
    [['--allow-origin', 'https://a.example', '--allow-origin', 'null'], '--allow-origin'],
    [['--from', 'f', '--seed', 's'], '--from and --seed'],
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

  it('suggests the flag that is nearest to one that does not exist', () => {
    expect(readInvocation(['--prot', '1'], {})).toMatchObject({
      reason: expect.stringContaining("'--prot' (did you mean --port?)"),
    })
  })

  it('explains every flag', () => {
    expect(readInvocation(['--help'], {})).toEqual({ kind: 'help' })
    for (const flag of [
      'port',
      'rpc-port',
      'data',
      'seed',
      'bots',
      'block-time',
      'fresh',
      'from',
    ]) {
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
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'chx-env-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** What the environment is with such a file. */
  const loaded = (file: string | Buffer, env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => {
    writeFileSync(path.join(folder, '.env'), file)
    loadEnvFile(folder, env)
    return env
  }

  it('adds to the environment and replaces nothing in it; without one nothing happens', () => {
    expect(loadEnvFile(folder, {})).toEqual([])
    const env = loaded(
      `# settings\nCHRONOHEX_PORT=1\nCHRONOHEX_LOG='esdb://a:b@c:1?tls=true' # log\nOTHER=x\n`,
      { CHRONOHEX_PORT: '2' },
    )
    expect(env).toEqual({
      CHRONOHEX_PORT: '2',
      CHRONOHEX_LOG: 'esdb://a:b@c:1?tls=true',
      OTHER: 'x',
    })
  })

  it.each([
    ['UTF-8', Buffer.from('\ufeffCHRONOHEX_BOTS=0\r\n')],
    ['UTF-16, as PowerShell writes it', Buffer.from('\ufeffCHRONOHEX_BOTS=0\r\n', 'utf16le')],
    ['UTF-16 the other way', Buffer.from('\ufeffCHRONOHEX_BOTS=0\n', 'utf16le').swap16()],
  ])('loses nothing to a byte order mark of %s', (_, file) => {
    expect(loaded(file)).toEqual({ CHRONOHEX_BOTS: '0' })
  })

  it('that cannot be read is named', () => {
    mkdirSync(path.join(folder, '.env'))
    expect(() => loadEnvFile(folder, {})).toThrow(/\.env cannot be read: /)
  })

  it.each([
    ['CHRONOHEX_PROT', 'CHRONOHEX_PORT'],
    ['chronohex_bots', 'CHRONOHEX_BOTS'],
    ['CRONOHEX_DATA', 'CHRONOHEX_DATA'],
    ['CHRONOHEX_BLOCK_TIME', 'CHRONOHEX_BLOCK_TIME_MS'],
    ['CHRONOHEX_POSTGRES_PASWORD', 'CHRONOHEX_POSTGRES_PASSWORD'],
  ])('with the strange name %s is refused, and %s is suggested', (strange, meant) => {
    expect(() => loaded(`${strange}=1\n`)).toThrow(
      `${strange} is no setting; did you mean ${meant}?`,
    )
  })

  it('is that of the example, every name of it known', () => {
    const example = readFileSync(path.join(root, '.env.example'), 'utf8')
    const names = [...example.matchAll(/^#?(CHRONOHEX_\w+)=/gm)].map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(15)
    expect(() => loaded(names.map((name) => `${name}=1`).join('\n'))).not.toThrow()
  })
})

describe('the environment', () => {
  it('may have strange names, which are told: they may be for another program', () => {
    const env = { CHRONOHEX_LOGS: 'x', CHRONOHEX_SOMETHING_ELSE_ALTOGETHER: 'x', PORTS: '1' }
    expect(loadEnvFile(import.meta.dirname, { ...env, CHRONOHEX_LOG: '' })).toEqual([
      'CHRONOHEX_LOGS is no setting; did you mean CHRONOHEX_LOG?',
      'CHRONOHEX_SOMETHING_ELSE_ALTOGETHER is no setting',
    ])
  })

  it('keeps this machine away from proxies, also those that gRPC alone reads', () => {
    const env: NodeJS.ProcessEnv = { http_proxy: 'http://p:1', NO_PROXY: 'a', no_grpc_proxy: 'b' }
    loadEnvFile(import.meta.dirname, env)
    expect(env).toMatchObject({
      no_proxy: 'a,localhost,127.0.0.1,::1',
      no_grpc_proxy: 'b,localhost,127.0.0.1,::1',
    })
  })
})
