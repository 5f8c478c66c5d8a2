/**
 * What keeps a system from starting: each ends in one line that says what to do, and with an exit
 * code.
 */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ended, flagsOf, runToEnd, startProcess, startSystem } from './app.testing.ts'
import { type DataLayout, dataLayout } from './infra/run/data-layout.ts'

let folder: string
let prepared: string
let interrupted: Ended
let endpointsAfterInterruption: boolean

/** A folder of a stopped system, which a start was interrupted in before. */
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'chx-refusals-'))
  prepared = path.join(folder, 'prepared')
  const starting = startProcess(flagsOf(prepared))
  await starting.printed('Making a new world')
  interrupted = await starting.stop('SIGINT')
  endpointsAfterInterruption = existsSync(dataLayout(prepared).endpointsFile)
  const system = await startSystem(prepared, '--bots', '0')
  await system.stop('SIGTERM')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const expectRefusal = (ended: Ended, message: RegExp): void => {
  expect(ended.stderr).toMatch(message)
  expect(ended.stderr).toMatch(/^chronohex: .+\n$/) // one line: no stack
  expect([ended.code, ended.signal]).toEqual([1, null])
}

it('a start that is interrupted is given up, and the next one makes the world', () => {
  expect(interrupted).toMatchObject({ code: 0, stderr: '' })
  expect(interrupted.stdout).not.toMatch(/Ctrl-C|Stopping/) // it was never up
  expect(endpointsAfterInterruption).toBe(false)
})

describe('a wrong command line is refused by the name of its flag:', () => {
  it.each([
    [['--port', 'x'], /--port must be a whole number from 0 to 65535/],
    [['--block-time', '1.5'], /--block-time must be a whole number/],
    [['--bots', '-1'], /--bots.*npm start -- --help/],
    [['--nope'], /--nope.*npm start -- --help/],
    [['stray'], /stray.*npm start -- --help/],
  ])('%j', async (flags, message) => {
    expectRefusal(await runToEnd(flags), message)
  })

  it('and --help explains all', async () => {
    const { code, stdout, stderr } = await runToEnd(['--help'])
    expect([code, stderr]).toEqual([0, ''])
    for (const flag of [
      'port',
      'rpc-port',
      'data',
      'seed',
      'bots',
      'block-time',
      'fresh',
      'help',
    ]) {
      expect(stdout).toMatch(new RegExp(`^ +--${flag}\\b`, 'm'))
    }
  })

  // Elsewhere the start file would first install what is missing.
  const startFile = path.join(import.meta.dirname, 'start.mjs')
  it.runIf(existsSync(path.join(import.meta.dirname, 'node_modules', '.chronohex-lock')))(
    'also through npm start, with the exit code',
    async () => {
      expect((await runToEnd(['--help'], startFile)).stdout).toContain('--block-time')
      expectRefusal(await runToEnd(['--port', 'x'], startFile), /--port must be/)
    },
  )
})

describe('a port that is taken', () => {
  let other: Server
  let taken: string
  beforeAll(async () => {
    other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    taken = String((other.address() as AddressInfo).port) // it listens on TCP
  })
  afterAll(() => other.close())

  it('is named with the flag that chooses another: the API', async () => {
    const ended = await runToEnd(flagsOf(prepared, '--port', taken))
    expectRefusal(ended, new RegExp(`${taken} .*the API.*is taken.*--port`))
  })

  it('and the chain, before anything is made', async () => {
    const made = path.join(folder, 'not-made')
    const ended = await runToEnd(flagsOf(made, '--rpc-port', taken))
    expectRefusal(ended, new RegExp(`${taken} .*the sandbox chain.*is taken.*--rpc-port`))
    expect(readdirSync(made)).toEqual(['lock.sqlite'])
  })

  it('and one that is asked for twice', async () => {
    const flags = ['--rpc-port', '14321', '--torii-port', '14321']
    const ended = await runToEnd(flagsOf(prepared, ...flags))
    expectRefusal(ended, /14321 was asked for twice, by --rpc-port and by --torii-port/)
  })
})

it.runIf(process.platform === 'linux')('a process that may open few files is told so', async () => {
  const limited = 'ulimit -n 64 && exec "$0" "$@"'
  const mainFile = path.join(import.meta.dirname, 'main.ts')
  const args = ['-c', limited, process.execPath, mainFile, ...flagsOf(path.join(folder, 'few'))]
  const { status, stderr } = spawnSync('sh', args, { encoding: 'utf8', cwd: tmpdir() })
  expect(stderr).toMatch(/^chronohex: Too many open files: .+ulimit -n.+\n$/)
  expect(status).toBe(1)
})

describe('a data folder that cannot be used is named:', () => {
  it.each<[string, () => string]>([
    ['below a file', () => path.join(import.meta.filename, 'data')],
    ['a file', () => import.meta.filename],
    ...(process.platform === 'linux'
      ? [['where nobody can make one', () => '/proc/chronohex'] as [string, () => string]]
      : []),
  ])('%s', async (_what, at) => {
    expectRefusal(await runToEnd(flagsOf(at())), /The data folder .+ cannot be used/)
  })
})

/** Changes a copy of the prepared folder, starts in it, and looks at it before it is removed. */
const startIn = async (
  change: (layout: DataLayout) => void,
  look: () => void = () => {},
  ...flags: readonly string[]
): Promise<Ended> => {
  const layout = dataLayout(mkdtempSync(path.join(folder, 'copy-')))
  cpSync(prepared, layout.folder, { recursive: true })
  change(layout)
  try {
    const ended = await runToEnd(flagsOf(layout.folder, ...flags))
    look()
    return ended
  } finally {
    rmSync(layout.folder, { recursive: true })
  }
}

const noise = Buffer.alloc(8_192, 'not a database ')

describe('a data folder is refused when it is', () => {
  it.each<[string, (layout: DataLayout) => void, RegExp]>([
    [
      'damaged in its chain',
      ({ chainFile }) => writeFileSync(chainFile, noise),
      /chain\.sqlite cannot be opened.*damaged.*--fresh/,
    ],
    [
      'damaged in its database',
      ({ databaseFolder }) =>
        truncateSync(path.join(databaseFolder, 'pgdata', 'global', 'pg_control')),
      /database in .+ could not be opened.*--fresh/,
    ],
    [
      'without a part of its database',
      ({ databaseFolder }) => rmSync(path.join(databaseFolder, 'pgdata', 'PG_VERSION')),
      /holds no whole database.*--fresh/,
    ],
    [
      'damaged in its token',
      ({ tokenFile }) => writeFileSync(tokenFile, 'x'),
      /token.*damaged; del/,
    ],
    [
      'of a newer format',
      ({ chainFile }) => {
        const database = new DatabaseSync(chainFile)
        database.exec('PRAGMA user_version = 999')
        database.close()
      },
      /format 999.*Use the Chronohex that wrote it/,
    ],
  ])('%s', async (_what, change, message) => {
    expectRefusal(await startIn(change), message)
  })

  it('without the chain that its log is of, and no other chain is made', async () => {
    let file = ''
    let isThere = true
    const ended = await startIn(
      ({ chainFile }) => {
        file = chainFile
        rmSync(chainFile)
      },
      () => {
        isThere = existsSync(file)
      },
    )
    expectRefusal(ended, /has no chain\.sqlite, but the event log .+--fresh/)
    expect(isThere).toBe(false)
  })

  it("another seed's", async () => {
    const ended = await startIn(
      () => {},
      () => {},
      '--seed',
      'other',
    )
    expectRefusal(ended, /seed .*was asked for\. Start without that setting/)
  })
})
