/**
 * From felts to facts: what an event of the World contract says, by the world's definition. Total:
 * what does not fit the definition in every felt becomes an `UndecodedWorldEvent` that keeps the
 * felts and names what was wrong and where.
 */
import type { Felt } from '../../domain/felt.ts'
import { feltOfNumber } from '../../domain/felt.ts'
import {
  type ModelErased,
  type ModelMemberWritten,
  type ModelWritten,
  UNDECODED_WORLD_EVENT,
  type UndecodedWorldEvent,
  type WorldFact,
} from '../../domain/world-stream/facts.ts'
import type {
  MemberValue,
  RecordDefinition,
  WorldDefinition,
} from '../../domain/worlds/definition.ts'
import { createEntityIds } from './entity-ids.ts'
import { decodeInto, type MemberCodec, memberCodecsOf } from './member-codec.ts'
import {
  memberSelector,
  selectorsOf,
  WORLD_EVENT_NAMES,
  WORLD_EVENT_SELECTORS,
} from './selectors.ts'

/** An event of the World contract as the chain gives it; felts in canonical spelling. */
export type WorldEventFelts = Readonly<{ keys: readonly Felt[]; data: readonly Felt[] }>

/**
 * A fact, and the system contract that emitted it: null for model writes and for what was not
 * decoded.
 */
export type DecodedFact = WorldFact & Readonly<{ system: Felt | null }>

export type WorldDecoder = (felts: WorldEventFelts) => DecodedFact

/** A record of the definition, compiled: what its decoding needs at hand. */
type CompiledRecord = Readonly<{
  name: string
  keys: readonly MemberCodec[]
  values: readonly MemberCodec[]
  /** Lengths of the two spans, as they must stand in the data. */
  keySpan: Felt
  valueSpan: Felt
  valuesBySelector: ReadonlyMap<Felt, MemberCodec>
}>

/** A decoded fact, or what was wrong. */
type Outcome = DecodedFact | string

type Fact<Data> = Readonly<{ type: string; data: Data; system: null }>

const compileRecord = (
  definition: WorldDefinition,
  name: string,
  record: RecordDefinition,
  place: 'serialised' | 'stored',
): CompiledRecord => {
  const keys = memberCodecsOf(definition, record.keys, 'serialised')
  const values = memberCodecsOf(definition, record.values, place)
  return {
    name,
    keys,
    values,
    keySpan: feltOfNumber(keys.length),
    valueSpan: feltOfNumber(values.length),
    valuesBySelector: new Map(values.map((codec) => [memberSelector(codec.name), codec])),
  }
}

const recordsBySelector = (
  definition: WorldDefinition,
  records: Readonly<Record<string, RecordDefinition>>,
  selectors: Readonly<Record<string, Felt>>,
  place: 'serialised' | 'stored',
): ReadonlyMap<Felt, CompiledRecord> =>
  new Map(
    Object.entries(records).map(([name, record]) => [
      selectors[name] as Felt, // selectors are derived from the same records
      compileRecord(definition, name, record, place),
    ]),
  )

const spanMisfit = (data: readonly Felt[], at: number, expected: Felt): string | null =>
  data[at] === expected
    ? null
    : `data[${at}] is ${data[at] ?? 'missing'} where a span of ${expected} begins`

/** The data must be exactly the keys' span and the values' span. */
const keysAndValuesMisfit = (
  { keys, values, keySpan, valueSpan }: CompiledRecord,
  data: readonly Felt[],
) =>
  spanMisfit(data, 0, keySpan) ??
  spanMisfit(data, 1 + keys.length, valueSpan) ??
  lengthMisfit(data, 2 + keys.length + values.length)

const lengthMisfit = (data: readonly Felt[], expected: number): string | null =>
  data.length === expected ? null : `data has ${data.length} felts where there are ${expected}`

const decodeGameEvent = (record: CompiledRecord, { keys, data }: WorldEventFelts): Outcome => {
  const fields: Record<string, MemberValue> = {}
  const wrong =
    keysAndValuesMisfit(record, data) ??
    decodeInto(fields, record.keys, data, 1) ??
    decodeInto(fields, record.values, data, 2 + record.keys.length)
  // Three keys were counted before.
  return wrong ?? { type: record.name, data: fields, system: keys[2] as Felt }
}

const decodeSetRecord =
  (entityIdOfKeys: (keys: readonly Felt[]) => Felt) =>
  (record: CompiledRecord, { keys: [, , given], data }: WorldEventFelts): Outcome => {
    const misfit = keysAndValuesMisfit(record, data)
    if (misfit !== null) return misfit
    const entityId = entityIdOfKeys(data.slice(1, 1 + record.keys.length))
    if (entityId !== given)
      return `keys[2]: entity id ${given} is not the hash ${entityId} of the row's keys`
    const keys: Record<string, MemberValue> = {}
    const values: Record<string, MemberValue> = {}
    const wrong =
      decodeInto(keys, record.keys, data, 1) ??
      decodeInto(values, record.values, data, 2 + record.keys.length)
    return (
      wrong ??
      (modelFact(`${record.name}Written`, { entityId, keys, values }) satisfies Fact<ModelWritten>)
    )
  }

