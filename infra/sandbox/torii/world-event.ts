/**
 * What an event of the World contract means to the index. Total: an event that does not fit the
 * world's definition becomes `malformed`, with the reason. Values after those that the record is
 * known to have are ignored.
 */
import type { Felt } from '../../../domain/felt.ts'
import { resourceSelector } from '../../../schemas/crypto/starknet.ts'
import { createEntityIds } from '../../../schemas/worlds/entity-ids.ts'
import { WORLD_EVENT_SELECTORS } from '../../../schemas/worlds/selectors.ts'
import type { ChainEvent } from '../chain/block.ts'
import type { MemberColumn, StoredValue } from './member-column.ts'
import { isName } from './model-schema.ts'
import type { ToriiRecord, ToriiWorld } from './records.ts'

/** A column and its new value. */
export type Assignment = readonly [MemberColumn, StoredValue]

export type IndexOperation =
  /**
   * A row was written, in whole or in part; `keys` is null where the chain told only the entity id.
   */
  | Readonly<{
      kind: 'written'
      record: ToriiRecord
      entityId: Felt
      keys: readonly Felt[] | null
      assignments: readonly Assignment[]
    }>
  | Readonly<{ kind: 'erased'; record: ToriiRecord; entityId: Felt }>
  /** A model or an event has a new class; its contract knows the members. */
  | (Registration & Readonly<{ kind: 'registered' }>)
  /** Only the raw event is kept. */
  | Readonly<{ kind: 'ignored' }>
  | Readonly<{ kind: 'malformed'; reason: string }>

export type Registration = Readonly<{
  recordKind: ToriiRecord['kind']
  namespace: string
  name: string
  selector: Felt
  classHash: Felt
  contractAddress: Felt
  /** Torii ignores an upgrade that changes no member. */
  isUpgrade: boolean
}>

type Reading = (world: ToriiWorld, event: ChainEvent) => IndexOperation

const malformed = (reason: string): IndexOperation => ({ kind: 'malformed', reason })
const IGNORED: IndexOperation = { kind: 'ignored' }

/**
 * The span that begins at `start`: its length, then that many felts. Null when the data end before
 * it does.
 */
const spanAt = (data: readonly Felt[], start: number): readonly Felt[] | null => {
  const length = Number(data[start] ?? Number.NaN)
  return length <= data.length - start - 1 ? data.slice(start + 1, start + 1 + length) : null
}

/** The felt of a value that was never written. */
const NEVER_WRITTEN: Felt = '0x0'

/**
 * Assignments of columns in order, or the reason why the felts do not fit: at least `min` of them.
 */
const assigned = (
  columns: readonly MemberColumn[],
  felts: readonly Felt[],
  min = columns.length,
): readonly Assignment[] | string => {
  const assignments: Assignment[] = []
  for (const [at, column] of columns.entries()) {
    const felt = felts[at] ?? (at < min ? undefined : NEVER_WRITTEN)
    const value = felt === undefined ? undefined : column.store(felt)
    if (value === undefined)
      return `${column.name} is ${felt ?? 'missing'}, which is not a ${column.scalar}`
    assignments.push([column, value])
  }
  return assignments
}

const recordOf = (
  world: ToriiWorld,
  event: ChainEvent,
  kind: ToriiRecord['kind'],
): ToriiRecord | null => {
  const record = world.find(event.keys[1] as Felt) // an absent key finds none
  return record?.kind === kind ? record : null
}

const unknownRecord = ({ keys }: ChainEvent): IndexOperation =>
  malformed(`${keys[1] ?? 'nothing'} is not registered`)

/** Keys and values of a whole row or of a game event. */
const wholeRow = (
  record: ToriiRecord,
  entityIdOf: (keys: readonly Felt[]) => Felt,
  data: readonly Felt[],
) => {
  const keys = spanAt(data, 0)
  const values = keys === null ? null : spanAt(data, keys.length + 1)
  if (keys === null || values === null || keys.length !== record.keys.length)
    return malformed('the spans do not fit')
  const assignedKeys = assigned(record.keys, keys)
  const assignedValues = assigned(record.values, values, record.valuesMin)
  if (typeof assignedKeys === 'string') return malformed(assignedKeys)
  if (typeof assignedValues === 'string') return malformed(assignedValues)
  const assignments = [...assignedKeys, ...assignedValues]
  return { kind: 'written', record, entityId: entityIdOf(keys), keys, assignments } as const
}

const readSetRecord: Reading = (world, event) => {
  const record = recordOf(world, event, 'model')
  const entityId = event.keys[2]
  if (record === null || entityId === undefined) return unknownRecord(event)
  return wholeRow(record, () => entityId, event.data)
}

const readUpdateRecord: Reading = (world, event) => {
  const record = recordOf(world, event, 'model')
  const entityId = event.keys[2]
  if (record === null || entityId === undefined) return unknownRecord(event)
  const values = spanAt(event.data, 0)
  const assignments =
    values === null ? 'the span does not fit' : assigned(record.values, values, record.valuesMin)
  if (typeof assignments === 'string') return malformed(assignments)
  return { kind: 'written', record, entityId, keys: null, assignments }
}

