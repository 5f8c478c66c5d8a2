/** The read models' rows as the chain stores them, in felts, for comparing the two. */
import { sql } from 'kysely'
import type { Pool } from 'pg'
import { FatalError } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import type { MemberValue, WorldDefinition } from '../../../domain/worlds/definition.ts'
import type { ModelPart, ModelTable } from '../../../projections/engine/model-table.ts'
import type { Projection } from '../../../projections/engine/projection.ts'
import type { Table } from '../../../projections/engine/table.ts'
import { encodeMembers, memberCodecsOf } from '../../../schemas/worlds/member-codec.ts'
import { createReadPool } from './read-pool.ts'
import type { ReadModelPlace } from './schema.ts'

/**
 * A row of a model: its keys and its stored values in declaration order; an enum that was never
 * written is 0.
 */
export type ModelRow = Readonly<{ keys: readonly Felt[]; values: readonly Felt[] }>

export type StoredModels = Readonly<{
  /** Models of which the read models keep every row. */
  models: readonly string[]
  /**
   * All rows of a model as they are now, by entity id. A row whose keys the chain never told (only
   * by a write that names the entity alone) is left out: nobody could ask the chain for it.
   */
  rowsOf: (model: string) => AsyncGenerator<ModelRow, void, undefined>
}>

export type StoredModelsOptions = Readonly<{
  pool: Pool
  place: ReadModelPlace
  definition: WorldDefinition
  projections: readonly Projection[]
}>

const PAGE_ROWS_MAX = 1_000

type ModelPlace = Readonly<{ table: ModelTable; part: ModelPart }>

const isModelTable = (table: Table): table is ModelTable => 'parts' in table

/** The models of a world in the tables of its projections. */
export const createStoredModels = (options: StoredModelsOptions): StoredModels => {
  const { pool, place, definition, projections } = options
  const database = createReadPool(pool, place, projections).database(null)
  const places = new Map<string, ModelPlace>()
  for (const table of projections.flatMap(({ tables }) => tables))
    if (isModelTable(table)) for (const part of table.parts) places.set(part.model, { table, part })

  async function* rowsOf(model: string): AsyncGenerator<ModelRow, void, undefined> {
    const found = places.get(model)
    if (found === undefined) throw new FatalError(`The read models do not keep ${model}`)
    const { table, part } = found
    const toRow = rowEncoder(definition, found)
    const presence = sql.ref(table.columns[part.presence]?.name ?? '')
    const firstKey = sql.ref(table.keys[0] ?? '')
    let after = ''
    for (;;) {
      const { rows } = await sql<Readonly<Record<string, MemberValue>> & { entity_id: string }>`
        SELECT * FROM ${database.table(table)}
        WHERE world = ${place.world} AND entity_id > ${after}
          AND ${presence} IS NOT NULL AND ${firstKey} IS NOT NULL
        ORDER BY entity_id LIMIT ${PAGE_ROWS_MAX}`.execute(database.db)
      for (const row of rows) yield toRow(row)
      const last = rows.at(-1)
      if (last === undefined || rows.length < PAGE_ROWS_MAX) return
      after = last.entity_id
    }
  }

  return { models: [...places.keys()], rowsOf }
}

const rowEncoder = (
  definition: WorldDefinition,
  { table, part }: ModelPlace,
): ((row: Readonly<Record<string, MemberValue>>) => ModelRow) => {
  const { model } = part
  const record = definition.models[model]
  if (record === undefined) throw new FatalError(`World ${definition.name} has no model ${model}`)
  const keyCodecs = memberCodecsOf(definition, record.keys, 'serialised')
  const valueCodecs = memberCodecsOf(definition, record.values, 'stored')
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
