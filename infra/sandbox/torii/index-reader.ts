/**
 * Rows of the index as GraphQL shows them: entities, event messages, their models, events and
 * registered models.
 */
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { Felt } from '../../../domain/felt.ts'
import { renderedTime, splitFelts } from './ids.ts'
import type { ToriiRecord, ToriiWorld } from './records.ts'

export type Row = Readonly<Record<string, SQLOutputValue>>

/** The two kinds of entity: those of models, and those of emitted events. */
export type EntityTable = 'entities' | 'event_messages'

/** How times are spelled: queries answer with an offset, subscriptions with `Z`. */
export type Zone = '+00:00' | 'Z'

/** A row of a model or an event: its members under their names, and what it belongs to. */
export type ModelNode = Readonly<Record<string, unknown>> &
  Readonly<{ $record: ToriiRecord; $owner: string }>

export type EntityNode = Readonly<{
  id: string
  keys: readonly string[]
  eventId: string
  executedAt: string
  createdAt: string
  updatedAt: string
  $table: EntityTable
  /** The models as they were at some moment; absent where they are read on demand. */
  $models?: readonly ModelNode[]
}>

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A row of `entities` or `event_messages`. */
export const entityNode = (table: EntityTable, row: Row, zone: Zone): EntityNode => ({
  id: text(row.id),
  keys: splitFelts(row.keys),
  eventId: text(row.event_id),
  executedAt: renderedTime(row.executed_at, zone),
  createdAt: renderedTime(row.created_at, zone),
  updatedAt: renderedTime(row.updated_at, zone),
  $table: table,
})

/** A row of a record's own table. */
export const modelNode = (record: ToriiRecord, row: Row): ModelNode => ({
  ...Object.fromEntries(record.members.map(({ name, render }) => [name, render(row[name])])),
  $record: record,
  $owner: text(row[record.ownerColumn]),
})

/** A row of the table `events`. It has no block number: only its id tells the block. */
export const eventNode = (row: Row, zone: Zone) => ({
  id: text(row.id),
  keys: splitFelts(row.keys),
  data: splitFelts(row.data),
  executedAt: renderedTime(row.executed_at, zone),
  createdAt: renderedTime(row.created_at, zone),
  transactionHash: text(row.transaction_hash),
})

/** A row of the table `models`. Torii never writes the transaction of a registration. */
export const registeredModelNode = (row: Row, zone: Zone) => ({
  id: text(row.id),
  name: text(row.name),
  namespace: text(row.namespace),
  classHash: strippedHex(text(row.class_hash)),
  contractAddress: strippedHex(text(row.contract_address)),
  transactionHash: strippedHex(text(row.transaction_hash)),
  executedAt: renderedTime(row.executed_at, zone),
  createdAt: renderedTime(row.created_at, zone),
})

/** A row of the table `transactions`, whose own fields are felts as text joined by `/`. */
export const transactionNode = (row: Row) => ({
  id: text(row.id),
  transactionHash: strippedHex(text(row.transaction_hash)),
  senderAddress: strippedHex(text(row.sender_address)),
  calldata: splitFelts(row.calldata),
  maxFee: strippedHex(text(row.max_fee)),
  signature: splitFelts(row.signature),
  nonce: strippedHex(text(row.nonce)),
  executedAt: renderedTime(row.executed_at, '+00:00'),
  createdAt: renderedTime(row.created_at, '+00:00'),
  blockNumber: Number(row.block_number),
  $hash: text(row.transaction_hash),
})

/** A row of the table `transaction_calls`. */
export const callNode = (row: Row) => ({
  transactionHash: text(row.transaction_hash),
  contractAddress: text(row.contract_address),
  entrypoint: text(row.entrypoint),
  calldata: splitFelts(row.calldata),
  callType: text(row.call_type),
  callerAddress: text(row.caller_address),
})

/** Felts of GraphQL's scalar `felt252` come without leading zeros. */
const strippedHex = (padded: string): string => padded.replace(/^0x0+(?=[0-9a-f])/, '0x')

export type IndexReader = Readonly<{
  /** The first row of a query; null when there is none. */
  one: (sql: string, ...values: SQLInputValue[]) => Row | null
  all: (sql: string, ...values: SQLInputValue[]) => readonly Row[]
  /** The rows one by one; to be read to the end, or left, before the next query. */
  each: (sql: string, ...values: SQLInputValue[]) => Iterable<Row>
  entity: (table: EntityTable, id: string) => Row | null
  /**
   * The models that an entity has, by id. Torii asks for no order, and SQLite finds them in this
   * one.
   */
  modelsOf: (table: EntityTable, id: string) => readonly ModelNode[]
}>

const RELATIONS: Readonly<Record<EntityTable, string>> = {
  entities: 'entity_model',
  event_messages: 'event_model',
}

/** Statements that stay prepared: clients use few documents, and their values are bound. */
const STATEMENTS_MAX = 500

/** Reads through one connection; statements stay prepared within a bound. */
export const createIndexReader = (database: DatabaseSync, world: ToriiWorld): IndexReader => {
  const statements = new Map<string, StatementSync>()
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    if (statements.size >= STATEMENTS_MAX) statements.clear()
    const statement = database.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  const one = (sql: string, ...values: SQLInputValue[]): Row | null =>
    prepared(sql).get(...values) ?? null
  const all = (sql: string, ...values: SQLInputValue[]): readonly Row[] =>
    prepared(sql).all(...values)
  return {
    one,
    all,
    each: (sql, ...values) => prepared(sql).iterate(...values),
    entity: (table, id) => one(`SELECT * FROM ${table} WHERE id = ?`, id),
    modelsOf: (table, id) =>
      all(
        `SELECT model_selector FROM models WHERE id IN (SELECT model_id FROM ${RELATIONS[table]} WHERE entity_id = ?)
         ORDER BY id`,
        id,
      ).flatMap(({ model_selector }) => {
        const record = world.find(strippedHex(text(model_selector)) as Felt) // spelt by the index
        if (record === undefined) return []
        const row = one(`SELECT * FROM [${record.tag}] WHERE ${record.ownerColumn} = ?`, id)
        return row === null ? [] : [modelNode(record, row)]
      }),
  }
}
