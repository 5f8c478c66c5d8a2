import { describe, expect, it } from 'vitest'
import type { Felt } from '../../../../domain/felt.ts'
import { harvestItemId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { eventsIn, foldedBy, versionsOf } from '../../../engine/folds.testing.ts'
import type { Projection } from '../../../engine/projection.ts'
import { modelTables } from '../model-tables.testing.ts'
import { infiniteHexProjections } from '../registry.ts'
import { TEST_HEXES } from '../world-blocks.testing.ts'
import { type TestFact, written } from '../world-facts.testing.ts'

const [, EAST, SOUTH_EAST] = TEST_HEXES as [Felt, Felt, Felt]
const [world] = infiniteHexProjections as readonly [Projection]
const fold = foldedBy(world)

describe('what stands on hexes', () => {
  it('finds the hex of an area that was claimed before it was discovered', () => {
    const batch = fold([
      written('ClaimEscrow', { claim_id: '0xc' }, { hex_coordinate: EAST, status: 'Resolved' }),
      written(
        'AreaOwnership',
        { area_id: '0xa' },
        { owner_adventurer_id: '0x1', claim_block: '1' },
      ),
      {
        type: 'OwnershipTransferred',
        data: {
          area_id: '0xa',
          from_adventurer_id: '0x2',
          to_adventurer_id: '0x1',
          claim_block: '1',
        },
      },
    ])
    expect(versionsOf(batch, 'areas')).toEqual([
      expect.objectContaining({
        area_id: '0xa',
        hex: EAST,
        hex_coordinate: null,
        is_discovered: null,
        owner_adventurer_id: '0x1',
      }),
    ])
    expect(eventsIn(batch)).toEqual([expect.objectContaining({ hex: EAST, adventurer: '0x2' })])
  })

  it('knows the item of a plant, and the hex of a cancelled harvest by the plant of the same transaction', () => {
    const plant = written(
      'PlantNode',
      { plant_key: '0xbeef' },
      { hex_coordinate: SOUTH_EAST, max_yield: 5 },
    )
    const cancelled: TestFact = {
      type: 'HarvestingCancelled',
      data: { adventurer_id: '0x1', partial_yield: 2 },
    }
    const batch = fold([plant, cancelled, { ...cancelled, transaction: 2 }])
    expect(versionsOf(batch, 'plants')[0]?.item_id).toBe(`0x${harvestItemId(0xbeefn).toString(16)}`)
    expect(eventsIn(batch).map(({ hex }) => hex)).toEqual([SOUTH_EAST, null])
  })
})

describe('a table that copies models', () => {
  it.each(modelTables.map((table) => [table.name, table] as const))(
    '%s looks rows up by a column that it has',
    (_, { columns, lookup, keys }) => {
      expect(columns[lookup]).toBeDefined()
      expect(columns.slice(0, keys.length).map((column) => column.name)).toEqual(keys)
    },
  )
})
