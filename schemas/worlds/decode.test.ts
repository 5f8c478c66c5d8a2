import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Felt, parseFelt } from '../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createWorldDecoder, type WorldEventFelts } from './decode.ts'
import { createWorldEncoder } from './encode.ts'
import { selectorsOf, WORLD_EVENT_SELECTORS } from './selectors.ts'
import { anyFelt, gameEvents, modelWrites, worldEvents } from './world-events.testing.ts'

const decode = createWorldDecoder(infiniteHexAdventurers)
const encode = createWorldEncoder(infiniteHexAdventurers)

const SYSTEM: Felt = '0x8b86d7d1dc9380880a89650135e20aae0933048383978d48690960e4dd907b'
const DISCOVERER: Felt = '0xd15c'

const HEX_DISCOVERED: WorldEventFelts = {
  keys: [
    '0x1c93f6e4703ae90f75338f29bffbe9c1662200cee981f49afeec26e892debcd',
    '0x4f88d041cccb5e4b173721b59cc21055f8998ab0d761d2864b7a5ec4f45c84d',
    SYSTEM,
  ],
  data: ['0x1', '0x7ffffff', '0x2', '0x2', DISCOVERER],
}
const HEX_WRITTEN: WorldEventFelts = {
  keys: [
    '0x1a2f334228cee715f1f0f54053bb6b5eac54fa336e0bc1aacf7516decb0471d',
    '0x1b4f1be091a6febf3dfe50959108d0fdd25faea6a8294023dcfa10c0f92de3c',
    '0x1c598ae629f5776224bbfb6b52f0543bf3e16965620d8253e4b19ac5c18353a',
  ],
  data: ['0x1', '0x7ffffff', '0x5', '0x3', '0x1', '0x64', DISCOVERER, '0x3'],
}
const ENERGY_WRITTEN: WorldEventFelts = {
  keys: [
    '0x32b9c1aaab98c9fd35d3bcc8aac050d9d0526ff950ceea2eefeb341821ae2e8',
    '0x75acd4a8474ccb4062b234fc077dc035417f4300a99372ca49a7aaffb26075d',
    '0x689991b0e36441c881b859cf67f4eba29d68fc172bb6be80ae1be6956bcf21f',
    '0xcf0bbe451044b2f11874ca184bb5ae95c4fe238221f5163e51d0a1794419f0',
  ],
  data: ['0x1', '0x5a'],
}

describe('the worked examples of torii-and-starknet.md §3.5', () => {
  test('a game event: enums count from 0', () => {
    expect(decode(HEX_DISCOVERED)).toEqual({
      type: 'HexDiscovered',
      data: { hex: '0x7ffffff', biome: 'Forest', discoverer: DISCOVERER },
      system: SYSTEM,
    })
  })

  test('a model write: stored enums count from 1', () => {
    expect(decode(HEX_WRITTEN)).toEqual({
      type: 'HexWritten',
      data: {
        entityId: '0x1c598ae629f5776224bbfb6b52f0543bf3e16965620d8253e4b19ac5c18353a',
        keys: { coordinate: '0x7ffffff' },
        values: {
          biome: 'Forest',
          is_discovered: true,
          discovery_block: '100',
          discoverer: DISCOVERER,
          area_count: 3,
        },
      },
      system: null,
    })
  })

  test('the write of one member', () => {
    expect(decode(ENERGY_WRITTEN)).toEqual({
      type: 'AdventurerMemberWritten',
      data: {
        entityId: '0x689991b0e36441c881b859cf67f4eba29d68fc172bb6be80ae1be6956bcf21f',
        member: 'energy',
        value: 90,
      },
      system: null,
    })
  })

  test('the registration of an event is kept raw', () => {
    const keys: Felt[] = [
      WORLD_EVENT_SELECTORS.EventRegistered,
      '0x0',
      '0x486578446973636f7665726564',
      '0xd',
    ]
    expect(decode({ keys, data: ['0x1', '0x2'] })).toEqual({
      type: 'UndecodedWorldEvent',
      data: {
        reason: 'EventRegistered tells of the World contract itself, not of the game',
        keys,
        data: ['0x1', '0x2'],
      },
      system: null,
    })
  })
})

