import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NewEvent } from '../../domain/event-log/event-log.ts'
import type { Felt } from '../../domain/felt.ts'
import type { BlockEntry } from '../../domain/world-stream/entries.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { entityIdOf } from '../../schemas/crypto/starknet.ts'
import { harvestItemId } from '../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { modelTables } from '../worlds/infinite-hex-adventurers/model-tables.testing.ts'
import { infiniteHexProjections } from '../worlds/infinite-hex-adventurers/registry.ts'
import {
  blockAppends,
  blockOf,
  completeBlocks,
  TEST_HEXES,
} from '../worlds/infinite-hex-adventurers/world-blocks.testing.ts'
import {
  adventurerWritten,
  type TestFact,
  written,
  zeros,
} from '../worlds/infinite-hex-adventurers/world-facts.testing.ts'
import { foldBlocks, foldRetractions, type TouchedRows, touchedRows, unreadFacts } from './fold.ts'
import type { FoldedRows, TableVersions } from './folded-rows.ts'
import type { Projection } from './projection.ts'
import type { Column, RowValues, VersionedTable } from './table.ts'
import type { LoadedRows } from './unit-of-work.ts'

const [ORIGIN, EAST, SOUTH_EAST] = TEST_HEXES as [Felt, Felt, Felt]
const [world, market] = infiniteHexProjections as readonly [Projection, Projection]

const adventurer = (energy: number, hex: Felt): TestFact =>
  adventurerWritten('0x1', hex, { energy })

/** Blocks 1, 2, … of one transaction each, unless a fact says otherwise. */
const blocksOf = (...blocks: readonly (readonly TestFact[])[]): readonly BlockEntry[] =>
  completeBlocks(blocks.map((facts, at) => blockOf(at + 1, facts)))

type Rows = ReadonlyMap<VersionedTable, ReadonlyMap<string, RowValues>>

/** What a store that holds these rows loads of them. */
const loadedFrom = (rows: Rows, touched: TouchedRows): LoadedRows =>
  new Map(
    [...touched].map(([table, ids]) => [
      table,
      { touched: ids, rows: new Map([...(rows.get(table) ?? [])].filter(([id]) => ids.has(id))) },
    ]),
  )

const foldOnto = (projection: Projection, rows: Rows, blocks: readonly BlockEntry[]): FoldedRows =>
  foldBlocks(projection, loadedFrom(rows, touchedRows(projection, blocks)), blocks)

const fold = (...blocks: readonly (readonly TestFact[])[]): FoldedRows =>
  foldOnto(world, new Map(), blocksOf(...blocks))

/** Rows as objects: position and columns. */
const objectsOf = (
  columns: readonly Column[],
  positions: readonly number[],
  values: readonly (readonly unknown[])[],
): Record<string, unknown>[] =>
  positions.map((position, at) => ({
    position,
    ...Object.fromEntries(columns.map(({ name }, index) => [name, values[index]?.[at]])),
  }))

/** Rows of the event tail, in order. */
const eventsIn = ({ appended }: FoldedRows): Record<string, unknown>[] =>
  appended.flatMap(({ table, positions, blockPositions, columns }) =>
    objectsOf(table.columns, positions, columns).map((event, at) => ({
      ...event,
      blockPosition: blockPositions[at],
    })),
  )

/** Versions of a table as objects, in order. */
const versionsOf = (batch: FoldedRows, name: string): Record<string, unknown>[] => {
  const found = batch.versions.find(({ table }) => table.name === name)
  if (found === undefined) return []
  return objectsOf(found.table.columns, found.positions, found.columns).map((row, at) => ({
    ...row,
    arrived: found.arrived[at],
    erased: found.erased[at],
    latest: found.latest[at],
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
    expect(eventsIn(batch)).toEqual([
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
    const block = [...facts, undecoded, { type: 'SomethingNewHappened', data: {} }]
    expect(eventsIn(fold(block)).map(({ type }) => type)).toEqual(names)
    expect(unreadFacts(blocksOf(block))).toBe(1)
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
  const [table] = [...touchedRows(world, second === undefined ? [] : [second]).keys()]
  const row = (batch: FoldedRows): RowValues =>
    batch.versions[0]?.columns.map((values) => values.at(-1) ?? null) ?? []

  it('is a further version, equal to the one before the block', () => {
    if (second === undefined || table === undefined) throw new Error('both are there')
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
    if (table === undefined) throw new Error('it is there')
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

describe('the price series', () => {
  const rate = (values: Readonly<Record<string, number | string>>): TestFact =>
    written('ConversionRate', { item_type: '0x1' }, { base_rate: 20, ...values })
  const block = (number: number, ...facts: readonly TestFact[]): readonly NewEvent[] =>
    blockOf(number, facts)

  it('keeps what a conversion would get after each write, bucket by bucket of 100 blocks', () => {
    const batch = foldOnto(
      market,
      new Map(),
      completeBlocks([
        block(120, rate({ current_rate: 20, last_update_block: '120' })),
        block(
          130,
          rate({ current_rate: 18, last_update_block: '130' }),
          rate({ current_rate: 14, last_update_block: '130' }),
        ),
        block(199, rate({ current_rate: 16, last_update_block: '199' })),
        block(200, rate({ current_rate: 15, last_update_block: '200' })),
      ]),
    )
    const buckets = versionsOf(batch, 'rate_buckets').filter(({ latest }) => latest)
    expect(buckets).toEqual([
      expect.objectContaining({
        item_type: '0x1',
        first_block: 100,
        open: 20,
        high: 20,
        low: 14,
        close: 16,
        writes: 4,
      }),
      expect.objectContaining({
        first_block: 200,
        open: 15,
        high: 15,
        low: 15,
        close: 15,
        writes: 1,
      }),
    ])
    expect(batch.changes.map(({ position, subject, key }) => [position, subject, key])).toEqual(
      [1, 4, 6, 8].map((position) => [position, 'rate', '0x1']),
    )
  })

  it('has nothing for an item whose key was never told', () => {
    const { data } = rate({ current_rate: 20 })
    const keyless = { type: 'ConversionRateWritten', data: { ...data, keys: null } }
    expect(
      versionsOf(foldOnto(market, new Map(), completeBlocks([block(1, keyless)])), 'rate_buckets'),
    ).toEqual([])
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

describe('a table that copies models', () => {
  it.each(modelTables.map((table) => [table.name, table] as const))(
    '%s looks rows up by a column that it has',
    (_, { columns, lookup, keys }) => {
      expect(columns[lookup]).toBeDefined()
      expect(columns.slice(0, keys.length).map((column) => column.name)).toEqual(keys)
    },
  )
})