const readUpdateMember: Reading = (world, event) => {
  const record = recordOf(world, event, 'model')
  const [, , entityId, selector] = event.keys
  if (record === null || entityId === undefined) return unknownRecord(event)
  const column = record.valuesBySelector.get(selector as Felt) // an absent key is not in the map
  const values = spanAt(event.data, 0)
  if (column === undefined || values === null)
    return malformed('the member is not known or has no value')
  const assignments = assigned([column], values)
  if (typeof assignments === 'string') return malformed(assignments)
  return { kind: 'written', record, entityId, keys: null, assignments }
}

const readDelRecord: Reading = (world, event) => {
  const record = recordOf(world, event, 'model')
  const entityId = event.keys[2]
  return record === null || entityId === undefined
    ? unknownRecord(event)
    : { kind: 'erased', record, entityId }
}

const readEventEmitted =
  (entityIdOf: (keys: readonly Felt[]) => Felt): Reading =>
  (world, event) => {
    const record = recordOf(world, event, 'event')
    return record === null ? unknownRecord(event) : wholeRow(record, entityIdOf, event.data)
  }

/** Torii does not know resources that were never registered, and ignores their upgrades. */
const readUpgraded: Reading = (world, event) => {
  const record = world.find(event.keys[1] as Felt) // an absent key finds none
  const [classHash, contractAddress] = event.data
  if (record === undefined) return IGNORED
  if (classHash === undefined || contractAddress === undefined)
    return malformed('the upgrade names no contract')
  const { kind, name, namespace, selector } = record
  return {
    kind: 'registered',
    recordKind: kind,
    namespace,
    name,
    selector,
    classHash,
    contractAddress,
    isUpgrade: true,
  }
}

const WORD_DIGITS = 62

/**
 * The text of a ByteArray at `start` of the keys, and where the next key begins; null when it is
 * none.
 */
const textAt = (
  keys: readonly Felt[],
  start: number,
): Readonly<{ text: string; next: number }> | null => {
  const words = Number(keys[start] ?? Number.NaN)
  const end = start + 1 + words
  const pending = keys[end]
  const pendingBytes = Number(keys[end + 1] ?? Number.NaN)
  if (pending === undefined || !(pendingBytes < WORD_DIGITS / 2)) return null
  const hex = keys.slice(start + 1, end).map((word) => word.slice(2).padStart(WORD_DIGITS, '0'))
  const last = pendingBytes === 0 ? '' : pending.slice(2).padStart(pendingBytes * 2, '0')
  return { text: Buffer.from(hex.join('') + last, 'hex').toString('utf8'), next: end + 2 }
}

/** Registrations name the resource by its name and its namespace. */
const readRegistered =
  (recordKind: ToriiRecord['kind']): Reading =>
  (_, { keys, data }) => {
    const name = textAt(keys, 1)
    const namespace = name === null ? null : textAt(keys, name.next)
    const [classHash, contractAddress] = data
    if (name === null || namespace === null || !isName(name.text) || !isName(namespace.text))
      return malformed('the registration does not name its resource')
    if (classHash === undefined || contractAddress === undefined)
      return malformed('the registration names no contract')
    return {
      kind: 'registered',
      recordKind,
      namespace: namespace.text,
      name: name.text,
      selector: resourceSelector(namespace.text, name.text),
      classHash,
      contractAddress,
      isUpgrade: false,
    }
  }

const REGISTRATIONS: ReadonlySet<Felt | undefined> = new Set([
  WORLD_EVENT_SELECTORS.ModelRegistered,
  WORLD_EVENT_SELECTORS.EventRegistered,
  WORLD_EVENT_SELECTORS.ModelUpgraded,
  WORLD_EVENT_SELECTORS.EventUpgraded,
])

/** Address of the contract that a registration or an upgrade names; null for any other event. */
export const registeredContract = ({ keys, data }: ChainEvent): Felt | null =>
  REGISTRATIONS.has(keys[0]) ? (data[1] ?? null) : null

/** The reader of a world's events. It remembers entity ids within a bound. */
export const createEventReader = (world: ToriiWorld): ((event: ChainEvent) => IndexOperation) => {
  const of = WORLD_EVENT_SELECTORS
  const readings = new Map<Felt | undefined, Reading>([
    [of.StoreSetRecord, readSetRecord],
    [of.StoreUpdateRecord, readUpdateRecord],
    [of.StoreUpdateMember, readUpdateMember],
    [of.StoreDelRecord, readDelRecord],
    [of.EventEmitted, readEventEmitted(createEntityIds())],
    [of.ModelUpgraded, readUpgraded],
    [of.EventUpgraded, readUpgraded],
    [of.ModelRegistered, readRegistered('model')],
    [of.EventRegistered, readRegistered('event')],
  ])
  return (event) => readings.get(event.keys[0])?.(world, event) ?? IGNORED
}
