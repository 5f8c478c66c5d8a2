/** The read models in PostgreSQL, or in the embedded database, as queries see them. */
import { Kysely, PostgresDialect, sql } from 'kysely'
import type { Pool } from 'pg'
import { assert, FatalError, RetryableError } from '../../../domain/errors.ts'
import { giveWay } from '../../../domain/waiting/give-way.ts'
import { NEVER } from '../../../domain/waiting/pause.ts'
import type { Projection } from '../../../projections/engine/projection.ts'
import type { Table } from '../../../projections/engine/table.ts'
import type {
  CoreTables,
  ReadDatabase,
  ReadPool,
} from '../../../projections/reads/read-database.ts'
import { cancellable } from '../cancellable.ts'
import { classifiedPostgresError } from '../postgres-errors.ts'
import { rowTypes } from './row-types.ts'
import { coreSchema, projectionSchema, type ReadModelPlace } from './schema.ts'

/**
 * Reads on the pool's connections, with the types of the read models' columns. Once `closing` has
 * aborted, further ones are refused with a RetryableError: an answer that is being put together ends
 * at its next read instead of reaching for a pool that is closed.
 */
export const createReadPool = (
  pool: Pool,
  place: ReadModelPlace,
  projections: readonly Projection[],
  closing: AbortSignal = NEVER,
): ReadPool => {
  const schemas = schemasOf(place, projections)
  const database = (db: Kysely<CoreTables>): ReadDatabase => ({
    db,
    world: place.world,
    core: (name) => sql.table(`${coreSchema(place)}.${name}`),
    table: (table, part) =>
      sql.table(`${schemas.ofTable(table)}.${table.name}${part === undefined ? '' : `_${part}`}`),
    changesOf: (subject) => sql.table(`${schemas.ofSubject(subject)}.changes`),
  })
  return { database: (signal) => database(kyselyOn({ pool, place, closing }, signal)) }
}

/** In which schema a table is, and the changes of a subject, which belongs to one projection. */
const schemasOf = (place: ReadModelPlace, projections: readonly Projection[]) => {
  const byTable = new Map<Table, string>()
  const bySubject = new Map<string, string>()
  for (const projection of projections) {
    const schema = projectionSchema(place, projection)
    for (const table of projection.tables) {
      byTable.set(table, schema)
      if (table.kind !== 'versioned') continue
      for (const { subject } of table.subjects) {
        const other = bySubject.get(subject) ?? schema
        assert(other === schema, `subject ${subject} is changed in ${other} and in ${schema}`)
        bySubject.set(subject, schema)
      }
    }
  }
  const found = (schema: string | undefined, what: string): string => {
    if (schema === undefined) throw new FatalError(`No projection that is kept here has ${what}`)
    return schema
  }
  return {
    ofTable: (table: Table) => found(byTable.get(table), `table ${table.name}`),
    ofSubject: (subject: string) => found(bySubject.get(subject), `subject ${subject}`),
  }
}

type Kept = Readonly<{ pool: Pool; place: ReadModelPlace; closing: AbortSignal }>

/** A query builder whose statements end with the signal. Making one costs next to nothing. */
const kyselyOn = (kept: Kept, signal: AbortSignal | null): Kysely<CoreTables> =>
  new Kysely<CoreTables>({ dialect: dialectOn(kept, signal) }).withSchema(coreSchema(kept.place))

const dialectOn = ({ pool, closing }: Kept, signal: AbortSignal | null): PostgresDialect =>
  new PostgresDialect({
    pool: {
      connect: async () => {
        await giveWay() // others take their turn between two statements
        signal?.throwIfAborted()
        if (closing.aborted) throw new RetryableError('The read models are being closed')
        const client = await classified(() => pool.connect())
        return {
          query: (text: string, values: readonly unknown[]) => {
            const query = { text, values: [...values], types: rowTypes }
            return signal === null
              ? classified(() => client.query(query))
              : cancellable({ pool, client, signal }, () => classified(() => client.query(query)))
          },
          release: () => client.release(),
        }
      },
      end: async () => {}, // the pool belongs to its maker
    } as unknown as Pool, // the dialect calls nothing else as long as no cursor is asked for
  })

const classified = async <T>(query: () => Promise<T>): Promise<T> => {
  try {
    return await query()
  } catch (error) {
    throw classifiedPostgresError(error, 'Reading the read models')
  }
}
