import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freshStream, someEvent, someEvents } from '../../../domain/event-log/event-log.testing.ts'
import type { EventLog } from '../../../domain/event-log/event-log.ts'
import { createMemoryEventLog } from '../../memory/event-log.testing.ts'
import { LogsDiffer } from './append-run.ts'
import { anyScript, factsOf, play, streamFacts, testFolder } from './archive.testing.ts'
import { ARCHIVE_FORMATS, type ArchiveFormat } from './archive-file.ts'
import { DamagedFile } from './damaged-file.ts'
import { exportLog } from './export-log.ts'
import { importLog } from './import-log.ts'
import { openArchive } from './open-archive.ts'
import { COLUMNS } from './parquet-columns.ts'
import { selectedEvents } from './selection.ts'

let folder: ReturnType<typeof testFolder>
let files = 0
beforeAll(() => {
  folder = testFolder()
})
afterAll(() => folder.remove())

const nextFile = (format: ArchiveFormat): string => {
  files += 1
  return folder.file(`${files}.${format}`)
}

/** Unfinished files. */
const leftovers = (): readonly string[] =>
  readdirSync(folder.file('')).filter((name) => name.endsWith('.partial'))

const ALL = { streams: { kind: 'all' } } as const

const exported = async (log: EventLog, format: ArchiveFormat): Promise<string> => {
  const path = nextFile(format)
  await exportLog(log, ALL, { path, format })
  return path
}

const imported = async (path: string, log: EventLog) => importLog(await openArchive(path), log)