describe('values', () => {
  const written = (biome: Felt, block: Felt): unknown =>
    decode({
      ...HEX_WRITTEN,
      data: ['0x1', '0x7ffffff', '0x5', biome, '0x1', block, DISCOVERER, '0x3'],
    }).data.values

  test('a stored enum that was never written is null, not the first variant', () => {
    expect(written('0x0', '0x64')).toMatchObject({ biome: null })
    expect(written('0x1', '0x64')).toMatchObject({ biome: 'Unknown' })
    expect(written('0x15', '0x64')).toMatchObject({ biome: 'Coast' })
  })

  test('u64 is decimal text without loss', () => {
    expect(written('0x1', '0xffffffffffffffff')).toMatchObject({
      discovery_block: '18446744073709551615',
    })
    expect(written('0x1', '0x20000000000001')).toMatchObject({
      discovery_block: '9007199254740993',
    })
    expect(written('0x1', '0xfffffffffffff')).toMatchObject({ discovery_block: '4503599627370495' })
  })

  test('a row whose keys the chain does not tell has keys null', () => {
    const [, , ...values] = HEX_WRITTEN.data
    const keys = [WORLD_EVENT_SELECTORS.StoreUpdateRecord, ...HEX_WRITTEN.keys.slice(1)]
    const fact = decode({ keys, data: values })
    expect(fact).toMatchObject({
      type: 'HexWritten',
      data: { keys: null, values: { biome: 'Forest' } },
    })
  })

  test('an erased row', () => {
    const keys = [WORLD_EVENT_SELECTORS.StoreDelRecord, ...HEX_WRITTEN.keys.slice(1)]
    expect(decode({ keys, data: [] })).toMatchObject({
      type: 'HexErased',
      data: { entityId: HEX_WRITTEN.keys[2] as Felt },
    })
  })
})

describe('what does not fit is kept raw, and the reason says what was wrong and where', () => {
  const change = (
    felts: WorldEventFelts,
    place: 'keys' | 'data',
    at: number,
    felt: Felt,
  ): WorldEventFelts => ({
    ...felts,
    [place]: felts[place].with(at, felt),
  })

  test.each<[string, WorldEventFelts, string]>([
    ['no keys', { keys: [], data: [] }, 'keys are empty'],
    [
      'an unknown World event',
      { keys: ['0x1'], data: [] },
      'keys[0]: 0x1 is no event of the World contract',
    ],
    [
      'an unknown game event',
      change(HEX_DISCOVERED, 'keys', 1, '0x5'),
      "EventEmitted: keys[1]: 0x5 is not among the world's events",
    ],
    [
      'an unknown model',
      change(HEX_WRITTEN, 'keys', 1, '0x5'),
      "StoreSetRecord: keys[1]: 0x5 is not among the world's models",
    ],
    [
      'a missing system',
      { ...HEX_DISCOVERED, keys: HEX_DISCOVERED.keys.slice(0, 2) },
      'EventEmitted: 2 keys where there are 3',
    ],
    [
      'no data',
      { ...HEX_DISCOVERED, data: [] },
      'EventEmitted of HexDiscovered: data[0] is missing where a span of 0x1',
    ],
    [
      'a wrong key span',
      change(HEX_DISCOVERED, 'data', 0, '0x2'),
      'EventEmitted of HexDiscovered: data[0] is 0x2 where a span of 0x1 begins',
    ],
    [
      'a giant value span',
      change(HEX_DISCOVERED, 'data', 2, '0xffffffffffffffffff'),
      'EventEmitted of HexDiscovered: data[2] is 0xffffffffffffffffff where a span of 0x2 begins',
    ],
    [
      'felts left over',
      { ...HEX_DISCOVERED, data: [...HEX_DISCOVERED.data, '0x0'] },
      'EventEmitted of HexDiscovered: data has 6 felts where there are 5',
    ],
    [
      'felts missing',
      { ...HEX_WRITTEN, data: HEX_WRITTEN.data.slice(0, -1) },
      'StoreSetRecord of Hex: data has 7 felts where there are 8',
    ],
    [
      'an unknown variant',
      change(HEX_DISCOVERED, 'data', 3, '0x15'),
      'EventEmitted of HexDiscovered: data[3] (biome): 0x15 is not a value of type Biome',
    ],
    [
      'an address outside the address space',
      change(HEX_DISCOVERED, 'data', 4, `0x8${'0'.repeat(62)}`),
      `EventEmitted of HexDiscovered: data[4] (discoverer): 0x8${'0'.repeat(62)} is not a value of type address`,
    ],
    [
      'a bool that is neither',
      change(HEX_WRITTEN, 'data', 4, '0x2'),
      'StoreSetRecord of Hex: data[4] (is_discovered): 0x2 is not a value of type bool',
    ],
    [
      'a u64 out of range',
      change(HEX_WRITTEN, 'data', 5, '0x10000000000000000'),
      'StoreSetRecord of Hex: data[5] (discovery_block): 0x10000000000000000 is not a value of type u64',
    ],
    [
      'a u8 out of range',
      change(HEX_WRITTEN, 'data', 7, '0x100'),
      'StoreSetRecord of Hex: data[7] (area_count): 0x100 is not a value of type u8',
    ],
    [
      "an entity id that is not the keys'",
      change(HEX_WRITTEN, 'data', 1, '0x7fffffe'),
      `StoreSetRecord of Hex: keys[2]: entity id ${HEX_WRITTEN.keys[2]} is not the hash `,
    ],
    [
      'an unknown member',
      change(ENERGY_WRITTEN, 'keys', 3, '0x9'),
      'StoreUpdateMember of Adventurer: keys[3]: 0x9 is no value member',
    ],
    [
      'two values for one member',
      { ...ENERGY_WRITTEN, data: ['0x2', '0x5a', '0x5a'] },
      'StoreUpdateMember of Adventurer: data[0] is 0x2 where a span of 0x1 begins',
    ],
  ])('%s', (_, felts, reason) => {
    const fact = decode(felts)
    expect(fact).toMatchObject({ type: 'UndecodedWorldEvent', data: felts, system: null })
    expect(fact.data.reason).toContain(reason)
  })
})