const modelFact = <Data extends ModelWritten | ModelMemberWritten | ModelErased>(
  type: string,
  data: Data,
): Fact<Data> => ({ type, data, system: null })

/** A key of an event whose keys were counted before it is decoded. */
const keyAt = ({ keys }: WorldEventFelts, at: number): Felt => keys[at] as Felt

const decodeUpdateRecord = (record: CompiledRecord, felts: WorldEventFelts): Outcome => {
  const { data } = felts
  const values: Record<string, MemberValue> = {}
  const wrong =
    spanMisfit(data, 0, record.valueSpan) ??
    lengthMisfit(data, 1 + record.values.length) ??
    decodeInto(values, record.values, data, 1)
  const entityId = keyAt(felts, 2)
  return wrong ?? modelFact(`${record.name}Written`, { entityId, keys: null, values })
}

const decodeUpdateMember = (record: CompiledRecord, felts: WorldEventFelts): Outcome => {
  const { data } = felts
  const codec = record.valuesBySelector.get(keyAt(felts, 3))
  if (codec === undefined) return `keys[3]: ${keyAt(felts, 3)} is no value member`
  const value: Record<string, MemberValue> = {}
  const wrong =
    spanMisfit(data, 0, '0x1') ?? lengthMisfit(data, 2) ?? decodeInto(value, [codec], data, 1)
  if (wrong !== null) return wrong
  return modelFact(`${record.name}MemberWritten`, {
    entityId: keyAt(felts, 2),
    member: codec.name,
    value: value[codec.name] as MemberValue, // decodeInto has just set it
  })
}

const decodeDelRecord = (record: CompiledRecord, felts: WorldEventFelts): Outcome =>
  lengthMisfit(felts.data, 0) ?? modelFact(`${record.name}Erased`, { entityId: keyAt(felts, 2) })

/**
 * How one event of the World contract is read: how many keys it has, and which resource keys[1] may
 * name.
 */
type Reading = Readonly<{
  worldEvent: string
  keyCount: number
  resources: 'events' | 'models'
  records: ReadonlyMap<Felt, CompiledRecord>
  decode: (record: CompiledRecord, felts: WorldEventFelts) => Outcome
}>

const readingsOf = (definition: WorldDefinition): ReadonlyMap<Felt, Reading> => {
  const selectors = selectorsOf(definition)
  const events = recordsBySelector(definition, definition.events, selectors.events, 'serialised')
  const models = recordsBySelector(definition, definition.models, selectors.models, 'stored')
  const onModels = { keyCount: 3, resources: 'models', records: models } as const
  const readings: Readonly<Record<string, Omit<Reading, 'worldEvent'>>> = {
    EventEmitted: { keyCount: 3, resources: 'events', records: events, decode: decodeGameEvent },
    StoreSetRecord: { ...onModels, decode: decodeSetRecord(createEntityIds()) },
    StoreUpdateRecord: { ...onModels, decode: decodeUpdateRecord },
    StoreUpdateMember: { ...onModels, keyCount: 4, decode: decodeUpdateMember },
    StoreDelRecord: { ...onModels, decode: decodeDelRecord },
  }
  return new Map(
    WORLD_EVENT_NAMES.flatMap((worldEvent) => {
      const reading = readings[worldEvent]
      return reading === undefined
        ? []
        : [[WORLD_EVENT_SELECTORS[worldEvent], { worldEvent, ...reading }] as const]
    }),
  )
}

const WORLD_EVENT_NAME_BY_SELECTOR: ReadonlyMap<Felt | undefined, string> = new Map(
  WORLD_EVENT_NAMES.map((name) => [WORLD_EVENT_SELECTORS[name], name]),
)

const withoutReading = (selector: Felt | undefined): string => {
  const name = WORLD_EVENT_NAME_BY_SELECTOR.get(selector)
  if (name !== undefined) return `${name} tells of the World contract itself, not of the game`
  return selector === undefined
    ? 'keys are empty'
    : `keys[0]: ${selector} is no event of the World contract`
}

const undecoded = (reason: string, { keys, data }: WorldEventFelts): DecodedFact => ({
  type: UNDECODED_WORLD_EVENT,
  data: { reason, keys, data } satisfies UndecodedWorldEvent,
  system: null,
})

/**
 * The decoder of a world's events. It never throws; it remembers entity ids within a bound
 * (entity-ids.ts).
 */
export const createWorldDecoder = (definition: WorldDefinition): WorldDecoder => {
  const readings = readingsOf(definition)
  return (felts) => {
    const { keys } = felts
    const reading = readings.get(keys[0] as Felt) // undefined is not in the map
    if (reading === undefined) return undecoded(withoutReading(keys[0]), felts)
    const { worldEvent, keyCount, records, resources, decode } = reading
    if (keys.length !== keyCount)
      return undecoded(`${worldEvent}: ${keys.length} keys where there are ${keyCount}`, felts)
    const record = records.get(keys[1] as Felt) // counted just before
    if (record === undefined)
      return undecoded(
        `${worldEvent}: keys[1]: ${keys[1]} is not among the world's ${resources}`,
        felts,
      )
    const outcome = decode(record, felts)
    return typeof outcome === 'string'
      ? undecoded(`${worldEvent} of ${record.name}: ${outcome}`, felts)
      : outcome
  }
}
