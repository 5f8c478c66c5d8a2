import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RetryableError } from '../../../domain/errors.ts'
import { someEvent, someEvents } from '../../../domain/event-log/event-log.testing.ts'
import type { EventLog } from '../../../domain/event-log/event-log.ts'
import { NEVER } from '../../../domain/waiting/pause.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createMemoryEventLog } from '../../memory/event-log.testing.ts'
import { testFolder } from '../archive/archive.testing.ts'
import { EXIT_CODES } from './ending.ts'
import { LOG_VERBS } from './log-arguments.ts'
import { runLogCommand } from './log-command.ts'
import { type TestTerminalOptions, testTerminal } from './terminal.testing.ts'

const WORLD = 'world-SANDBOX-0x1'

let folder: ReturnType<typeof testFolder>
let logs: Record<string, EventLog>
beforeAll(() => {
  folder = testFolder()
})
afterAll(() => folder.remove())
beforeEach(async () => {
  const log = createMemoryEventLog({ nowMs: () => Date.UTC(2026, 0, 1) })
  await log.append(
    WORLD,
    'no-stream',
    [1, 1, 2].map((block) => ({ ...someEvent({ block }), meta: { schemaVersion: 1, block } })),
  )
  await log.append('command-a', 'no-stream', someEvents(2))
  logs = { here: log, there: createMemoryEventLog() }
})

const run = async (
  args: readonly string[],
  { signal, ...streams }: TestTerminalOptions & Readonly<{ signal?: AbortSignal }> = {},
) => {
  const { terminal, out, err } = testTerminal(streams)
  const code = await runLogCommand(args, {
    terminal,
    openLog: async (url) => {
      const log = logs[url]
      if (log === undefined)
        throw new RetryableError(`${url} does not answer`, { cause: new Error('refused') })
      return { log, close: async () => undefined }
    },
    defaultLog: 'here',
    definition: infiniteHexAdventurers,
    signal: signal ?? NEVER,
  })
  return { code, out: out(), err: err(), lines: out().trimEnd().split('\n') }
}

describe('chronohex log', () => {
  it('explains itself, and every verb with it', async () => {
    for (const args of [[], ['--help'], ['copy', '-h']]) {
      const { code, out } = await run(args)
      expect(code).toBe(EXIT_CODES.done)
      for (const verb of LOG_VERBS) expect(out).toContain(`chronohex log ${verb}`)
    }
  })

  it.each([
    [['walk'], 'one of head, streams'],
    [['read', 'a-1', 'b-1'], '"b-1" is one argument too many'],
    [['read', '--colour'], "Unknown option '--colour'"],
    [['head', '--out', 'x'], 'log head does not know --out'],
    [['read', 'a-1', '--category', 'a'], 'a stream or a category, not both'],
    [['read', '--category', 'a-1'], 'before the first dash'],
    [['read', '--from-position', '1'], 'needs one stream'],
    [['read', 'a-1', '--from-position', 'x'], '--from-position must be a whole number'],
    [
      ['read', 'a-1', '--from-position', '5', '--to-position', '4'],
      '--from-position lies behind --to-position',
    ],
    [['read', '--backwards'], '--backwards needs one stream'],
    [['read', 'a-1', '--backwards', '--to-position', '3'], 'takes no other range'],
    [['streams', 'a-1'], 'log head STREAM'],
    [['import'], 'the file to import is missing'],
    [['copy', '--from', 'here'], 'both --from and --to are needed'],
    [['copy', '--from', 'here', '--to', './here/'], 'are the same log'],
    [['export', '--format', 'csv'], '--format is one of ndjson, parquet'],
    [['head', '--from', ''], '--from is empty'],
  ])('refuses %j and says why', async (args, reason) => {
    const { code, out, err } = await run(args)
    expect(code).toBe(EXIT_CODES.badUsage)
    expect(out).toBe('')
    expect(err).toContain(reason)
    expect(err).toContain('chronohex log --help')
  })

  it('tells an unreachable log from a failure, with its cause', async () => {
    expect(await run(['head', '--from', 'nowhere'])).toMatchObject({
      code: EXIT_CODES.tryAgain,
      err: 'chronohex: nowhere does not answer (refused)\n',
    })
    expect(await run(['head', 'none-1'])).toMatchObject({
      code: EXIT_CODES.failed,
      err: expect.stringContaining('none-1'),
    })
  })

  it.each([
    [['head', 'none-1'], 'There is no stream none-1'],
    [['read', 'none-1'], 'There is no stream none-1'],
    [['read', '--category', 'none'], 'There is no stream of category none'],
    [['export', 'none-1', '--out', '.'], 'There is no stream none-1'],
    [['copy', 'none-1', '--from', 'here', '--to', 'there'], 'There is no stream none-1'],
    [['export', '--out', 'no-folder/x.parquet'], 'no-folder/x.parquet cannot be written: ENOENT'],
    [['export', '--out', 'events.csv'], "a file's name ends in .parquet or .ndjson"],
    [['export', '--out', 'x.ndjson', '--format', 'parquet'], 'are two formats'],
    [['import', 'none.ndjson'], 'none.ndjson cannot be read: ENOENT'],
  ])('fails at %j, naming what is missing, and leaves nothing', async (args, reason) => {
    const { code, out, err } = await run(args)
    expect([code, out]).toEqual([EXIT_CODES.failed, ''])
    expect(err).toContain(reason)
    expect(readdirSync('.').filter((name) => /none|csv$|^x\./.test(name))).toEqual([])
  })

  it('says in one harmless line what the system or a stored name did', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), {
      code: 'ENOSPC',
      syscall: 'write',
    })
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done(full) })
    expect(await run(['read'], { stdout })).toMatchObject({
      code: EXIT_CODES.failed,
      err: `chronohex: ${full.message}\n`,
    })
    for (const log of [logs.here, logs.there])
      await log?.append('evil-\u001B[2J', 'no-stream', [someEvent()])
    const { code, err } = await run(['copy', '--from', 'here', '--to', 'there'])
    expect(code).toBe(EXIT_CODES.differs)
    expect(err.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  it('stops quietly when nobody reads its output any more', async () => {
    const stdout = new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error('EPIPE'), { code: 'EPIPE' })),
    })
    expect(await run(['read'], { stdout })).toMatchObject({ code: EXIT_CODES.done, err: '' })
  })

  it('is interrupted between pages', async () => {
    const signal = AbortSignal.abort(new Error('SIGINT'))
    expect(await run(['streams'], { signal })).toMatchObject({ code: EXIT_CODES.interrupted })
  })
})