describe('encode ∘ decode is the identity', () => {
  const { events, models } = infiniteHexAdventurers

  const keeps = (felts: WorldEventFelts): void => {
    const fact = decode(felts)
    expect(fact.type, JSON.stringify(fact.data)).not.toBe('UndecodedWorldEvent')
    expect(encode(fact)).toEqual(felts)
  }

  test.each(Object.keys(events))('on well-formed %s events', (name) => {
    fc.assert(fc.property(gameEvents(infiniteHexAdventurers, name), keeps), { numRuns: 50 })
  })

  test.each(Object.keys(models))('on well-formed writes of %s', (name) => {
    fc.assert(fc.property(modelWrites(infiniteHexAdventurers, name), keeps), { numRuns: 50 })
  })

  test('on anything at all, because what is undecoded is kept raw', () => {
    const [eventSelectors, modelSelectors] = [
      selectorsOf(infiniteHexAdventurers).events,
      selectorsOf(infiniteHexAdventurers).models,
    ]
    const anyKey = fc.oneof(
      anyFelt,
      fc.constantFrom(...Object.values(WORLD_EVENT_SELECTORS)),
      fc.constantFrom(...Object.values(eventSelectors), ...Object.values(modelSelectors)),
    )
    const anySmall = fc.oneof(
      anyFelt,
      fc.integer({ min: 0, max: 12 }).map((size): Felt => `0x${size.toString(16)}`),
    )
    const anything = fc.record({
      keys: fc.array(anyKey, { maxLength: 5 }),
      data: fc.array(anySmall, { maxLength: 14 }),
    })
    fc.assert(
      fc.property(anything, (felts) => {
        expect(encode(decode(felts))).toEqual(felts)
      }),
      { numRuns: 2_000 },
    )
  })

  test('on well-formed events of which one felt was replaced, cut off or repeated', () => {
    const mutation = fc.record({
      at: fc.nat(),
      felt: anyFelt,
      kind: fc.constantFrom('replace', 'cut', 'repeat'),
    })
    fc.assert(
      fc.property(
        worldEvents(infiniteHexAdventurers),
        mutation,
        ({ keys, data }, { at, felt, kind }) => {
          const index = data.length === 0 ? 0 : at % data.length
          const replacement = kind === 'replace' ? [felt] : kind === 'cut' ? [] : [felt, felt]
          const mutated = { keys, data: data.toSpliced(index, 1, ...replacement) }
          expect(encode(decode(mutated))).toEqual(mutated)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

type RecordedBlock = Readonly<{
  transactions: readonly Readonly<{
    receipt: Readonly<{
      events: readonly Readonly<{ from_address: string; keys: string[]; data: string[] }>[]
    }>
  }>[]
}>

const RECORDED = new URL('../../../shared/recorded/', import.meta.url)
const found = existsSync(RECORDED)

const recordedEvents = (path: string): WorldEventFelts[] => {
  const parsed: RecordedBlock | readonly RecordedBlock[] | Readonly<{ result: RecordedBlock }> =
    JSON.parse(readFileSync(new URL(path, RECORDED), 'utf8'))
  const blocks = Array.isArray(parsed) ? parsed : ['result' in parsed ? parsed.result : parsed]
  // Recorded felts.
  const felts = (texts: readonly string[]): Felt[] => texts.map((text) => parseFelt(text) as Felt)
  return blocks
    .flatMap((block: RecordedBlock) => block.transactions.flatMap(({ receipt }) => receipt.events))
    .map(({ keys, data }) => ({ keys: felts(keys), data: felts(data) }))
}

describe.skipIf(!found)(
  `events of real worlds${found ? '' : ' (no recordings beside the checkout)'}`,
  () => {
    test.each([
      ['spawn-and-move/blocks.json', 44],
      ['mainnet-2238855/block-with-receipts.json', 133],
    ])('%s: every event is kept, none throws', (path, eventsMin) => {
      const events = recordedEvents(path)
      expect(events.length).toBeGreaterThanOrEqual(eventsMin)
      for (const felts of events) {
        const fact = decode(felts)
        expect(fact).toMatchObject({ type: 'UndecodedWorldEvent', data: felts })
        expect(fact.data.reason).toMatch(
          /tells of the World contract|is not among the world's|is no event of the World/,
        )
      }
    })
  },
)
