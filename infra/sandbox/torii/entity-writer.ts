/**
 * Entities, event messages, their models and the registered models in the index: the statements
 * that write them.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Felt } from '../../../domain/felt.ts'
import { joinedFelts, paddedFelt, scopedId } from './ids.ts'
import type { EntityTable, Row } from './index-reader.ts'
import type { ToriiRecord, ToriiWorld } from './records.ts'
import type { Assignment, IndexOperation } from './world-event.ts'

/**
 * Where an event stands and when it is written: its id, the block's time and the wall clock as
 * Torii stores them.
 */
export type EventPlace = Readonly<{ eventId: string; executedAt: string; now: string }>

type Written = Extract<IndexOperation, { kind: 'written' }>
export type Erased = Extract<IndexOperation, { kind: 'erased' }>

/**
 * The result of erasing a row: `nothing` when there was none; else `last` is the entity as it was
 * if it was erased together with the row, or null.
 */
export type Erasure = 'nothing' | Readonly<{ last: Row | null }>

export type EntityWriter = Readonly<{
  write: (operation: Written, at: EventPlace) => void
  /** Takes a row away, and its entity when that was the last one. */
  erase: (operation: Erased, at: EventPlace) => Erasure
  register: (
    record: ToriiRecord,
    classHash: Felt,
    contractAddress: Felt,
    at: Pick<EventPlace, 'executedAt' | 'now'>,
  ) => void
}>

/** A prefix distinguishes ids of event rows from those of model rows. */
const rowId = (record: ToriiRecord, id: string): string =>
  record.kind === 'event' ? `event:${id}` : id

const upsertEntity = (table: EntityTable): string => `
  INSERT INTO ${table} (id, keys, event_id, executed_at, created_at, updated_at, world_address, entity_id)
  VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET keys = coalesce(excluded.keys, keys),
    event_id = excluded.event_id, executed_at = excluded.executed_at, updated_at = excluded.updated_at`

const relate = (relation: string): string => `
  INSERT INTO ${relation} (entity_id, model_id, historical_counter) VALUES (?, ?, ?) ON CONFLICT (entity_id, model_id)
  DO UPDATE SET historical_counter = historical_counter + excluded.historical_counter
  WHERE excluded.historical_counter > 0`

const keepHistory = (table: EntityTable): string => `
  INSERT INTO ${table}_historical
    (id, keys, event_id, data, model_id, executed_at, created_at, updated_at, world_address, entity_id)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9)`

const upsertRow = (
  { tag, ownerColumn }: ToriiRecord,
  assignments: readonly Assignment[],
): string => {
  const names = assignments.map(([{ name }]) => `[${name}]`)
  const columns = [
    'internal_id',
    'internal_event_id',
    ownerColumn,
    'internal_executed_at',
    'internal_created_at',
  ]
  const updated = ['internal_event_id', 'internal_executed_at', 'internal_updated_at', ...names]
  return `INSERT INTO [${tag}] (${[...columns, 'internal_updated_at', ...names].join(', ')})
    VALUES (?, ?, ?, ?, ?, ?${', ?'.repeat(names.length)})
    ON CONFLICT (internal_id) DO UPDATE SET ${updated.map((name) => `${name} = excluded.${name}`).join(', ')}`
}

const registerModel = `
  INSERT INTO models (id, namespace, name, class_hash, contract_address, transaction_hash, layout, schema, packed_size,
    unpacked_size, legacy_store, executed_at, created_at, world_address, model_selector)
  VALUES (?, ?, ?, ?, ?, NULL, ?, ?, ?, ?, 0, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
    class_hash = excluded.class_hash, contract_address = excluded.contract_address, layout = excluded.layout,
    schema = excluded.schema, packed_size = excluded.packed_size, unpacked_size = excluded.unpacked_size,
    executed_at = excluded.executed_at`

/** Contracts report no packed size for a layout that is not packed; Torii stores 0. */
const PACKED_SIZE = 0

/** Felts that a row's values take: one per member. */
const unpackedSizeOf = (record: ToriiRecord): number => record.values.length

const jsonOf = (assignments: readonly Assignment[]): string =>
  JSON.stringify(
    Object.fromEntries(assignments.map(([{ name, json }, value]) => [name, json(value)])),
  )

/**
 * Writes a record's own row. One statement for whole rows and one for each member that is written
 * alone: bounded by the world's definition.
 */