describe.each(ARCHIVE_FORMATS)('an export as %s', (format) => {
  it('gives back every fact at its place, whatever it says', async () => {
    await fc.assert(
      fc.asyncProperty(anyScript, async (script) => {
        const [log, again] = [createMemoryEventLog(), createMemoryEventLog()]
        const streams = await play(log, script)
        const path = await exported(log, format)
        const { events, appended, checksum } = await imported(path, again)
        expect(await factsOf(again, streams)).toEqual(await factsOf(log, streams))
        expect({ events, appended }).toEqual({
          events: (await log.logHead()) + 1,
          appended: events,
        })
        expect(await imported(path, again)).toMatchObject({ appended: 0, checksum })
      }),
      { numRuns: 30 },
    )
  })

  it('of more events than a page holds is whole, and so is one of none', async () => {
    const [log, again, none] = [
      createMemoryEventLog(),
      createMemoryEventLog(),
      createMemoryEventLog(),
    ]
    const stream = freshStream()
    await log.append(stream, 'no-stream', someEvents(2_300))
    expect(await imported(await exported(log, format), again)).toMatchObject({
      events: 2_300,
      streams: 1,
    })
    expect(await streamFacts(again, stream)).toEqual(await streamFacts(log, stream))
    expect(await imported(await exported(none, format), again)).toMatchObject({
      events: 0,
      appended: 0,
    })
  })

  it('appears under its name when it is whole, and spares a file that is there', async () => {
    const log = createMemoryEventLog()
    await log.append(freshStream(), 'no-stream', someEvents(3))
    const path = nextFile(format)
    const stop = new AbortController()
    stop.abort(new Error('stopped'))
    await expect(exportLog(log, ALL, { path, format }, { signal: stop.signal })).rejects.toThrow(
      'stopped',
    )
    expect([existsSync(path), leftovers()]).toEqual([false, []])
    writeFileSync(path, 'mine')
    await expect(exportLog(log, ALL, { path, format })).rejects.toThrow('exists already')
    expect(readFileSync(path, 'utf8')).toBe('mine')
    await exportLog(log, ALL, { path, format }, { overwrite: true })
    expect(await imported(path, createMemoryEventLog())).toMatchObject({ events: 3 })
    await expect(exportLog(log, ALL, { path: folder.file('no/such/x'), format })).rejects.toThrow(
      'cannot be written',
    )
  })

  it('of two at once to one name, one wins whole, and the other is refused', async () => {
    const log = createMemoryEventLog()
    await log.append(freshStream(), 'no-stream', someEvents(2_300))
    const path = nextFile(format)
    const outcomes = await Promise.allSettled(
      [1, 2].map(() => exportLog(log, ALL, { path, format })),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(String(outcome.reason)).toContain('exists already')
    }
    expect(await imported(path, createMemoryEventLog())).toMatchObject({ events: 2_300 })
    expect(leftovers()).toEqual([])
  })

  it('that was cut off anywhere is refused before anything is appended', async () => {
    const log = createMemoryEventLog()
    await log.append(freshStream(), 'no-stream', someEvents(5))
    const path = await exported(log, format)
    const { length } = readFileSync(path)
    const whole = readFileSync(path)
    for (let size = 0; size < length - 1; size += Math.ceil(length / 60)) {
      writeFileSync(path, whole)
      truncateSync(path, size)
      const target = createMemoryEventLog()
      await expect(imported(path, target)).rejects.toThrow(DamagedFile)
      expect(await target.logHead()).toBe(-1)
    }
  })

  it('of which any byte was changed imports nothing else than what was written', async () => {
    const log = createMemoryEventLog()
    const stream = freshStream()
    await log.append(stream, 'no-stream', someEvents(5))
    const path = await exported(log, format)
    const whole = readFileSync(path)
    let refused = 0
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          const damaged = Buffer.from(whole)
          damaged[at] = (damaged[at] ?? 0) ^ change
          writeFileSync(path, damaged)
          const target = createMemoryEventLog()
          try {
            await imported(path, target)
            expect(await streamFacts(target, stream)).toEqual(await streamFacts(log, stream))
          } catch (error) {
            refused += 1
            expect(error).toBeInstanceOf(DamagedFile)
            expect(await target.logHead()).toBe(-1)
          }
        },
      ),
      { numRuns: 150 },
    )
    expect(refused).toBeGreaterThan(50)
  })

  it('is refused where the log holds something else, and goes on where it holds a part', async () => {
    const [log, part, other] = [
      createMemoryEventLog(),
      createMemoryEventLog(),
      createMemoryEventLog(),
    ]
    const stream = freshStream()
    const events = someEvents(10)
    await log.append(stream, 'no-stream', events)
    await part.append(stream, 'no-stream', events.slice(0, 4))
    await other.append(stream, 'no-stream', someEvents(4))
    const path = await exported(log, format)
    expect(await imported(path, part)).toMatchObject({ events: 10, appended: 6 })
    expect(await streamFacts(part, stream)).toEqual(events)
    await expect(imported(path, other)).rejects.toThrow(LogsDiffer)
  })

  it('of a part of a stream needs a log that holds what comes before it', async () => {
    const [log, empty] = [createMemoryEventLog(), createMemoryEventLog()]
    const stream = freshStream()
    const events = someEvents(10)
    await log.append(stream, 'no-stream', events)
    const path = nextFile(format)
    const selection = {
      streams: { kind: 'stream', stream },
      revisions: { from: 4, to: 6 },
    } as const
    expect(await exportLog(log, selection, { path, format })).toMatchObject({ events: 3 })
    await expect(imported(path, empty)).rejects.toThrow(
      'holds 0 events of it, so revision 4 cannot follow',
    )
    await empty.append(stream, 'no-stream', events.slice(0, 4))
    expect(await imported(path, empty)).toMatchObject({ appended: 3 })
    expect(await streamFacts(empty, stream)).toEqual(events.slice(0, 7))
  })

  it('refuses events that the importer finds fault with, by their number', async () => {
    const log = createMemoryEventLog()
    await log.append(freshStream(), 'no-stream', [someEvent(), someEvent({}, 'Wrong'), someEvent()])
    const source = await openArchive(await exported(log, format))
    const target = createMemoryEventLog()
    const faultOf = ({ type }: { type: string }) => (type === 'Wrong' ? 'it is wrong' : null)
    await expect(importLog(source, target, { faultOf })).rejects.toThrow(
      `${source.unit} 2: it is wrong`,
    )
    expect(await target.logHead()).toBe(-1)
  })
})

