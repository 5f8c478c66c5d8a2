import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RecordedEvent } from '../../domain/event-log/event-log.ts'
import type { Felt } from '../../domain/felt.ts'
import type { MemberValue } from '../../domain/worlds/definition.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { entityIdOf } from '../../schemas/crypto/starknet.ts'
import { harvestItemId } from '../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { type WorldTableName, worldTable } from '../world-tables.ts'
import {
  blockAppends,
  blockOf,
  completeBlocks,
  recordedEvents,
  TEST_HEXES,
} from '../worlds/infinite-hex-adventurers/world-blocks.testing.ts'
import {
  adventurerWritten,
  type TestFact,
  written,
  zeros,
} from '../worlds/infinite-hex-adventurers/world-facts.testing.ts'
import { type CompleteBlock, cutBlocks } from './blocks.ts'
import { foldBlocks, touchedRows } from './fold.ts'
import type { FoldedBatch } from './folded-batch.ts'
import { worldProjection } from './projection.ts'
import type { RowValues, WorldTable } from './table.ts'
import type { LoadedRows } from './unit-of-work.ts'

const [ORIGIN, EAST, SOUTH_EAST] = TEST_HEXES as [Felt, Felt, Felt]

const adventurer = (energy: number, hex: Felt): TestFact =>
  adventurerWritten('0x1', hex, { energy })

/** Blocks 1, 2, … of one transaction each, unless a fact says otherwise. */
const blocksOf = (...blocks: readonly (readonly TestFact[])[]): readonly CompleteBlock[] =>
  cutBlocks(
    recordedEvents(blocks.map((facts, at) => blockOf(at + 1, facts))),
    Number.MAX_SAFE_INTEGER,
  ).blocks

const fold = (...blocks: readonly (readonly TestFact[])[]): FoldedBatch =>
  foldBlocks(worldProjection, new Map(), blocksOf(...blocks))

/** Versions of a table as objects, in order. */
const versionsOf = (batch: FoldedBatch, name: WorldTableName): Record<string, unknown>[] => {
  const found = batch.versions.find(({ table }) => table.name === name)
  if (found === undefined) return []
  return found.positions.map((position, at) => ({
    position,
    arrived: found.arrived[at],
    erased: found.erased[at],
    latest: found.latest[at],
    ...Object.fromEntries(
      found.table.columns.map((column, index) => [column.name, found.columns[index]?.[at]]),
    ),
  }))
}

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
    expect(batch.hexChanges).toEqual([
      { position: 1, hex: ORIGIN },
      { position: 3, hex: ORIGIN },
      { position: 3, hex: EAST },
      { position: 5, hex: EAST },
    ])
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
    expect(batch.events).toEqual([expect.objectContaining({ hex: EAST, adventurer: '0x2' })])
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
    expect(batch.events.map(({ hex }) => hex)).toEqual([SOUTH_EAST, null])
  })

  it('names the adventurer behind a discovery, which the event does not', () => {
    const discovered: TestFact = {
      type: 'HexDiscovered',
      data: { hex: EAST, biome: 'Oasis', discoverer: '0xacc' },
    }
    const batch = fold([
      written('Hex', { coordinate: EAST }, { is_discovered: true }),
      adventurer(75, ORIGIN),
      discovered,
    ])
    expect(batch.events).toEqual([
      expect.objectContaining({
        position: 3,
        blockPosition: 3,
        type: 'HexDiscovered',
        hex: EAST,
        adventurer: '0x1',
      }),
    ])
  })

  it('gives every event of the world a place in the tail, and counts what was not decoded', () => {
    const names = Object.keys(infiniteHexAdventurers.events)
    const facts = names.map((type) => ({ type, data: {} }))
    const undecoded: TestFact = {
      type: 'UndecodedWorldEvent',
      data: { reason: 'test', keys: [], data: [] },
    }
    const batch = fold([...facts, undecoded, { type: 'SomethingNewHappened', data: {} }])
    expect(batch.events.map(({ type }) => type)).toEqual(names)
    expect(batch.unreadFacts).toBe(1)
  })

  it('passes over what a newer program stored, and reads on', () => {
    const newer = (fact: TestFact): TestFact => ({ ...fact, schemaVersion: 2 })
    const batch = fold([
      adventurer(100, ORIGIN),
      newer(adventurer(1, EAST)),
      newer({ type: 'HexDiscovered', data: {} }),
    ])
    expect(versionsOf(batch, 'adventurers')).toEqual([
      expect.objectContaining({ energy: 100, current_hex: ORIGIN }),
    ])
    expect(batch.events).toEqual([])
    expect(batch.unreadFacts).toBe(2)
    const [header, ...facts] = recordedEvents([blockOf(1, [adventurer(100, ORIGIN)])])
    // A header like any other but for that.
    const newerHeader = { ...header, meta: { schemaVersion: 2 } } as RecordedEvent
    expect(() => cutBlocks([newerHeader, ...facts], 10)).toThrow('a newer Chronohex wrote')
  })

  it('gives the same versions whatever the batches', () => {
    fc.assert(
      fc.property(blockAppends, fc.integer({ min: 1, max: 8 }), (appends, blocksPerBatch) => {
        const blocks = completeBlocks(appends)
        expect(foldInBatches(blocks, blocksPerBatch)).toEqual(foldInBatches(blocks, blocks.length))
      }),
      { numRuns: 150 },
    )
  })
})

/**
 * All versions, events and changes, and the rows at the end, when blocks are folded so many at a
 * time.
 */
const foldInBatches = (blocks: readonly CompleteBlock[], blocksPerBatch: number) => {
  const rows = new Map<WorldTable, Map<string, RowValues>>(
    worldProjection.tables.map((table) => [table, new Map()]),
  )
  const versions: unknown[] = []
  const events: unknown[] = []
  const hexChanges: unknown[] = []
  for (let at = 0; at < blocks.length; at += blocksPerBatch) {
    const cut = blocks.slice(at, at + blocksPerBatch)
    const touched = touchedRows(worldProjection, cut)
    const loaded: LoadedRows = new Map(
      [...touched].map(([table, ids]) => [
        table,
        new Map([...(rows.get(table) ?? [])].filter(([entityId]) => ids.has(entityId))),
      ]),
    )
    const batch = foldBlocks(worldProjection, loaded, cut)
    for (const {
      table,
      entityIds,
      positions,
      arrived,
      erased,
      latest,
      columns,
    } of batch.versions) {
      for (const [index, entityId] of entityIds.entries()) {
        // As many values as versions.
        const row = columns.map((values) => values[index] as MemberValue)
        versions.push([table.name, entityId, positions[index], arrived[index], erased[index], row])
        if (latest[index] && erased[index]) rows.get(table)?.delete(entityId)
        else if (latest[index]) rows.get(table)?.set(entityId, row)
      }
    }
    events.push(...batch.events)
    hexChanges.push(...batch.hexChanges)
  }
  return {
    versions: versions.map((version) => JSON.stringify(version)).sort(),
    rows,
    events,
    hexChanges,
  }
}

describe('a read model', () => {
  it.each(worldProjection.tables.map(({ name }) => name as WorldTableName))(
    '%s looks rows up by a column that it has',
    (name) => {
      const { columns, lookup, keys } = worldTable(name)
      expect(columns[lookup]).toBeDefined()
      expect(columns.slice(0, keys.length).map((column) => column.name)).toEqual(keys)
    },
  )
})
