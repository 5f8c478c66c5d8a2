import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { modelTables } from '../../../projections/worlds/infinite-hex-adventurers/model-tables.testing.ts'
import { infiniteHexProjections } from '../../../projections/worlds/infinite-hex-adventurers/registry.ts'
import {
  type BlockAppends,
  blockAppends,
  blockOf,
  TEST_HEXES,
} from '../../../projections/worlds/infinite-hex-adventurers/world-blocks.testing.ts'
import { written } from '../../../projections/worlds/infinite-hex-adventurers/world-facts.testing.ts'
import { entityIdOf } from '../../../schemas/crypto/starknet.ts'
import { describeOnEachDatabase, type TestDatabase, testDatabase } from '../database.testing.ts'
import { testReading } from './read-models.testing.ts'
import { createStoredModels, type ModelRow } from './stored-models.ts'

describeOnEachDatabase('model rows out of the read models', (kind) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase(kind)
  })
  afterAll(() => database.close())

  /** Of all models that are kept, unless some are named. */
  const rowsOf = async (
    appends: BlockAppends,
    models?: readonly string[],
  ): Promise<Record<string, ModelRow[]>> => {
    const { place } = await testReading(database.pool, appends)
    const stored = createStoredModels({
      pool: database.pool,
      place,
      definition: infiniteHexAdventurers,
      projections: infiniteHexProjections,
    })
    const rows: Record<string, ModelRow[]> = {}
    for (const model of models ?? stored.models) {
      const found: ModelRow[] = []
      for await (const row of stored.rowsOf(model)) found.push(row)
      rows[model] = found
    }
    return rows
  }

  it('are those that the last write of each left behind, and all of them', async () => {
    await fc.assert(
      fc.asyncProperty(blockAppends, async (appends) => {
        const rows = await rowsOf(appends)
        const found = Object.entries(rows).flatMap(([model, ofModel]) =>
          ofModel.map(({ keys }) => `${model} ${entityIdOf(keys.map(BigInt))}`),
        )
        expect(found.sort()).toEqual(keyedRowsLeft(appends).sort())
      }),
      { numRuns: 8 },
    )
  })

  it('spell the stored felts: enums one higher than their index, and 0 where they were never written', async () => {
    const hex = TEST_HEXES[1] as Felt // there are six
    const appends = [
      blockOf(1, [
        written(
          'Hex',
          { coordinate: hex },
          { discovery_block: '258', biome: 'Forest', is_discovered: true },
        ),
        written('HexArea', { area_id: '0xa' }, {}),
      ]),
    ]
    expect(await rowsOf(appends, ['Hex', 'HexArea', 'AreaOwnership'])).toEqual({
      Hex: [{ keys: [hex], values: ['0x3', '0x1', '0x102', '0x0', '0x0'] }],
      HexArea: [{ keys: ['0xa'], values: Array(8).fill('0x0') }],
      AreaOwnership: [],
    })
  })

  it('are refused for a model that is not kept', async () => {
    await expect(rowsOf([], ['MineNode'])).rejects.toThrow('The read models do not keep MineNode')
  })
})

/** `<model> <entity id>` of every row that the writes leave behind and whose keys were told. */
const keyedRowsLeft = (appends: BlockAppends): string[] => {
  const present = new Map<string, Readonly<{ table: string; model: string; entityId: Felt }>>()
  const keyed = new Set<string>()
  for (const { type, data } of appends.flat()) {
    const [, model = '', kind] = /^(.*?)(MemberWritten|Written|Erased)$/.exec(type) ?? []
    const table = modelTables.find(({ parts }) => parts.some((part) => part.model === model))
    if (table === undefined) continue
    const { entityId, keys } = data as { entityId: Felt; keys?: object | null }
    const row = `${table.name} ${entityId}`
    if (kind === 'Erased') present.delete(`${model} ${entityId}`)
    else present.set(`${model} ${entityId}`, { table: table.name, model, entityId })
    if (keys) keyed.add(row)
    // The row is gone.
    if (table.parts.every((part) => !present.has(`${part.model} ${entityId}`))) keyed.delete(row)
  }
  return [...present]
    .filter(([, { table, entityId }]) => keyed.has(`${table} ${entityId}`))
    .map(([id]) => id)
}