describe('a file of lines', () => {
  it('is whole without its last line break, and not without more', async () => {
    const log = createMemoryEventLog()
    const stream = freshStream()
    await log.append(stream, 'no-stream', someEvents(3))
    const path = await exported(log, 'ndjson')
    const { length } = readFileSync(path)
    truncateSync(path, length - 1)
    const again = createMemoryEventLog()
    expect(await imported(path, again)).toMatchObject({ events: 3, appended: 3 })
    expect(await streamFacts(again, stream)).toEqual(await streamFacts(log, stream))
    truncateSync(path, length - 2)
    await expect(imported(path, createMemoryEventLog())).rejects.toThrow(
      'the file is cut off within this line',
    )
  })
})

describe('a damaged file of lines', () => {
  const line = (change: object = {}): string =>
    JSON.stringify({
      stream: 'thing-1',
      revision: 0,
      logPosition: 0,
      recordedAt: '2026-01-01T00:00:00.000Z',
      ...someEvent(),
      ...change,
    })
  const end = '{"end":{"version":1,"events":1,"checksum":"x"}}'

  it.each([
    ['a line that is not JSON', `${line()}\n{"stream":\n${end}\n`, 'line 2: not JSON'],
    [
      'a line that is cut off',
      `${line()}\n${line({ revision: 1 })}`,
      'line 2: the file is cut off within this line',
    ],
    ['no end', `${line()}\n`, 'its last line is not the end'],
    [
      'a day that no calendar has',
      `${line({ recordedAt: '2026-02-30T10:00:00.000Z' })}\n${end}\n`,
      'line 1: recordedAt is not a time',
    ],
    [
      'something after the end',
      `${line()}\n${end}\n${line()}\n`,
      'line 3: something follows the end',
    ],
    ['an empty line', `${line()}\n\n${end}\n`, 'line 2: not JSON'],
    ['another value than an object', `7\n${end}\n`, 'line 1: not a JSON object'],
    [
      'an event without data',
      `${line({ data: 7 })}\n${end}\n`,
      'line 1: data is not a JSON object',
    ],
    ['a revision that is none', `${line({ revision: '0' })}\n${end}\n`, 'line 1: revision is not'],
    [
      'a gap in a stream',
      `${line()}\n${line({ revision: 2 })}\n${end}\n`,
      'line 2: revision 2 of thing-1 follows',
    ],
    ['an id that is none', `${line({ id: 'x' })}\n${end}\n`, 'line 1: Id of event 0'],
    ['another checksum', `${line()}\n${end}\n`, 'its checksum is another one'],
    [
      'another number of events',
      `${line()}\n${end.replace('1,"checksum', '2,"checksum')}\n`,
      'its end says 2',
    ],
    [
      'a newer layout',
      `${line()}\n${end.replace('"version":1', '"version":2')}\n`,
      'newer Chronohex',
    ],
    ['an end that says nothing', `${line()}\n{"end":{}}\n`, 'its end does not say'],
    [
      'U+0000 in a text',
      `${line({ data: { a: '\0' } })}\n${end}\n`,
      'line 1: data of SomethingHappened',
    ],
    [
      'half of a surrogate pair',
      `${line({ data: { a: '\uD800' } })}\n${end}\n`,
      'half of a surrogate pair',
    ],
    [
      'a nesting without end',
      `${line({ data: { a: 0 } }).replace('{"a":0}', `{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`)}\n${end}\n`,
      'nested deeper',
    ],
    [
      'a line of 10 MB that is not whole',
      `${line({ data: { a: 'x'.repeat(1e7) } })}\n`,
      'its last line is not the end',
    ],
    ['a byte order mark', `\uFEFF${line()}\n${end}\n`, 'line 1: not JSON'],
    [
      'bytes that are no text',
      Buffer.concat([Buffer.from(line()), Buffer.from([10, 0xff, 10])]),
      'line 2: not UTF-8',
    ],
    ['nothing at all', '', 'its last line is not the end'],
  ])('is refused with its place: %s', async (_, content, message) => {
    const path = nextFile('ndjson')
    writeFileSync(path, content)
    const target = createMemoryEventLog()
    const outcome = imported(path, target)
    await expect(outcome).rejects.toThrow(DamagedFile)
    await expect(outcome).rejects.toThrow(message)
    expect(await target.logHead()).toBe(-1)
  })
})

describe('a file that is no export', () => {
  it('is refused by its name, by its content, or because it is not there', async () => {
    const parquet = nextFile('parquet')
    writeFileSync(parquet, 'PAR1 something else PAR1')
    await expect(openArchive(parquet)).rejects.toThrow('not a whole Parquet file')
    await expect(openArchive('x.csv')).rejects.toThrow('must end in')
    await expect(openArchive(folder.file('missing.ndjson'))).rejects.toThrow('cannot be read')
    mkdirSync(folder.file('folder.ndjson'))
    await expect(openArchive(folder.file('folder.ndjson'))).rejects.toThrow('is not a file')
  })
})

it('docs/exports.md lists the columns of a Parquet file, in their order', () => {
  const text = readFileSync(new URL('../../../docs/exports.md', import.meta.url), 'utf8')
  const table = text.slice(text.indexOf('## Columns'), text.indexOf('## SQL'))
  const listed = [...table.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, name, type]) => [
    name,
    /null/.test(type ?? ''),
  ])
  expect(listed).toEqual(COLUMNS.map(({ name, nullable }) => [name, nullable]))
})

