/** Read models as SQL queries see them. */
import type { Kysely, RawBuilder } from 'kysely'
import type { Felt } from '../../domain/felt.ts'
import type { Finality } from '../../domain/world-stream/facts.ts'
import type { Table, VersionedTable } from '../engine/table.ts'

/** Tables that all projections of a world share. */
export type CoreTables = {
  progress: {
    world: number
    position: number
    head_number: number | null
    head_hash: Felt | null
    head_time: Date | null
    head_finality: Finality | null
    final_number: number | null
  }
  points: {
    world: number
    position: number
    kind: 'block' | 'retraction'
    number: number | null
    hash: Felt | null
    time: Date | null
    finality: Finality | null
    retracted_at: number | null
  }
}

/** Which rows to read: those of now, or those that were valid at a point of history. */
export type RowsAt = 'now' | Readonly<{ position: number }>

/** Query builders must say `where world`. */
export type ReadDatabase = Readonly<{
  /** On the schema of the shared tables. */
  db: Kysely<CoreTables>
  world: number
  /** A shared table in SQL, with its schema. */
  core: (name: keyof CoreTables) => RawBuilder<unknown>
  /** A projection's table in SQL, with its schema; `part`: the history beside the current rows. */
  table: (table: Table, part?: 'history') => RawBuilder<unknown>
  /** The table in SQL that tells when keys of this subject changed. */
  changesOf: (subject: string) => RawBuilder<unknown>
}>

/** Rows that a statement gives, which selects all columns of the table. */
export const rowsOf = async <Row>(
  { db }: ReadDatabase,
  _table: VersionedTable<Row>,
  statement: RawBuilder<unknown>,
): Promise<Row[]> => (await (statement as RawBuilder<Row>).execute(db)).rows // as its caller says

/** Where read databases come from. */
export type ReadPool = Readonly<{
  /**
   * Every statement is a transaction of its own: on the embedded database, which is one session, a
   * longer one would hold up the writers. When the signal aborts, the running statement is cancelled
   * where the database can do that, no further one begins, and the signal's reason is thrown.
   */
  database: (signal: AbortSignal | null) => ReadDatabase
}>
