/**
 * Streams of blocks for property tests: every kind of write to every projected model, over few
 * entities so that rows meet, with keyless writes, erasures, repeated writes, game events,
 * undecoded and unknown facts in between.
 */
import fc from 'fast-check'
import type { JsonObject, NewEvent, RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { type Felt, feltOfNumber } from '../../../domain/felt.ts'
import { packHex } from '../../../domain/hex.ts'
import type { BranchFact } from '../../../domain/world-stream/branches.testing.ts'
import type { BlockEntry } from '../../../domain/world-stream/entries.ts'
import { createEntryReader } from '../../../domain/world-stream/entries.ts'
import {
  BLOCK_INGESTED,
  type BlockIngested,
  type ChainMeta,
  UNDECODED_WORLD_EVENT,
} from '../../../domain/world-stream/facts.ts'
import {
  type Fields,
  type Members,
  type MemberType,
  type MemberValue,
  wireTypeOf,
} from '../../../domain/worlds/definition.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createEntityIds } from '../../../schemas/worlds/entity-ids.ts'
import { memberCodecsOf } from '../../../schemas/worlds/member-codec.ts'
import { modelTables } from './model-tables.testing.ts'

// Small, so on the map.
const packed = (q: number, r: number): Felt => packHex({ x: q, y: -q - r || 0, z: r }) as Felt

/**
 * Hexes around the origin; the last one is no hex of the map, which the game allows in places
 * (game.md §8, quirk 5).
 */
export const TEST_HEXES: readonly Felt[] = [
  packed(0, 0),
  packed(1, 0),
  packed(0, 1),
  packed(1, 1),
  packed(-3, 2),
  '0x5',
]
const IDS: readonly Felt[] = ['0x1', '0x2a', '0x3b9aca07']
const entityIds = createEntityIds()
const { enums, events, models } = infiniteHexAdventurers

type Records = Readonly<Record<string, Readonly<{ keys: Members; values: Members }>>>

const anyValue = (type: MemberType, isStored: boolean): fc.Arbitrary<MemberValue> => {
  const variants = (enums as Readonly<Record<string, readonly string[]>>)[type]
  if (variants !== undefined)
    return fc.constantFrom<MemberValue>(...variants.slice(0, 3), ...(isStored ? [null] : []))
  // Block numbers are read as numbers: 2^64 - 1 would be a block that no chain reaches.
  if (type === 'block') return fc.constantFrom<MemberValue>('0', '7', '640', '900')
  if (type === 'hex') return fc.constantFrom(...TEST_HEXES)
  switch (wireTypeOf(type)) {
    case 'felt':
    case 'address':
      return fc.constantFrom<MemberValue>('0x0', ...IDS)
    case 'bool':
      return fc.boolean()
    case 'u64':
      return fc.constantFrom<MemberValue>('0', '7', '640', '18446744073709551615')
    case 'u32':
      return fc.constantFrom<MemberValue>(0, 12, 4_294_967_295)
    default:
      return fc.constantFrom<MemberValue>(0, 1, 80, 255)
  }
}

const fieldsOf = (members: Members, isStored: boolean): fc.Arbitrary<Fields> =>
  fc.record(
    Object.fromEntries(
      Object.entries(members).map(([name, type]) => [name, anyValue(type, isStored)]),
    ),
  ) as fc.Arbitrary<Fields> // one arbitrary per member

type Fact = Readonly<{ type: string; data: JsonObject }>

const modelFact = (model: string): fc.Arbitrary<Fact> => {
  const { keys, values } = (models as Records)[model] as Records[string] // a model of the world
  const keyCodecs = memberCodecsOf(infiniteHexAdventurers, keys, 'serialised')
  const members = Object.keys(values)
  return fc
    .record({
      keys: fieldsOf(keys, false),
      values: fieldsOf(values, true),
      member: fc.constantFrom(...members),
      kind: fc.constantFrom('whole', 'whole', 'whole', 'whole', 'keyless', 'member', 'erased'),
    })
    .map(({ keys: keyFields, values: valueFields, member, kind }): Fact => {
      // Of the type, see anyValue.
      const felts = keyCodecs.map((codec) => codec.encode(keyFields[codec.name]) as Felt)
      const entityId = entityIds(felts)
      if (kind === 'erased') return { type: `${model}Erased`, data: { entityId } }
      if (kind === 'member') {
        return {
          type: `${model}MemberWritten`,
          data: { entityId, member, value: valueFields[member] ?? null },
        }
      }
      return {
        type: `${model}Written`,
        data: { entityId, keys: kind === 'keyless' ? null : keyFields, values: valueFields },
      }
    })
}

const gameEvent = (name: string): fc.Arbitrary<Fact> => {
  const { keys, values } = (events as Records)[name] as Records[string] // an event of the world
  return fieldsOf({ ...keys, ...values }, false).map((data) => ({ type: name, data }))
}

const projectedModels = modelTables.flatMap(({ parts }) => parts.map(({ model }) => model))

/** Any fact that ingest may append, over few entities. */
export const facts: fc.Arbitrary<Fact> = fc.oneof(
  { weight: 12, arbitrary: fc.oneof(...projectedModels.map(modelFact)) },
  { weight: 6, arbitrary: modelFact('Adventurer') }, // the one row that moves from hex to hex
  { weight: 6, arbitrary: fc.oneof(...Object.keys(events).map(gameEvent)) },
  { weight: 1, arbitrary: modelFact('MineNode') },
  {
    weight: 1,
    arbitrary: fc.constant({
      type: UNDECODED_WORLD_EVENT,
      data: { reason: 'test', keys: [], data: [] },
    }),
  },
)

/** Facts of branches that may be retracted; the first transactions of a block share it. */
export const branchFacts: fc.Arbitrary<BranchFact> = fc
  .record({ fact: facts, transaction: fc.integer({ min: 0, max: 2 }) })
  .map(({ fact, transaction }) => ({ ...fact, transaction }))

type BlockDraft = Readonly<{
  gap: number
  facts: readonly Readonly<{ fact: Fact; startsTransaction: boolean }>[]
}>

const blockDrafts: fc.Arbitrary<readonly BlockDraft[]> = fc.array(
  fc.record({
    gap: fc.integer({ min: 1, max: 40 }),
    facts: fc.array(fc.record({ fact: facts, startsTransaction: fc.boolean() }), {
      minLength: 1,
      maxLength: 10,
    }),
  }),
  { minLength: 1, maxLength: 8 },
)

/** Events of blocks, in order, as ingest appends them: one list per block. */
export type BlockAppends = readonly (readonly NewEvent[])[]

const uuidOf = (number: number, index: number): string =>
  `${number.toString(16).padStart(8, '0')}-0000-5000-8000-${index.toString(16).padStart(12, '0')}`

type DraftedFact = Fact & Readonly<{ transaction?: number; schemaVersion?: number }>

/**
 * A block as ingest appends it. Facts are of transaction 1 and schema version 1 where they name
 * none.
 */
export const blockOf = (number: number, drafted: readonly DraftedFact[]): readonly NewEvent[] => {
  const header: BlockIngested = {
    number,
    hash: feltOfNumber(number * 1_000 + 1),
    parentHash: feltOfNumber(number * 1_000 - 999),
    timestamp: 1_770_000_000 + number * 2,
    finality: 'ACCEPTED_ON_L2',
    eventCount: drafted.length,
  }
  const events = drafted.map((fact, eventIndex): NewEvent => {
    const { type, data, transaction: transactionIndex = 1, schemaVersion = 1 } = fact
    const transaction = feltOfNumber(number * 1_000 + 2 + transactionIndex)
    const meta: ChainMeta = {
      schemaVersion,
      block: number,
      transaction,
      transactionIndex,
      eventIndex,
    }
    return { id: uuidOf(number, eventIndex + 1), type, data, meta: { ...meta } }
  })
  return [
    {
      id: uuidOf(number, 0),
      type: BLOCK_INGESTED,
      data: { ...header },
      meta: { schemaVersion: 1 },
    },
    ...events,
  ]
}

const appendsOf = (drafts: readonly BlockDraft[]): BlockAppends => {
  let number = 600
  return drafts.map(({ gap, facts: drafted }) => {
    number += gap
    let transaction = 0
    return blockOf(
      number,
      drafted.map(({ fact, startsTransaction }) => {
        if (startsTransaction) transaction += 1
        return { ...fact, transaction }
      }),
    )
  })
}

/** Streams of one to eight blocks. */
export const blockAppends: fc.Arbitrary<BlockAppends> = blockDrafts.map(appendsOf)

/** The same events as a log records them. */
export const recordedEvents = (appends: BlockAppends, stream = 'world-TEST-0x1'): RecordedEvent[] =>
  appends.flat().map((event, revision) => ({
    ...event,
    stream,
    revision,
    logPosition: revision,
    recordedAt: new Date(0),
  }))

/** The same events as complete blocks. */
export const completeBlocks = (appends: BlockAppends): readonly BlockEntry[] =>
  createEntryReader({ after: -1 })
    .take(recordedEvents(appends))
    .filter((entry) => entry.kind === 'block')