describe('a selection', () => {
  let log: EventLog
  const inBlock = (block: number) => ({
    ...someEvent({ block }),
    meta: { schemaVersion: 1, block },
  })
  beforeEach(async () => {
    log = createMemoryEventLog()
    await log.append('world-1', 'no-stream', [1, 1, 2, 3].map(inBlock))
    await log.append('command-1', 'no-stream', someEvents(2))
    await log.append('world-1', 3, [2, 5].map(inBlock))
  })
  const places = async (
    selection: Parameters<typeof selectedEvents>[1],
  ): Promise<readonly string[]> => {
    const found: string[] = []
    for await (const page of selectedEvents(log, selection)) {
      found.push(...page.map(({ stream, revision }) => `${stream}@${revision}`))
    }
    return found
  }
  const world = { kind: 'stream', stream: 'world-1' } as const

  it('takes all, a category or a stream', async () => {
    expect(await places(ALL)).toHaveLength(8)
    expect(await places({ streams: { kind: 'category', category: 'command' } })).toEqual([
      'command-1@0',
      'command-1@1',
    ])
    expect(await places({ streams: world })).toHaveLength(6)
    expect(await places({ streams: { kind: 'stream', stream: 'none-1' } })).toEqual([])
  })

  it('takes ranges of positions, both ends included', async () => {
    expect(await places({ streams: world, revisions: { from: 1, to: 2 } })).toEqual([
      'world-1@1',
      'world-1@2',
    ])
    expect(await places({ streams: world, revisions: { from: 4, to: null } })).toEqual([
      'world-1@4',
      'world-1@5',
    ])
    expect(await places({ streams: world, revisions: { from: null, to: 0 } })).toEqual([
      'world-1@0',
    ])
    expect(await places({ streams: world, revisions: { from: 9, to: 12 } })).toEqual([])
    await expect(places({ ...ALL, revisions: { from: 1, to: 2 } })).rejects.toThrow(
      'needs one stream',
    )
  })

  it('takes ranges of blocks, also where a reorg brought a block back', async () => {
    expect(await places({ ...ALL, blocks: { from: 2, to: 3 } })).toEqual([
      'world-1@2',
      'world-1@3',
      'world-1@4',
    ])
    expect(await places({ ...ALL, blocks: { from: 4, to: null } })).toEqual(['world-1@5'])
  })

  it('ends where the log ended when it began, also while the log grows', async () => {
    let read = 0
    for await (const page of selectedEvents(log, ALL)) {
      read += page.length
      await log.append(freshStream(), 'no-stream', someEvents(1))
    }
    expect(read).toBe(8)
  })
})

it('a file of lines may end them as Windows does, and hold an event of 10 MB', async () => {
  const [log, again] = [createMemoryEventLog(), createMemoryEventLog()]
  const stream = freshStream()
  await log.append(stream, 'no-stream', [someEvent({ text: 'x'.repeat(1e7) }), someEvent()])
  const path = await exported(log, 'ndjson')
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('\n', '\r\n'))
  expect(await imported(path, again)).toMatchObject({ events: 2 })
  expect(await streamFacts(again, stream)).toEqual(await streamFacts(log, stream))
})