describe('log head', () => {
  it('shows the end of the log and of its world', async () => {
    const { out } = await run(['head'])
    expect(out).toContain('log position  4')
    expect(out).toContain(`stream        ${WORLD}`)
    expect(out).toContain('position      2 (3 events)')
    expect(out).toContain('block         2')
    expect(JSON.parse((await run(['head', 'command-a', '--json'])).out)).toMatchObject({
      logPosition: 4,
      stream: 'command-a',
      revision: 1,
      last: { type: 'SomethingHappened' },
    })
  })

  it('of an empty log says so, also where a log position is taken by records of its own', async () => {
    logs.started = { ...createMemoryEventLog(), logHead: async () => 548 }
    expect((await run(['head', '--from', 'started'])).out).toContain('548 (the log is empty)')
    expect((await run(['head', '--from', 'there'])).out).toContain('the log is empty')
    expect(JSON.parse((await run(['head', '--from', 'there', '--json'])).out)).toEqual({
      logPosition: -1,
      stream: null,
      revision: null,
      last: null,
    })
  })
})

it('log streams lists them by name with their events', async () => {
  const { lines, err } = await run(['streams'])
  expect(lines).toEqual([
    `           2  2026-01-01T00:00:00.000Z  command-a`,
    `           3  2026-01-01T00:00:00.000Z  ${WORLD}`,
  ])
  expect(err).toContain('2 streams, 5 events')
  const asJson = (await run(['streams', '--category', 'world', '--json'])).lines.map((line) =>
    JSON.parse(line),
  )
  expect(asJson).toEqual([
    { stream: WORLD, events: 3, lastRevision: 2, lastRecordedAt: '2026-01-01T00:00:00.000Z' },
  ])
})