const createRowWriter = (database: DatabaseSync) => {
  const statements = new Map<string, StatementSync>()
  const statementFor = (record: ToriiRecord, assignments: readonly Assignment[]): StatementSync => {
    const name = `${record.tag} ${assignments.length} ${assignments[0]?.[0].name}`
    const statement = statements.get(name) ?? database.prepare(upsertRow(record, assignments))
    statements.set(name, statement)
    return statement
  }
  return (
    id: string,
    { record, assignments }: Written,
    { eventId, executedAt, now }: EventPlace,
  ): void => {
    const values = assignments.map(([, value]) => value)
    const times = [executedAt, now, now]
    statementFor(record, assignments).run(rowId(record, id), eventId, id, ...times, ...values)
  }
}

const createWrite = (
  database: DatabaseSync,
  world: ToriiWorld,
  historical: ReadonlySet<string>,
): EntityWriter['write'] => {
  const worldAddress = paddedFelt(world.address)
  const writeRow = createRowWriter(database)
  const statementsOf = (table: EntityTable, relation: string) => ({
    entity: database.prepare(upsertEntity(table)),
    relation: database.prepare(relate(relation)),
    history: database.prepare(keepHistory(table)),
  })
  const statements = {
    model: statementsOf('entities', 'entity_model'),
    event: statementsOf('event_messages', 'event_model'),
  }
  return (operation, at) => {
    const { record, entityId, keys, assignments } = operation
    const { eventId, executedAt, now } = at
    const { modelId } = record
    const id = scopedId(world.address, entityId)
    const felt = paddedFelt(entityId)
    const joinedKeys = keys === null ? null : joinedFelts(keys)
    const { entity, history, relation } = statements[record.kind]
    const isHistorical = historical.has(record.tag)
    entity.run(id, joinedKeys, eventId, executedAt, now, worldAddress, felt)
    relation.run(id, modelId, isHistorical ? 1 : 0)
    writeRow(id, operation, at)
    if (!isHistorical) return
    const identity = [id, joinedKeys, eventId, jsonOf(assignments), modelId]
    history.run(...identity, executedAt, now, worldAddress, felt)
  }
}

const createErase = (database: DatabaseSync, world: ToriiWorld): EntityWriter['erase'] => {
  const unrelate = database.prepare('DELETE FROM entity_model WHERE entity_id = ? AND model_id = ?')
  const isRelated = database.prepare('SELECT 1 FROM entity_model WHERE entity_id = ? LIMIT 1')
  const touch = database.prepare(
    'UPDATE entities SET event_id = ?, executed_at = ?, updated_at = ? WHERE id = ?',
  )
  const selectEntity = database.prepare('SELECT * FROM entities WHERE id = ?')
  const deleteEntity = database.prepare('DELETE FROM entities WHERE id = ?')
  return ({ record, entityId }, { eventId, executedAt, now }) => {
    const id = scopedId(world.address, entityId)
    const { changes } = database
      .prepare(`DELETE FROM [${record.tag}] WHERE internal_id = ?`)
      .run(id)
    if (changes === 0) return 'nothing'
    unrelate.run(id, record.modelId)
    touch.run(eventId, executedAt, now, id)
    if (isRelated.get(id) !== undefined) return { last: null }
    const last = selectEntity.get(id) ?? null
    deleteEntity.run(id)
    return { last }
  }
}

const createRegister = (database: DatabaseSync, world: ToriiWorld): EntityWriter['register'] => {
  const insert = database.prepare(registerModel)
  const worldAddress = paddedFelt(world.address)
  return (record, classHash, contractAddress, { executedAt, now }) => {
    const { modelId, namespace, name, layout, schema, selector } = record
    const contract = [paddedFelt(classHash), paddedFelt(contractAddress)]
    const sizes = [PACKED_SIZE, unpackedSizeOf(record)]
    const identity = [modelId, namespace, name, ...contract, layout, schema]
    insert.run(...identity, ...sizes, executedAt, now, worldAddress, paddedFelt(selector))
  }
}

/**
 * Writes through one connection, inside its transaction. `historical` names the tags of which every
 * state is kept.
 */
export const createEntityWriter = (
  database: DatabaseSync,
  world: ToriiWorld,
  historical: ReadonlySet<string>,
): EntityWriter => ({
  write: createWrite(database, world, historical),
  erase: createErase(database, world),
  register: createRegister(database, world),
})
