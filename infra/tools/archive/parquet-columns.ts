/**
 * The columns of an export, in their order: what analysts see (docs/exports.md), and what an import
 * reads back.
 */
import type { BasicType } from 'hyparquet-writer'
import type { Json, RecordedEvent } from '../../../domain/event-log/event-log.ts'

type Cell = string | number | bigint | Date | null

export type Column = Readonly<{
  name: string
  type: BasicType
  nullable: boolean
  cellOf: (event: RecordedEvent) => Cell
}>

const bigOrNull = (value: Json | undefined): bigint | null =>
  typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : null

const textOrNull = (value: Json | undefined): string | null =>
  typeof value === 'string' ? value : null

const column = (
  name: string,
  type: BasicType,
  nullable: boolean,
  cellOf: Column['cellOf'],
): Column => ({
  name,
  type,
  nullable,
  cellOf,
})

/** The columns from `schema_version` to `system` only spare their readers a look into `meta`. */
export const COLUMNS: readonly Column[] = [
  column('stream', 'STRING', false, ({ stream }) => stream),
  column('revision', 'INT64', false, ({ revision }) => BigInt(revision)),
  column('log_position', 'INT64', false, ({ logPosition }) => BigInt(logPosition)),
  column('recorded_at', 'TIMESTAMP', false, ({ recordedAt }) => recordedAt),
  column('id', 'UUID', false, ({ id }) => id),
  column('type', 'STRING', false, ({ type }) => type),
  column('schema_version', 'INT64', true, ({ meta }) => bigOrNull(meta.schemaVersion)),
  column('block', 'INT64', true, ({ meta }) => bigOrNull(meta.block)),
  column('transaction_hash', 'STRING', true, ({ meta }) => textOrNull(meta.transaction)),
  column('transaction_index', 'INT64', true, ({ meta }) => bigOrNull(meta.transactionIndex)),
  column('event_index', 'INT64', true, ({ meta }) => bigOrNull(meta.eventIndex)),
  column('system', 'STRING', true, ({ meta }) => textOrNull(meta.system)),
  column('data', 'STRING', false, ({ data }) => JSON.stringify(data)),
  column('meta', 'STRING', false, ({ meta }) => JSON.stringify(meta)),
]

/** Texts that differ in every row: their extremes would only make the file larger. */
export const COLUMNS_WITHOUT_STATISTICS: ReadonlySet<string> = new Set(['id', 'data', 'meta'])

/** The columns that an import reads. */
export const IMPORTED_COLUMNS = [
  'stream',
  'revision',
  'log_position',
  'recorded_at',
  'id',
  'type',
  'data',
  'meta',
]
