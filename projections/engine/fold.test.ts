import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Felt } from '../../domain/felt.ts'
import type { BlockEntry } from '../../domain/world-stream/entries.ts'
import { entityIdOf } from '../../schemas/crypto/starknet.ts'
import { adventurers } from '../worlds/infinite-hex-adventurers/adventurers/tables.ts'
import { infiniteHexProjections } from '../worlds/infinite-hex-adventurers/registry.ts'
import {
  blockAppends,
  completeBlocks,
  TEST_HEXES,
} from '../worlds/infinite-hex-adventurers/world-blocks.testing.ts'
import {
  adventurerWritten,
  type TestFact,
  written,
  zeros,
} from '../worlds/infinite-hex-adventurers/world-facts.testing.ts'
import { foldBlocks, foldRetractions, unreadFacts } from './fold.ts'
import type { FoldedRows, TableVersions } from './folded-rows.ts'
import { blocksOf, eventsIn, foldedBy, foldOnto, type Rows, versionsOf } from './folds.testing.ts'
import type { Projection } from './projection.ts'
import type { RowValues, VersionedTable } from './table.ts'

const [ORIGIN, EAST] = TEST_HEXES as [Felt, Felt]
const [world] = infiniteHexProjections as readonly [Projection]

const fold = foldedBy(world)

const adventurer = (energy: number, hex: Felt): TestFact =>
  adventurerWritten('0x1', hex, { energy })

describe('the fold', () => {
  it('merges the models of an adventurer into one row and gives a block one version of it', () => {
    const batch = fold([
      adventurer(100, ORIGIN),
      written('Inventory', { adventurer_id: '0x1' }, { max_weight: 750 }),
      written(
        'AdventurerEconomics',
        { adventurer_id: '0x1' },
        { energy_balance: 100, last_regen_block: '1' },
      ),
      adventurer(85, ORIGIN),
    ])
    expect(versionsOf(batch, 'adventurers')).toEqual([
      expect.objectContaining({
        position: 4,
        arrived: true,
        erased: false,
        latest: true,
        adventurer_id: '0x1',
        energy: 85,
        max_weight: 750,
        last_regen_block: '1',
        death_block: null,
        owner_at_death: null,
      }),
    ])
  })

  it('gives every block that changed a row its own version, and only the last one is the latest', () => {
    const batch = fold([adventurer(100, ORIGIN)], [adventurer(100, ORIGIN)], [adventurer(85, EAST)])
    expect(versionsOf(batch, 'adventurers')).toEqual([
      expect.objectContaining({ position: 1, energy: 100, latest: false, arrived: true }),
      expect.objectContaining({ position: 5, energy: 85, latest: true, arrived: true }),
    ])
  })

  it('says that the hexes changed that an adventurer left, entered or changed on', () => {
    const batch = fold([adventurer(100, ORIGIN)], [adventurer(85, EAST)], [adventurer(80, EAST)])
    expect(batch.changes.filter(({ subject }) => subject === 'hex')).toEqual([
      { position: 1, subject: 'hex', key: ORIGIN },
      { position: 3, subject: 'hex', key: ORIGIN },
      { position: 3, subject: 'hex', key: EAST },
      { position: 5, subject: 'hex', key: EAST },
    ])
    expect(batch.changes.filter(({ subject }) => subject === 'adventurer')).toEqual(
      [1, 3, 5].map((position) => ({ position, subject: 'adventurer', key: '0x1' })),
    )
  })

  it('erases a row when its last model is erased, and starts over when it is written again', () => {
    const inventory = written('Inventory', { adventurer_id: '0x1' }, { max_weight: 750 })
    const { entityId } = inventory.data as { entityId: Felt }
    const batch = fold(
      [adventurer(100, ORIGIN), inventory],
      [{ type: 'AdventurerErased', data: { entityId } }],
      [{ type: 'InventoryErased', data: { entityId } }],
      [adventurer(40, EAST)],
    )
    expect(
      versionsOf(batch, 'adventurers').map(({ erased, energy, max_weight }) => ({
        erased,
        energy,
        max_weight,
      })),
    ).toEqual([
      { erased: false, energy: 100, max_weight: 750 },
      { erased: false, energy: null, max_weight: 750 },
      { erased: true, energy: null, max_weight: null },
      { erased: false, energy: 40, max_weight: null },
    ])
  })

  it('takes a member of a row that was never written, and the keys when they are told', () => {
    const keys = { hex_coordinate: EAST }
    const entityId = entityIdOf([BigInt(EAST)])
    const batch = fold(
      [
        {
          type: 'HexDecayStateMemberWritten',
          data: { entityId, member: 'decay_level', value: 80 },
        },
      ],
      [written('HexDecayState', keys, { decay_level: 81 })],
      [
        {
          type: 'HexDecayStateWritten',
          data: { entityId, keys: null, values: { ...zeros('HexDecayState'), decay_level: 82 } },
        },
      ],
    )
    expect(versionsOf(batch, 'hex_decay')).toEqual([
      expect.objectContaining({
        hex_coordinate: null,
        decay_level: 80,
        current_energy_reserve: 0,
        owner_adventurer_id: '0x0',
      }),
      expect.objectContaining({ hex_coordinate: EAST, decay_level: 81 }),
      expect.objectContaining({ hex_coordinate: EAST, decay_level: 82 }),
    ])
  })

  it('passes over what a newer program stored, and reads on', () => {
    const newer = (fact: TestFact): TestFact => ({ ...fact, schemaVersion: 2 })
    const block = [
      adventurer(100, ORIGIN),
      newer(adventurer(1, EAST)),
      newer({ type: 'HexDiscovered', data: {} }),
    ]
    const batch = fold(block)
    expect(versionsOf(batch, 'adventurers')).toEqual([
      expect.objectContaining({ energy: 100, current_hex: ORIGIN }),
    ])
    expect(eventsIn(batch)).toEqual([])
    expect(unreadFacts(blocksOf(block))).toBe(2)
  })

  it.each(infiniteHexProjections.map((projection) => [projection.name, projection] as const))(
    'gives the same versions of %s whatever the batches',
    (_, projection) => {
      fc.assert(
        fc.property(blockAppends, fc.integer({ min: 1, max: 8 }), (appends, blocksPerBatch) => {
          const blocks = completeBlocks(appends)
          expect(foldInBatches(projection, blocks, blocksPerBatch)).toEqual(
            foldInBatches(projection, blocks, blocks.length),
          )
        }),
        { numRuns: 100 },
      )
    },
  )

  it('reaches no row that the handlers have not named', () => {
    const [block] = blocksOf([adventurer(100, ORIGIN)])
    if (block === undefined) throw new Error('there is one')
    expect(() => foldBlocks(world, new Map(), [block])).toThrow(
      /a handler reached row 0x[0-9a-f]+ of adventurers, which it had not named/,
    )
  })
})

