/** The read models' rows as the chain stores them, in felts, for comparing the two. */
import { sql } from 'kysely'
import type { Pool } from 'pg'
import { FatalError } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import type { Members, MemberValue } from '../../../domain/worlds/definition.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { ModelPart, WorldTable } from '../../../projections/engine/table.ts'
import { worldTables } from '../../../projections/world-tables.ts'
import { encodeMembers, memberCodecsOf } from '../../../schemas/worlds/member-codec.ts'
import { openReadDatabase } from './reads/read-database.ts'
import type { ReadModelPlace } from './schema.ts'

/**
 * A row of a model: its keys and its stored values in declaration order; an enum that was never
 * written is 0.
 */
export type ModelRow = Readonly<{ keys: readonly Felt[]; values: readonly Felt[] }>

/** Models of which the read models keep every row. */
export const projectedModels: readonly string[] = worldTables.flatMap(({ parts }) =>
  parts.map(({ model }) => model),
)

const PAGE_ROWS_MAX = 1_000

/**
 * All rows of a model as they are now, by entity id. A row whose keys the chain never told (only by
 * a write that names the entity alone) is left out: nobody could ask the chain for it.
 */
export async function* modelRowsFromReadModels(
  pool: Pool,
  place: ReadModelPlace,
  model: string,
): AsyncGenerator<ModelRow, void, undefined> {
  const { table, part } = placeOf(model)
  const { db } = openReadDatabase(pool, place)
  const toRow = rowEncoder(model, table, part)
  const presence = sql.ref(table.columns[part.presence]?.name ?? '')
  const firstKey = sql.ref(table.keys[0] ?? '')
  let after = ''
  for (;;) {
    const { rows } = await sql<Readonly<Record<string, MemberValue>> & { entity_id: string }>`
      SELECT * FROM ${sql.table(`${place.schema}.${table.name}`)}
      WHERE world = ${place.world} AND entity_id > ${after} AND ${presence} IS NOT NULL AND ${firstKey} IS NOT NULL
      ORDER BY entity_id LIMIT ${PAGE_ROWS_MAX}`.execute(db)
    for (const row of rows) yield toRow(row)
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE_ROWS_MAX) return
    after = last.entity_id
  }
}

const placeOf = (model: string): Readonly<{ table: WorldTable; part: ModelPart }> => {
  for (const table of worldTables) {
    const part = table.parts.find((candidate) => candidate.model === model)
    if (part !== undefined) return { table, part }
  }
  throw new FatalError(`The read models do not keep ${model}`)
}

const rowEncoder = (
  model: string,
  table: WorldTable,
  part: ModelPart,
): ((row: Readonly<Record<string, MemberValue>>) => ModelRow) => {
  const definition = infiniteHexAdventurers.models as Readonly<
    Record<string, { keys: Members; values: Members }>
  >
  // A part is of a model of the world.
  const { keys, values } = definition[model] as { keys: Members; values: Members }
  const keyCodecs = memberCodecsOf(infiniteHexAdventurers, keys, 'serialised')
  const valueCodecs = memberCodecsOf(infiniteHexAdventurers, values, 'stored')
  return (row) => {
    const fields = Object.fromEntries(
      part.members.map((member, at) => [
        member,
        row[table.columns[part.start + at]?.name ?? ''] ?? null,
      ]),
    )
    return {
      keys: encodeMembers(keyCodecs, row, model),
      values: encodeMembers(valueCodecs, fields, model),
    }
  }
}
