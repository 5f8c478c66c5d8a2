/**
 * What bots see of the world when they play on the game itself, without chain, log and read models: the newest row of
 * every entity that matters to them, joined as the read models join it.
 */
import type {
  Observation,
  ObservationQuery,
  SeenArea,
  SeenDecay,
  SeenHere,
  SeenHex,
  SeenSelf,
} from '../../agents/observe.ts'
import { type Felt, feltOfNumber } from '../../domain/felt.ts'
import { type Cube, discAround, packHex, unpackHex } from '../../domain/hex.ts'
import { immediateClaimBlock, minimumClaimOf } from '../../domain/rules/claim.ts'
import { projectedDecay, upkeepOf } from '../../domain/rules/decay.ts'
import { effectiveEnergy } from '../../domain/rules/energy.ts'
import type { ModelName } from '../../domain/worlds/infinite-hex-adventurers.ts'
import { createGenerationCache } from '../../schemas/worlds/generation-cache.ts'
import { harvestItemId } from '../../schemas/worlds/ids.ts'
import { decodeRowValues, type RowOf } from '../../schemas/worlds/row-codec.ts'
import type { StoredRow } from './game.ts'
import type { PlanView } from './population-plan.ts'

export type PopulationView = PlanView &
  Readonly<{
    /** Takes the newest versions of changed rows. */
    apply: (rows: Iterable<StoredRow>) => void
    /** What a bot sees at the end of a block. It holds until the next call: hexes are shared by all who see them. */
    observe: (query: ObservationQuery, block: number) => Observation
  }>

const hex = (felt: bigint): Felt => `0x${felt.toString(16)}`
const orNull = (felt: bigint): Felt | null => (felt === 0n ? null : hex(felt))

/** Rows of one model under the things that they belong to. */
type Grouped<Row> = Map<Felt, Map<Felt, Row>>

const group = <Row>(groups: Grouped<Row>, key: Felt): Map<Felt, Row> => {
  const found = groups.get(key) ?? new Map<Felt, Row>()
  groups.set(key, found)
  return found
}

type Area = RowOf<'HexArea'> & Readonly<{ id: Felt }>

/** What is seen of a hex's decay but for what depends on the block, and on a row of another model. */
type StoredDecay = Omit<SeenDecay, 'projectedLevel' | 'upkeepPer100Blocks' | 'minimumClaimEnergy'>
type StoredSelf = Pick<SeenSelf, 'isAlive' | 'cube' | 'energy' | 'maxEnergy' | 'lockedUntilBlock'>

const createTables = () => ({
  /** The block of the present observation: what depends on it is worked out when it is looked at. */
  block: 0,
  /** Hexes as they are seen, until a row of theirs changes; null for those of which nothing is known. */
  seen: new Map<Felt, SeenHex | null>(),
  adventurers: new Map<Felt, StoredSelf>(),
  adventurerOf: new Map<Felt, Felt>(),
  lastRegenBlocks: new Map<Felt, number>(),
  inventories: new Map<Felt, RowOf<'Inventory'>>(),
  hexes: new Map<Felt, RowOf<'Hex'>>(),
  decays: new Map<Felt, StoredDecay>(),
  owners: new Map<Felt, Felt | null>(),
  plants: new Map<Felt, RowOf<'PlantNode'>>(),
  claims: new Map<Felt, NonNullable<SeenHex['claim']>>(),
  mines: new Map<Felt, RowOf<'MineNode'>>(),
  areasByHex: new Map() as Grouped<Area>,
  plantsByArea: new Map() as Grouped<RowOf<'PlantNode'>>,
  itemsByAdventurer: new Map() as Grouped<number>,
  reservationsByAdventurer: new Map() as Grouped<RowOf<'HarvestReservation'>>,
})
type Tables = ReturnType<typeof createTables>

type Take = (tables: Tables, keys: readonly Felt[], values: readonly bigint[]) => void

