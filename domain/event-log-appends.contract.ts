/** The part of the event log's contract about what is accepted and how exactly it is kept. Run by event-log.contract.ts. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { allEvents, asGiven, exactly, freshStream, someEvent, someEvents } from './event-log.testing.ts'
import type { EventLog, ExpectedRevision, Json, JsonObject, NewEvent } from './event-log.ts'
import { STREAM_NAME_CHARACTERS_MAX, UnstorableEvent } from './storable-event.ts'

export const describeAppends = (log: () => EventLog): void => {
  it('numbers the events of a stream from 0 and log positions upwards', async () => {
    const stream = freshStream()
    const first = await log().append(stream, 'no-stream', someEvents(3))
    expect(first).toMatchObject({ kind: 'appended', lastRevision: 2 })
    const second = await log().append(stream, 2, someEvents(2))
    expect(second).toMatchObject({ kind: 'appended', lastRevision: 4 })
    const stored = await allEvents(log().readStream(stream))
    expect(stored.map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4])
    expect(
      stored.every((event, index) => index === 0 || event.logPosition > (stored[index - 1]?.logPosition ?? 0)),
    ).toBe(true)
    expect(stored.at(-1)?.logPosition).toBe(second.kind === 'appended' && second.lastLogPosition)
    expect(await log().head(stream)).toBe(4)
  })

  it('knows a stream by its exact name', async () => {
    const stream = freshStream()
    await log().append(stream, 'no-stream', [someEvent()])
    expect(await log().head(stream.toUpperCase())).toBeNull()
    expect(await log().head(`${stream} `)).toBeNull()
    expect(await allEvents(log().readStream(stream.slice(0, -1)))).toEqual([])
  })

  const hostileNames = [
    `x'; DROP TABLE event_log.events; --`,
    '-',
    '-leading',
    'trailing-',
    'no dash',
    'a/b\\c-{"d":[1]}',
    `quotes-"''"`,
    'percent-%_%',
    'NULL',
    'line\nbreak\ttab-\r\u0001',
    'Ünïcödé-日本-🐝-\u0000'.replace('\u0000', ''),
    'e\u0301-not-normalised',
    'é-normalised',
    `long-${'🐝'.repeat((STREAM_NAME_CHARACTERS_MAX - 60) / 2)}`,
  ]
  it.each(hostileNames)('accepts %j as part of a name', async (part) => {
    const stream = `${part}${freshStream('')}`
    const other = `${stream}2`
    await log().append(stream, 'no-stream', [someEvent({ part })])
    await log().append(other, 'no-stream', [someEvent(), someEvent()])
    expect((await allEvents(log().readStream(stream))).map((event) => [event.stream, event.data])).toEqual([
      [stream, { part }],
    ])
    expect(await log().head(stream)).toBe(0)
  })

  const event = someEvent()
  const refusals: readonly (readonly [string, string, ExpectedRevision, readonly unknown[]])[] = [
    ['an empty batch', 'a-1', 'no-stream', []],
    ['an empty stream name', '', 'no-stream', [event]],
    ['a system stream', '$all', 'no-stream', [event]],
    ['U+0000 in a stream name', 'a-\0', 'no-stream', [event]],
    ['half a surrogate pair in a stream name', 'a-\ud83d', 'no-stream', [event]],
    ['a name that is too long', 'x'.repeat(STREAM_NAME_CHARACTERS_MAX + 1), 'no-stream', [event]],
    ['a negative revision', 'a-1', -1, [event]],
    ['a fractional revision', 'a-1', 0.5, [event]],
    ['an id that is no UUID', 'a-1', 'no-stream', [{ ...event, id: 'first' }]],
    ['an upper-case id', 'a-1', 'no-stream', [{ ...event, id: 'A3F55B9E-A20A-49C0-A555-F28F862F6DF9' }]],
    ['the nil id', 'a-1', 'no-stream', [{ ...event, id: '00000000-0000-0000-0000-000000000000' }]],
    ['an empty type', 'a-1', 'no-stream', [{ ...event, type: '' }]],
    ['a system type', 'a-1', 'no-stream', [{ ...event, type: '$deleted' }]],
    ['data that are no object', 'a-1', 'no-stream', [{ ...event, data: [1] }]],
    ['null as data', 'a-1', 'no-stream', [{ ...event, data: null }]],
    ['undefined inside data', 'a-1', 'no-stream', [{ ...event, data: { a: undefined } }]],
    ['a bigint inside data', 'a-1', 'no-stream', [{ ...event, data: { a: [1n] } }]],
    ['NaN inside data', 'a-1', 'no-stream', [{ ...event, data: { a: Number.NaN } }]],
    ['a Date inside data', 'a-1', 'no-stream', [{ ...event, data: { at: new Date(0) } }]],
    ['U+0000 inside data', 'a-1', 'no-stream', [{ ...event, data: { name: 'a\0b' } }]],
    ['U+0000 in a key', 'a-1', 'no-stream', [{ ...event, meta: { 'a\0': 1 } }]],
    ['half a surrogate pair inside data', 'a-1', 'no-stream', [{ ...event, data: { name: '\udc1d' } }]],
    ['endless nesting', 'a-1', 'no-stream', [{ ...event, data: nested(5_000) }]],
    ['one bad event behind good ones', 'a-1', 'no-stream', [event, event, { ...event, type: '' }]],
  ]
  it.each(refusals)('refuses %s and stores nothing', async (_, stream, expected, events) => {
    const place = stream === 'a-1' ? freshStream() : stream
    // The casts let tests pass what the types forbid, as plain JavaScript and damaged data can.
    await expect(log().append(place, expected, events as readonly NewEvent[])).rejects.toThrow(UnstorableEvent)
    if (stream === 'a-1') expect(await log().head(place)).toBeNull()
  })
}

const nested = (depth: number): JsonObject => {
  let value: JsonObject = {}
  for (let level = 0; level < depth; level += 1) value = { inner: value }
  return value
}

export const describeExactness = (log: () => EventLog): void => {
  const samples: readonly (readonly [string, JsonObject])[] = [
    ['an empty object', {}],
    ['members in their order', { z: 1, a: { y: [], b: null }, m: [{ q: 1, c: 2 }] }],
    [
      'numbers',
      { numbers: [0, -1, 0.1, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1.7976931348623157e308] },
    ],
    [
      'felts as text',
      { felt: '0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', u64: '18446744073709551615' },
    ],
    [
      'letters of all kinds',
      { text: 'Zoë 日本 🐝👩‍🚀 \u2028 \ufeff e\u0301 é "quoted" \\u0000 \\ / \b\f\n\r\t\u0001\u001f\u007f' },
    ],
    ['unusual keys', { '': 1, ' ': 2, 'a.b': 3, "it's": 4, '🐝': 5, constructor: 6, '{}': 7, NULL: 8 }],
    ['__proto__ as a key', JSON.parse('{"__proto__":{"polluted":true},"after":1}')],
    ['text that looks like SQL and arrays', { text: `'; DROP TABLE x; -- {NULL,"a"} $1 ::jsonb` }],
    ['nesting', nested(50)],
    ['long text', { text: 'hexagon '.repeat(50_000) }],
  ]
  it.each(samples)('%s', async (_, data) => {
    const stream = freshStream()
    const event: NewEvent = { ...someEvent(data), meta: { data, schemaVersion: 3 } }
    await log().append(stream, 'no-stream', [event])
    expect(exactly(asGiven(await allEvents(log().readStream(stream))))).toBe(exactly([event]))
  })

  it('any JSON object', async () => {
    const json = fc.json({ maxDepth: 4, noUnicodeString: false }).map((text): Json => JSON.parse(text))
    const storable = json.filter((value) => isWellFormed(JSON.stringify(value)))
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), storable), storable, async (data, value) => {
        fc.pre(isWellFormed(JSON.stringify(data)))
        const stream = freshStream()
        const events = [{ ...someEvent({ ...data }), meta: { value } }]
        await log().append(stream, 'no-stream', events)
        expect(exactly(asGiven(await allEvents(log().readStream(stream))))).toBe(exactly(events))
      }),
      { numRuns: 60 },
    )
  })

  it('tells when an event was recorded, the same at each read, never before an earlier event', async () => {
    const stream = freshStream()
    await log().append(stream, 'no-stream', someEvents(2))
    await log().append(stream, 1, someEvents(2))
    const times = async () => (await allEvents(log().readStream(stream))).map(({ recordedAt }) => recordedAt.getTime())
    const [first, second] = [await times(), await times()]
    expect(first).toEqual(second)
    expect(first).toEqual(first.toSorted((a, b) => a - b))
    expect(Math.abs((first[0] ?? 0) - Date.now())).toBeLessThan(60_000)
  })

  it('keeps a megabyte of data in one append, whole', async () => {
    const stream = freshStream()
    const events = Array.from({ length: 10 }, (_, index) => someEvent({ text: `${index}`.repeat(100_000) }))
    await log().append(stream, 'no-stream', events)
    expect(asGiven(await allEvents(log().readStream(stream)))).toEqual(events)
  })

  it('gives each reader facts that another reader cannot change', async () => {
    const stream = freshStream()
    await log().append(stream, 'no-stream', [someEvent({ list: [1] })])
    for (const event of await allEvents(log().readStream(stream))) {
      try {
        ;(event.data as { list: number[] }).list.push(2) // the cast is what careless code would do
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError) // a frozen fact
      }
    }
    expect((await allEvents(log().readStream(stream)))[0]?.data).toEqual({ list: [1] })
  })
}

/** JSON text in which PostgreSQL and UTF-8 can hold every character. */
const isWellFormed = (text: string): boolean => !/\\u(?:0000|d[89a-f])/.test(text) && !text.includes('__proto__')
