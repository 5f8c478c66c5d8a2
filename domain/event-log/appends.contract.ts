/**
 * The part of the event log's contract about what is accepted and how exactly it is kept. Run by
 * event-log.contract.ts.
 */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  allEvents,
  asGiven,
  exactly,
  freshStream,
  someEvent,
  someEvents,
} from './event-log.testing.ts'
import type { EventLog, ExpectedRevision, JsonObject, NewEvent } from './event-log.ts'
import {
  EVENT_TYPE_CHARACTERS_MAX,
  JSON_DEPTH_MAX,
  STREAM_NAME_CHARACTERS_MAX,
  UnstorableEvent,
} from './storable-event.ts'

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
      stored.every(
        (event, index) => index === 0 || event.logPosition > (stored[index - 1]?.logPosition ?? 0),
      ),
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
    expect(
      (await allEvents(log().readStream(stream))).map((event) => [event.stream, event.data]),
    ).toEqual([[stream, { part }]])
    expect(await log().head(stream)).toBe(0)
  })

  const hostileTypes = [
    'NULL',
    'null',
    '{}',
    '"',
    '\\',
    `it's {"a",b} \\" ,`,
    ' ',
    'Ünï-日本-🐝',
    '🐝'.repeat(EVENT_TYPE_CHARACTERS_MAX / 2),
  ]
  it('accepts any text as a type', async () => {
    const stream = freshStream()
    const events = hostileTypes.map((type) => someEvent({ type }, type))
    await log().append(stream, 'no-stream', events)
    expect(asGiven(await allEvents(log().readStream(stream)))).toEqual(events)
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
    [
      'an upper-case id',
      'a-1',
      'no-stream',
      [{ ...event, id: 'A3F55B9E-A20A-49C0-A555-F28F862F6DF9' }],
    ],
    ['the nil id', 'a-1', 'no-stream', [{ ...event, id: '00000000-0000-0000-0000-000000000000' }]],
    ['an empty type', 'a-1', 'no-stream', [{ ...event, type: '' }]],
    ['a system type', 'a-1', 'no-stream', [{ ...event, type: '$deleted' }]],
    ['data that are no object', 'a-1', 'no-stream', [{ ...event, data: [1] }]],
    ['null as data', 'a-1', 'no-stream', [{ ...event, data: null }]],
    ['undefined inside data', 'a-1', 'no-stream', [{ ...event, data: { a: undefined } }]],
    ['a bigint inside data', 'a-1', 'no-stream', [{ ...event, data: { a: [1n] } }]],
    ['NaN inside data', 'a-1', 'no-stream', [{ ...event, data: { a: Number.NaN } }]],
    ['what no number holds', 'a-1', 'no-stream', [{ ...event, data: JSON.parse('{"a":1e400}') }]],
    ['the sign of -0', 'a-1', 'no-stream', [{ ...event, data: { a: [-0] } }]],
    ['a hole in a list', 'a-1', 'no-stream', [{ ...event, meta: { a: Array(1) } }]],
    [
      'a list with named members',
      'a-1',
      'no-stream',
      [{ ...event, data: { a: Object.assign([1], { b: 2 }) } }],
    ],
    ['one level too many', 'a-1', 'no-stream', [{ ...event, data: nested(JSON_DEPTH_MAX + 1) }]],
    ['a Date inside data', 'a-1', 'no-stream', [{ ...event, data: { at: new Date(0) } }]],
    ['U+0000 inside data', 'a-1', 'no-stream', [{ ...event, data: { name: 'a\0b' } }]],
    ['U+0000 in a key', 'a-1', 'no-stream', [{ ...event, meta: { 'a\0': 1 } }]],
    [
      'half a surrogate pair inside data',
      'a-1',
      'no-stream',
      [{ ...event, data: { name: '\udc1d' } }],
    ],
    ['endless nesting', 'a-1', 'no-stream', [{ ...event, data: nested(5_000) }]],
    ['one bad event behind good ones', 'a-1', 'no-stream', [event, event, { ...event, type: '' }]],
  ]
  it.each(refusals)('refuses %s and stores nothing', async (_, stream, expected, events) => {
    const place = stream === 'a-1' ? freshStream() : stream
    // The casts let tests pass what the types forbid, as plain JavaScript and damaged data can.
    await expect(log().append(place, expected, events as readonly NewEvent[])).rejects.toThrow(
      UnstorableEvent,
    )
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
      {
        numbers: [
          0,
          -1,
          0.1,
          1e21,
          5e-324,
          Number.MAX_SAFE_INTEGER,
          Number.MIN_SAFE_INTEGER,
          1.7976931348623157e308,
        ],
      },
    ],
    [
      'felts as text',
      {
        felt: '0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
        u64: '18446744073709551615',
      },
    ],
    [
      'letters of all kinds',
      {
        text: 'Zoë 日本 🐝👩‍🚀 \u2028 \ufeff e\u0301 é "quoted" \\u0000 \\ / \b\f\n\r\t\u0001\u001f\u007f',
      },
    ],
    [
      'unusual keys',
      { '': 1, ' ': 2, 'a.b': 3, "it's": 4, '🐝': 5, constructor: 6, '{}': 7, NULL: 8 },
    ],
    ['__proto__ as a key', JSON.parse('{"__proto__":{"polluted":true},"after":1}')],
    ['text that looks like SQL and arrays', { text: `'; DROP TABLE x; -- {NULL,"a"} $1 ::jsonb` }],
    [
      'numbers beyond integers',
      { numbers: [2 ** 53 + 2, -(2 ** 64), 1e-7, 123456789.12345678, 4.35, 1e22, 1 / 3] },
    ],
    ['the deepest nesting', nested(JSON_DEPTH_MAX - 1)],
    ['a long key', { ['k'.repeat(100_000)]: 1 }],
    [
      'many keys',
      Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`key ${at % 7} ${at}`, at])),
    ],
    ['long text', { text: 'hexagon '.repeat(50_000) }],
  ]
  it.each(samples)('%s', async (_, data) => {
    const stream = freshStream()
    const event: NewEvent = { ...someEvent(data), meta: { data, schemaVersion: 3 } }
    await log().append(stream, 'no-stream', [event])
    expect(exactly(asGiven(await allEvents(log().readStream(stream))))).toBe(exactly([event]))
  })

  it('any JSON that stays what it is; and refuses any other', async () => {
    const outcomes = { kept: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(anyPayload, anyPayload, async (data, meta) => {
        const stream = freshStream()
        const events = [
          { ...someEvent(), data: { value: data }, meta: { value: meta } } as NewEvent,
        ] // what types forbid
        if (staysItself(data) && staysItself(meta)) {
          outcomes.kept += 1
          await log().append(stream, 'no-stream', events)
          const read = asGiven(await allEvents(log().readStream(stream)))
          expect(exactly(read)).toBe(exactly(events))
          expect(isDeepStrictEqual(read, events)).toBe(true) // tells 0 from -0, which text does not
        } else {
          outcomes.refused += 1
          await expect(log().append(stream, 'no-stream', events)).rejects.toThrow(UnstorableEvent)
          expect(await log().head(stream)).toBeNull()
        }
      }),
      { numRuns: 150 },
    )
    // The property looks at both.
    expect(Math.min(outcomes.kept, outcomes.refused)).toBeGreaterThan(10)
  })

  it('tells when an event was recorded, the same at each read, never before an earlier event', async () => {
    const stream = freshStream()
    await log().append(stream, 'no-stream', someEvents(2))
    await log().append(stream, 1, someEvents(2))
    const times = async () =>
      (await allEvents(log().readStream(stream))).map(({ recordedAt }) => recordedAt.getTime())
    const [first, second] = [await times(), await times()]
    expect(first).toEqual(second)
    expect(first).toEqual(first.toSorted((a, b) => a - b))
    expect(Math.abs((first[0] ?? 0) - Date.now())).toBeLessThan(60_000)
  })

  it('keeps ten thousand events of one append', async () => {
    const stream = freshStream()
    const events = someEvents(10_000)
    expect(await log().append(stream, 'no-stream', events)).toMatchObject({
      kind: 'appended',
      lastRevision: 9_999,
    })
    expect(exactly(asGiven(await allEvents(log().readStream(stream))))).toBe(exactly(events))
    expect(await log().append(stream, 'no-stream', events)).toEqual({
      kind: 'already-appended',
      lastRevision: 9_999,
    })
  })

  it('keeps a megabyte of data in one append, whole', async () => {
    const stream = freshStream()
    const events = Array.from({ length: 10 }, (_, index) =>
      someEvent({ text: `${index}`.repeat(100_000) }),
    )
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

const anyText = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: 'grapheme' }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '__proto__',
      'constructor',
      'toJSON',
      '',
      '0',
      'NULL',
      '\\u0000',
      '\u2028',
      '"\\',
    ),
  },
  // Any UTF-16 units: U+0000 and halves of surrogate pairs among them.
  {
    weight: 1,
    arbitrary: fc
      .array(fc.nat(0xffff), { maxLength: 3 })
      .map((units) => String.fromCharCode(...units)),
  },
)

/** Mostly JSON, now and then with something in it that JSON would change or drop. */
const { anyPayload } = fc.letrec<{ anyPayload: unknown }>((tie) => ({
  anyPayload: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    anyText,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0), // 0 for -0
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    {
      weight: 1,
      arbitrary: fc.constantFrom<unknown>(
        -0,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        undefined,
        1n,
        '\0',
      ),
    },
    { weight: 6, arbitrary: fc.array(tie('anyPayload'), { maxLength: 4 }) },
    {
      weight: 6,
      arbitrary: fc
        .array(fc.tuple(anyText, tie('anyPayload')), { maxLength: 4 })
        .map(Object.fromEntries),
    },
  ),
}))

/**
 * Whether a value is equal to itself after a way through JSON, and made of text that PostgreSQL and
 * UTF-8 can hold.
 */
const staysItself = (value: unknown): boolean => {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed()
  if (typeof value === 'bigint' || value === undefined) return false
  if (typeof value !== 'object' || value === null)
    return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value)
  return Object.entries(value).every(([key, member]) => staysItself(key) && staysItself(member))
}