/** How a row of each model is taken; models that bots do not look at have no entry. */
const TAKES: Partial<Record<ModelName, Take>> = {
  Adventurer: (tables, [id = '0x0'], values) => {
    const row = decodeRowValues('Adventurer', values)
    const owner = hex(row.owner)
    tables.adventurers.set(id, {
      isAlive: row.is_alive,
      cube: unpackHex(hex(row.current_hex)) as Cube, // the game keeps adventurers on valid hexes
      energy: row.energy,
      maxEnergy: row.max_energy,
      lockedUntilBlock: `${row.activity_locked_until}`,
    })
    if (!tables.adventurerOf.has(owner)) tables.adventurerOf.set(owner, id)
  },
  AdventurerEconomics: ({ lastRegenBlocks }, [id = '0x0'], values) =>
    void lastRegenBlocks.set(id, Number(decodeRowValues('AdventurerEconomics', values).last_regen_block)),
  Inventory: ({ inventories }, [id = '0x0'], values) => void inventories.set(id, decodeRowValues('Inventory', values)),
  BackpackItem: ({ itemsByAdventurer }, [adventurer = '0x0', item = '0x0'], values) => {
    const { quantity } = decodeRowValues('BackpackItem', values)
    const items = group(itemsByAdventurer, adventurer)
    if (quantity > 0) items.set(item, quantity)
    else items.delete(item)
  },
  HarvestReservation: ({ reservationsByAdventurer }, [id = '0x0'], values) => {
    const row = decodeRowValues('HarvestReservation', values)
    const reservations = group(reservationsByAdventurer, hex(row.adventurer_id))
    if (row.status === 'Active') reservations.set(id, row)
    else reservations.delete(id)
  },
  Hex: ({ hexes, seen }, [coordinate = '0x0'], values) => {
    seen.delete(coordinate)
    hexes.set(coordinate, decodeRowValues('Hex', values))
  },
  HexDecayState: ({ decays, seen }, [coordinate = '0x0'], values) => {
    seen.delete(coordinate)
    const row = decodeRowValues('HexDecayState', values)
    const since = row.claimable_since_block === 0n ? null : Number(row.claimable_since_block)
    decays.set(coordinate, {
      ownerId: orNull(row.owner_adventurer_id),
      energyReserve: row.current_energy_reserve,
      level: row.decay_level,
      lastProcessedBlock: Number(row.last_decay_processed_block),
      claimableSinceBlock: since,
      immediateClaimBlock: since === null ? null : immediateClaimBlock(since),
    })
  },
  ClaimEscrow: ({ claims, seen }, _, values) => {
    const { status, ...row } = decodeRowValues('ClaimEscrow', values)
    const claimed = hex(row.hex_coordinate)
    seen.delete(claimed)
    if (status !== 'Active') claims.delete(claimed)
    else {
      const claimantId = hex(row.claimant_adventurer_id)
      claims.set(claimed, { claimantId, energyLocked: row.energy_locked, expiryBlock: Number(row.expiry_block) })
    }
  },
  HexArea: ({ areasByHex }, [id = '0x0'], values) => {
    const row = decodeRowValues('HexArea', values)
    group(areasByHex, hex(row.hex_coordinate)).set(id, { ...row, id })
  },
  AreaOwnership: ({ owners }, [id = '0x0'], values) =>
    void owners.set(id, orNull(decodeRowValues('AreaOwnership', values).owner_adventurer_id)),
  MineNode: ({ mines }, [key = '0x0'], values) => void mines.set(key, decodeRowValues('MineNode', values)),
  PlantNode: ({ plants, plantsByArea }, [key = '0x0'], values) => {
    const row = decodeRowValues('PlantNode', values)
    plants.set(key, row)
    group(plantsByArea, hex(row.area_id)).set(key, row)
  },
}

const decayOf = (tables: Tables, packed: Felt): SeenDecay | null => {
  const stored = tables.decays.get(packed)
  if (stored === undefined) return null
  const biome = tables.hexes.get(packed)?.biome ?? null
  const { claimableSinceBlock, energyReserve: reserve, lastProcessedBlock, level } = stored
  const upkeep = upkeepOf(biome)
  return {
    ...stored,
    get projectedLevel() {
      return projectedDecay({ level, reserve, lastProcessedBlock }, biome, tables.block).level
    },
    upkeepPer100Blocks: upkeep,
    minimumClaimEnergy: claimableSinceBlock === null ? null : minimumClaimOf(upkeep, level),
  }
}

const hexFrom = (tables: Tables, packed: Felt, cube: Cube): SeenHex | null => {
  const row = tables.hexes.get(packed)
  const decay = decayOf(tables, packed)
  if (row === undefined && decay === null) return null
  return {
    packed,
    cube,
    isDiscovered: row?.is_discovered ?? false,
    biome: row?.biome ?? null,
    areaCount: row?.area_count ?? null,
    decay,
    claim: tables.claims.get(packed) ?? null,
  }
}

const hexOf = (tables: Tables, packed: Felt, cube: Cube): SeenHex | null => {
  const known = tables.seen.get(packed)
  if (known !== undefined) return known
  const found = hexFrom(tables, packed, cube)
  tables.seen.set(packed, found)
  return found
}

const valuesOf = <Row>(groups: Grouped<Row>, key: Felt): readonly Row[] => [...(groups.get(key)?.values() ?? [])]

type ItemOf = (plant: Felt) => Felt

