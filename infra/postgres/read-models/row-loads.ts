/** The rows that a batch reads before it is folded: one statement a table. */
import type { Pool } from 'pg'
import type { TouchedRows } from '../../../projections/engine/fold.ts'
import type { Projection } from '../../../projections/engine/projection.ts'
import type { ProjectionStore } from '../../../projections/engine/projection-store.ts'
import type { LoadedTable } from '../../../projections/engine/row-versions.ts'
import type { RowValues, VersionedTable } from '../../../projections/engine/table.ts'
import { textArray } from '../array-literal.ts'
import { classifiedPostgresError } from '../postgres-errors.ts'
import { rowTypes } from './row-types.ts'
import { projectionSchema, type ReadModelPlace } from './schema.ts'
import { loadBeforeStatement, loadStatement } from './statements.ts'

type LoadText = (schema: string, table: VersionedTable) => string

/** Loads of one world. */
export const createRowLoads = (
  pool: Pool,
  place: ReadModelPlace,
): Pick<ProjectionStore, 'load' | 'loadBefore'> => {
  const loadTable = async (
    text: string,
    touched: ReadonlySet<string>,
    more: readonly unknown[],
  ): Promise<LoadedTable> => {
    const values = [place.world, textArray([...touched]), ...more]
    const config = { text, values, types: rowTypes, rowMode: 'array' } as const
    const { rows } = await pool.query<[string, ...RowValues]>(config)
    return { touched, rows: new Map(rows.map(([entityId, ...row]) => [entityId, row])) }
  }

  const loadWith =
    (textOf: LoadText) =>
    async (projection: Projection, touched: TouchedRows, ...more: readonly number[]) => {
      const schema = projectionSchema(place, projection)
      const loaded = [...touched].map(
        async ([table, ids]) => [table, await loadTable(textOf(schema, table), ids, more)] as const,
      )
      try {
        return new Map(await Promise.all(loaded))
      } catch (error) {
        throw classifiedPostgresError(error, 'Loading rows of the read models')
      }
    }
  return { load: loadWith(loadStatement), loadBefore: loadWith(loadBeforeStatement) }
}