describe('what a retraction makes of rows', () => {
  const before: Rows = new Map()
  const first = foldOnto(world, before, blocksOf([adventurer(100, ORIGIN)]))
  const second = blocksOf(
    [adventurer(100, ORIGIN)],
    [adventurer(85, EAST), adventurer(80, EAST)],
  )[1]
  const table: VersionedTable = adventurers
  const row = (batch: FoldedRows): RowValues =>
    batch.versions[0]?.columns.map((values) => values.at(-1) ?? null) ?? []

  it('is a further version, equal to the one before the block', () => {
    if (second === undefined) throw new Error('it is there')
    const entityId = entityIdOf([1n])
    const touched = new Set([entityId])
    const rowBefore = row(first)
    const rowOf = foldOnto(world, new Map([[table, new Map([[entityId, rowBefore]])]]), [second])
    const now = { touched, rows: new Map([[entityId, row(rowOf)]]) }
    const then = { touched, rows: new Map([[entityId, rowBefore]]) }
    const restored = foldRetractions(new Map([[table, now]]), [
      { position: 9, before: new Map([[table, then]]) },
    ])
    expect(versionsOf(restored, 'adventurers')).toEqual([
      expect.objectContaining({ position: 9, energy: 100, current_hex: ORIGIN, arrived: true }),
    ])
    expect(restored.changes).toEqual([
      { position: 9, subject: 'adventurer', key: '0x1' },
      { position: 9, subject: 'hex', key: ORIGIN },
      { position: 9, subject: 'hex', key: EAST },
    ])
  })

  it('is no row where there was none before', () => {
    const entityId = entityIdOf([1n])
    const touched = new Set([entityId])
    const restored = foldRetractions(
      new Map([[table, { touched, rows: new Map([[entityId, row(first)]]) }]]),
      [{ position: 9, before: new Map([[table, { touched, rows: new Map() }]]) }],
    )
    expect(versionsOf(restored, 'adventurers')).toEqual([
      expect.objectContaining({ position: 9, erased: true, latest: true, current_hex: null }),
    ])
  })
})

/** Everything that is added, and the rows at the end, when blocks are folded so many at a time. */
const foldInBatches = (
  projection: Projection,
  blocks: readonly BlockEntry[],
  blocksPerBatch: number,
) => {
  const rows = new Map<VersionedTable, Map<string, RowValues>>()
  const versions: string[] = []
  const events: unknown[] = []
  const changes: unknown[] = []
  const constants = new Set<string>()
  for (let at = 0; at < blocks.length; at += blocksPerBatch) {
    const cut = blocks.slice(at, at + blocksPerBatch)
    const batch = foldOnto(projection, rows, cut)
    for (const each of batch.versions) versions.push(...takeVersions(each, rows))
    for (const { table, columns } of batch.constants)
      for (const at of columns[0]?.keys() ?? [])
        constants.add(JSON.stringify([table.name, ...columns.map((values) => values[at])]))
    events.push(...eventsIn(batch))
    changes.push(...batch.changes)
  }
  return { versions: versions.sort(), rows, events, changes, constants }
}

/** Brings rows to the latest of the versions, and spells all of them. */
const takeVersions = (
  { table, entityIds, positions, arrived, erased, latest, columns }: TableVersions,
  rows: Map<VersionedTable, Map<string, RowValues>>,
): string[] => {
  const ofTable = rows.get(table) ?? new Map<string, RowValues>()
  rows.set(table, ofTable)
  return entityIds.map((entityId, at) => {
    const row = columns.map((values) => values[at] ?? null)
    if (latest[at] && erased[at]) ofTable.delete(entityId)
    else if (latest[at]) ofTable.set(entityId, row)
    return JSON.stringify([table.name, entityId, positions[at], arrived[at], erased[at], row])
  })
}