const areasOf = (tables: Tables, packed: Felt, itemOf: ItemOf): readonly SeenArea[] =>
  valuesOf(tables.areasByHex, packed)
    .filter(({ is_discovered }) => is_discovered)
    .map(({ id, area_index, area_type, plant_slot_count }) => ({
      id,
      index: area_index,
      type: area_type,
      ownerId: tables.owners.get(id) ?? null,
      plantSlots: plant_slot_count,
      plants: [...(tables.plantsByArea.get(id) ?? [])].map(([plant, { plant_id, current_yield, reserved_yield }]) => ({
        slot: plant_id,
        availableYield: current_yield - reserved_yield,
        itemId: itemOf(plant),
      })),
    }))

const reservationsOf = (tables: Tables, id: Felt): SeenSelf['reservations'] =>
  valuesOf(tables.reservationsByAdventurer, id).map(({ plant_key, expiry_block }) => {
    const plant = tables.plants.get(hex(plant_key))
    return {
      hex: plant === undefined ? null : hex(plant.hex_coordinate),
      areaId: plant === undefined ? null : hex(plant.area_id),
      plantSlot: plant?.plant_id ?? null,
      readyBlock: Number(expiry_block),
    }
  })

const selfOf = (tables: Tables, account: Felt, block: number): SeenSelf | null => {
  const id = tables.adventurerOf.get(account)
  const stored = id === undefined ? undefined : tables.adventurers.get(id)
  if (id === undefined || stored === undefined) return null
  const lastRegenBlock = tables.lastRegenBlocks.get(id) ?? 0
  const inventory = tables.inventories.get(id)
  return {
    id,
    ...stored,
    lastRegenBlock,
    effectiveEnergy: effectiveEnergy({ ...stored, lastRegenBlock }, block),
    weight: inventory?.current_weight ?? 0,
    maxWeight: inventory?.max_weight ?? 0,
    items: Array.from(tables.itemsByAdventurer.get(id) ?? [], ([item, quantity]) => ({ id: item, quantity })),
    reservations: reservationsOf(tables, id),
  }
}

type Place = Readonly<{ cube: Cube; packed: Felt }>

const placeOf = (cube: Cube): Place => ({ cube, packed: packHex(cube) as Felt }) // cubes of discs and adventurers are valid

const PLACES_MAX = 1 << 14
const ITEMS_MAX = 1 << 15

const planViewOf = ({ adventurers, areasByHex, hexes, itemsByAdventurer, mines }: Tables): PlanView => ({
  areaCountOf: (place) => hexes.get(place)?.area_count ?? null,
  isAreaDiscovered: (place, area) => areasByHex.get(place)?.get(area)?.is_discovered ?? false,
  energyOf: (adventurer) => adventurers.get(adventurer)?.energy ?? 0,
  mineOf: (key) => mines.get(key) ?? null,
  largestStackOf: (adventurer) => {
    let largest: Readonly<{ id: Felt; quantity: number }> | null = null
    for (const [id, quantity] of itemsByAdventurer.get(adventurer) ?? []) {
      if (quantity > (largest?.quantity ?? 0)) largest = { id, quantity }
    }
    return largest
  },
})

/** A view of a world without rows yet. */
export const createPopulationView = (): PopulationView => {
  const tables = createTables()
  const items = createGenerationCache<Felt, Felt>(ITEMS_MAX)
  const itemOf: ItemOf = (plant) => items(plant, () => hex(harvestItemId(BigInt(plant))))
  const discs = createGenerationCache<string, readonly Place[]>(PLACES_MAX)
  const placesAround = (center: Cube, radius: number): readonly Place[] =>
    discs(`${center.x} ${center.y} ${radius}`, () => discAround(center, radius).map(placeOf))
  return {
    ...planViewOf(tables),
    apply: (rows) => {
      for (const { model, keys, values } of rows) TAKES[model as ModelName]?.(tables, keys.map(hex), values)
    },
    observe: ({ account, position, radius, watched }, block) => {
      tables.block = block
      const self = selfOf(tables, account, block)
      const center = self?.cube ?? position
      const near = placesAround(center, radius)
      const seen: SeenHex[] = []
      for (const { packed, cube } of near) {
        const found = hexOf(tables, packed, cube)
        if (found !== null) seen.push(found)
      }
      for (const packed of watched) {
        const cube = near.some((place) => place.packed === packed) ? null : unpackHex(packed)
        const far = cube === null ? null : hexOf(tables, packed, cube)
        if (far !== null) seen.push(far)
      }
      const { packed } = placeOf(center)
      const nothing = {
        packed,
        cube: center,
        isDiscovered: false,
        biome: null,
        areaCount: null,
        decay: null,
        claim: null,
      }
      const here: SeenHere = {
        ...(hexOf(tables, packed, center) ?? nothing),
        areas: areasOf(tables, packed, itemOf),
      }
      return { block, self, here, hexes: seen }
    },
  }
}

/** Account of the bot with this index in a world that knows no keys: no curve is involved, so it costs nothing. */
export const keylessAccount = (index: number): Felt => feltOfNumber(0xb07_0000_0000 + index)