describe('log read', () => {
  const revisions = async (...args: readonly string[]) =>
    (await run(['read', ...args, '--json'])).lines.map((line) => JSON.parse(line).revision)

  it('gives streams, categories and ranges in order', async () => {
    expect(await revisions()).toEqual([0, 1, 2, 0, 1])
    expect(await revisions('--category', 'command')).toEqual([0, 1])
    expect(await revisions(WORLD, '--from-position', '1')).toEqual([1, 2])
    expect(await revisions(WORLD, '--from-block', '2', '--to-block', '2')).toEqual([2])
    expect(await revisions(WORLD, '--limit', '2')).toEqual([0, 1])
    expect(await revisions(WORLD, '--backwards', '--limit', '2')).toEqual([2, 1])
    expect(await revisions(WORLD, '--backwards', '--from-position', '1')).toEqual([1, 0])
  })

  it('as text is one line an event, in colour where wanted, and cut to the terminal', async () => {
    const line = (await run(['read', WORLD, '--limit', '1'])).out
    expect(line).toBe('       0  2026-01-01T00:00:00.000Z  SomethingHappened  {"block":1}\n')
    expect((await run(['read', WORLD, '--limit', '1'], { hasColour: true })).out).toContain(
      '\u001B[1mSomethingHappened',
    )
    expect((await run(['read', WORLD, '--limit', '1'], { columns: 60 })).lines[0]).toHaveLength(60)
    expect((await run(['read', '--limit', '1'])).out).toContain(`${WORLD}@0`)
  })

  it('obeys nothing that is stored', async () => {
    await logs.here?.append('evil-\u001B[2J', 'no-stream', [
      someEvent({ text: '\u202Eabc\u009B' }, 'Bell\u0007'),
    ])
    const { out } = await run(['read', '--category', 'evil'])
    expect(out.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })
})

it('log tail shows the last events and then new ones, until it is stopped', async () => {
  const stop = new AbortController()
  const seen: string[] = []
  const stdout = new Writable({
    write: (chunk, _, done) => {
      seen.push(...String(chunk).trimEnd().split('\n'))
      if (seen.length === 2) void logs.here?.append(WORLD, 2, [someEvent({ last: true })])
      if (seen.length === 3) stop.abort()
      done()
    },
  })
  const { code } = await run(['tail', '--limit', '2', '--json'], { stdout, signal: stop.signal })
  expect(code).toBe(EXIT_CODES.done)
  expect(seen.map((line) => JSON.parse(line).revision)).toEqual([1, 2, 3])
  const lines: string[] = []
  const stopText = new AbortController()
  const asText = new Writable({
    write: (chunk, _, done) => {
      lines.push(String(chunk))
      stopText.abort()
      done()
    },
  })
  await run(['tail', '--limit', '1'], { stdout: asText, signal: stopText.signal })
  // One stream, the world's: no need to name it in every line.
  expect(lines[0]).toMatch(/^ {7}3 {2}2026/)
})

describe('log export and import', () => {
  it('move a selection through a file that is named after it', async () => {
    const { out, code } = await run([
      'export',
      WORLD,
      '--from-block',
      '1',
      '--to-block',
      '1',
      '--out',
      folder.file(''),
    ])
    const file = folder.file('world-SANDBOX-0x1_blocks-1-1.parquet')
    expect([code, out]).toEqual([EXIT_CODES.done, `${file}: 2 events\n`])
    expect((await run(['import', file, '--to', 'there'])).out).toContain(
      '2 events of 1 stream, 2 events new',
    )
    expect((await run(['import', file, '--to', 'there'])).out).toContain('0 events new')
    expect(await logs.there?.head(WORLD)).toBe(1)
  })

  it('take the format from --out, or from --format', async () => {
    const file = folder.file('all.ndjson')
    expect(JSON.parse((await run(['export', '--out', file, '--json'])).out)).toMatchObject({
      file,
      events: 5,
    })
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(7)
    expect(await run(['export', '--out', file])).toMatchObject({ code: EXIT_CODES.failed })
    expect(await run(['export', '--out', file, '--force'])).toMatchObject({ code: EXIT_CODES.done })
    await run(['export', '--format', 'ndjson', '--out', folder.file('')])
    expect(existsSync(folder.file('log.ndjson'))).toBe(true)
  })

  it('tell a damaged file by its own exit code, and of types that are unknown', async () => {
    const file = folder.file('told.ndjson')
    await run(['export', '--out', file])
    expect((await run(['import', file, '--to', 'there'])).err).toContain(
      '5 events of types or versions unknown here',
    )
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -9))
    expect(await run(['import', file, '--to', 'there'])).toMatchObject({
      code: EXIT_CODES.differs,
      out: '',
    })
  })

  it('refuse an event of a known type that has not its shape', async () => {
    await logs.there?.append('command-b', 'no-stream', [
      { ...someEvent({ why: 1 }, 'CommandExpired') },
    ])
    const file = folder.file('malformed.ndjson')
    await run(['export', '--from', 'there', '--out', file])
    const { code, err } = await run(['import', file])
    expect(code).toBe(EXIT_CODES.differs)
    expect(err).toContain('line 1: CommandExpired: data.reason')
  })
})

describe('log copy', () => {
  it('copies, verifies and tells the checksum', async () => {
    const { code, lines } = await run(['copy', '--from', 'here', '--to', 'there'])
    expect(code).toBe(EXIT_CODES.done)
    expect(lines).toEqual([
      '5 events of 2 streams, 5 events new',
      expect.stringMatching(/^both logs have checksum [0-9a-f]{64}$/),
    ])
    expect(
      JSON.parse((await run(['copy', '--from', 'here', '--to', 'there', '--json'])).out),
    ).toMatchObject({
      appended: 0,
    })
  })

  it('ends with its own exit code when the logs differ', async () => {
    await logs.there?.append('command-a', 'no-stream', someEvents(1))
    expect(await run(['copy', '--from', 'here', '--to', 'there'])).toMatchObject({
      code: EXIT_CODES.differs,
      err: expect.stringContaining('other events stand at revisions 0 to 0'),
    })
  })

  it('draws a bar on a terminal and removes it, and writes plain lines elsewhere', async () => {
    const drawn = (await run(['copy', '--from', 'here', '--to', 'there'], { isTty: true })).err
    expect(drawn).toContain('█')
    expect(drawn.endsWith('\r\u001B[2K')).toBe(true)
    for (let at = 0; at < 9; at += 1)
      await logs.here?.append(`many-${at}`, 'no-stream', someEvents(1))
    const plain = (await run(['copy', '--from', 'here', '--to', 'there'])).err
    expect(plain).toMatch(/^copying \d+ %, \d+ events, \d+\/s, \d+ s left$/m)
    expect(plain).not.toContain('\u001B')
  })
})
