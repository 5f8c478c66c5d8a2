/**
 * `construction_manager` (game.md §2.7): materials, projects and buildings. Energy is spent raw. A
 * project has two rows, under its own id and under its area's, and either one completes it (quirk
 * 16); ownership is never checked.
 */

import { infiniteHexAdventurers } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { U32_MAX } from '../../../../domain/worlds/infinite-hex-adventurers/rules/basis-points.ts'
import {
  BUILDING_KINDS,
  BUILDING_TIER_MAX,
  type BuildingKind,
  CONDITION_BP_MAX,
  CONDITION_DISABLED_BP,
  conditionAfterRepair,
  PLANT_MATERIALS,
  quoteConstruction,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/buildings.ts'
import { UNIT_WEIGHT } from '../../../../domain/worlds/infinite-hex-adventurers/rules/harvest.ts'
import { projectId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import { encodeSerialised, type RowOf } from '../row-codec.ts'
import type { SystemContract, World } from '../system.ts'
import {
  type Adventurer,
  actorRefusal,
  rawSpend,
  readAdventurer,
  writeAdventurer,
} from './actor.ts'
import { hasEffectiveBuilding } from './hex-buildings.ts'

type Project = RowOf<'ConstructionProject'>
type Building = RowOf<'ConstructionBuildingNode'>
type Action = 'PROCESS' | 'START' | 'COMPLETE' | 'UPKEEP' | 'REPAIR'

const MATERIALS: ReadonlySet<bigint> = new Set(PLANT_MATERIALS.map(shortString))
const KINDS: ReadonlyMap<bigint, BuildingKind> = new Map(
  BUILDING_KINDS.map((kind) => [shortString(kind), kind]),
)
const MATERIAL_QUALITY = 100

/** The attempt that an event of rejection names; `area_id` is 0 where no area is known. */
type Attempt = Readonly<{ action: Action; adventurer_id: bigint; area_id: bigint }>

/** Emits the rejection; returns false, for callers to return. */
const reject = (
  world: World,
  { action, adventurer_id, area_id }: Attempt,
  reason: string,
): false => {
  world.emit('ConstructionRejected', {
    adventurer_id,
    area_id,
    action: shortString(action),
    reason: shortString(reason),
  })
  return false
}

type ProcessArgs = Readonly<{
  adventurer_id: bigint
  source_item_id: bigint
  quantity: number
  target_material: bigint
}>

const processRefusal = (
  world: World,
  args: ProcessArgs,
  source: RowOf<'BackpackItem'>,
): string | null => {
  const refusal = actorRefusal(world, readAdventurer(world, args.adventurer_id))
  if (refusal !== null) return refusal
  if (args.quantity === 0) return 'ZERO_QTY'
  if (!MATERIALS.has(args.target_material)) return 'BAD_TARGET'
  return source.quantity < args.quantity ? 'NO_MATERIAL' : null
}

/**
 * Relabels units, one for one. Any item is accepted; an item that is relabelled as itself doubles,
 * because both rows are read first (quirk 17).
 */
const processMaterial = (world: World, args: ProcessArgs): number => {
  const { adventurer_id, source_item_id, quantity, target_material } = args
  const sourceKeys = { adventurer_id, item_id: source_item_id }
  const targetKeys = { adventurer_id, item_id: target_material }
  const source = world.read('BackpackItem', sourceKeys)
  const target = world.read('BackpackItem', targetKeys)
  const refusal = processRefusal(world, args, source)
  if (refusal !== null)
    return Number(reject(world, { action: 'PROCESS', adventurer_id, area_id: 0n }, refusal))
  world.write('BackpackItem', sourceKeys, { ...source, quantity: source.quantity - quantity })
  world.write('BackpackItem', targetKeys, {
    quantity: Math.min(U32_MAX, target.quantity + quantity),
    quality: target.quality || source.quality || MATERIAL_QUALITY,
    weight_per_unit: target.weight_per_unit || source.weight_per_unit || UNIT_WEIGHT,
  })
  const quantities = { input_qty: quantity, output_qty: quantity }
  world.emit('ConstructionPlantProcessed', {
    adventurer_id,
    source_item_id,
    target_material,
    ...quantities,
  })
  return quantity
}

type Site = Readonly<{ adventurer_id: bigint; hex_coordinate: bigint; area_id: bigint }>

/**
 * Why the actor cannot work at a site: the caller may not act for it, or it stands elsewhere. Null
 * if it can.
 */
const siteRefusal = (
  world: World,
  adventurer: Adventurer,
  { hex_coordinate }: Site,
): string | null =>
  actorRefusal(world, adventurer) ??
  (adventurer.current_hex === hex_coordinate ? null : 'WRONG_HEX')

/**
 * Opens a project on an area, one tier above what stands there. Answers with its id; 0 when it was
 * refused.
 */
const start = (world: World, site: Site, building_type: bigint): bigint => {
  const { adventurer_id, hex_coordinate, area_id } = site
  const refuse = (reason: string): bigint =>
    BigInt(reject(world, { action: 'START', adventurer_id, area_id }, reason))
  const adventurer = readAdventurer(world, adventurer_id)
  const refusal = siteRefusal(world, adventurer, site)
  if (refusal !== null) return refuse(refusal)
  if (adventurer.activity_locked_until > world.now) return refuse('LOCKED')
  const kind = KINDS.get(building_type)
  if (kind === undefined) return refuse('BAD_BUILDING')
  const quote = quoteConstruction(kind, hasEffectiveBuilding(world, hex_coordinate, 'WORKSHOP'))
  const spent = rawSpend(adventurer, quote.stakeEnergy)
  if (spent === null) return refuse('LOW_ENERGY')
  const { tier } = world.read('ConstructionBuildingNode', { area_id })
  if (tier === BUILDING_TIER_MAX) return refuse('TIER_MAX')
  if (world.read('ConstructionProject', { project_id: area_id }).status === 'Active')
    return refuse('ACTIVE')

  const target_tier = tier + 1
  const completion_block = world.now + BigInt(quote.buildBlocks)
  const project: Project = {
    ...site,
    building_type,
    target_tier,
    start_block: world.now,
    completion_block,
    energy_staked: quote.stakeEnergy,
    status: 'Active',
  }
  const project_id = projectId(adventurer_id, area_id, building_type, target_tier)
  writeAdventurer(world, adventurer_id, { ...spent, activity_locked_until: completion_block })
  world.write('ConstructionProject', { project_id }, project)
  world.write('ConstructionProject', { project_id: area_id }, project)
  world.emit('ConstructionStarted', {
    project_id,
    ...site,
    building_type,
    target_tier,
    completion_block,
  })
  return project_id
}

/** Starts the next tier of the building on the area; silent when there is none. */
const upgrade = (world: World, site: Site): boolean => {
  const { tier, building_type } = world.read('ConstructionBuildingNode', { area_id: site.area_id })
  if (tier === 0) return false
  const project_id = start(world, site, building_type)
  if (project_id === 0n) return false
  const { target_tier } = world.read('ConstructionProject', { project_id })
  const { area_id, adventurer_id } = site
  world.emit('ConstructionUpgradeQueued', { area_id, project_id, adventurer_id, target_tier })
  return true
}

const completeRefusal = (world: World, adventurerId: bigint, project: Project): string | null => {
  if (project.adventurer_id !== adventurerId) return 'WRONG_ADV'
  if (project.status !== 'Active') return 'NOT_ACTIVE'
  return world.now < project.completion_block ? 'NOT_READY' : null
}

/**
 * Finishes a project under the id that the caller names, and overwrites whatever stood on the area.
 */
const complete = (world: World, id: bigint, project_id: bigint): boolean => {
  const adventurer = readAdventurer(world, id)
  const refusal = actorRefusal(world, adventurer)
  const attempt = { action: 'COMPLETE', adventurer_id: id } as const
  if (refusal !== null) return reject(world, { ...attempt, area_id: 0n }, refusal)
  const project = world.read('ConstructionProject', { project_id })
  const notNow = completeRefusal(world, id, project)
  if (notNow !== null) return reject(world, { ...attempt, area_id: project.area_id }, notNow)

  const { hex_coordinate, area_id, building_type, target_tier } = project
  const completed: Project = { ...project, status: 'Completed' }
  const building = world.read('ConstructionBuildingNode', { area_id })
  writeAdventurer(world, id, { ...adventurer, activity_locked_until: world.now })
  world.write('ConstructionProject', { project_id }, completed)
  world.write('ConstructionProject', { project_id: area_id }, completed)
  world.write(
    'ConstructionBuildingNode',
    { area_id },
    {
      ...building,
      hex_coordinate,
      owner_adventurer_id: id,
      building_type,
      tier: target_tier,
      condition_bp: CONDITION_BP_MAX,
      last_upkeep_block: world.now,
      is_active: true,
    },
  )
  const built = {
    adventurer_id: id,
    hex_coordinate,
    area_id,
    building_type,
    resulting_tier: target_tier,
  }
  world.emit('ConstructionCompleted', { project_id, ...built })
  return true
}

type Payment = Site & Readonly<{ amount: number }>

/**
 * The energy of a payment for the building on a site; null, after a rejection, when it cannot be
 * made.
 */
const paidBuilding = (
  world: World,
  action: 'UPKEEP' | 'REPAIR',
  payment: Payment,
): Readonly<{ spent: Adventurer; building: Building }> | null => {
  const { adventurer_id, hex_coordinate, area_id, amount } = payment
  const refuse = (reason: string): null => {
    reject(world, { action, adventurer_id, area_id }, reason)
    return null
  }
  const adventurer = readAdventurer(world, adventurer_id)
  const refusal = siteRefusal(world, adventurer, payment)
  if (refusal !== null) return refuse(refusal)
  const building = world.read('ConstructionBuildingNode', { area_id })
  if (building.hex_coordinate !== hex_coordinate) return refuse('WRONG_HEX')
  if (action === 'UPKEEP' && !building.is_active) return refuse('INACTIVE')
  if (amount === 0) return refuse('BAD_AMOUNT')
  const spent = rawSpend(adventurer, amount)
  return spent === null ? refuse('LOW_ENERGY') : { spent, building }
}

/** Pays energy into a building's reserve, from which nothing is ever charged. */
const payUpkeep = (world: World, payment: Payment): boolean => {
  const paid = paidBuilding(world, 'UPKEEP', payment)
  if (paid === null) return false
  const { adventurer_id, area_id, amount } = payment
  const upkeep_reserve = Math.min(U32_MAX, paid.building.upkeep_reserve + amount)
  writeAdventurer(world, adventurer_id, paid.spent)
  const building = { ...paid.building, upkeep_reserve, last_upkeep_block: world.now }
  world.write('ConstructionBuildingNode', { area_id }, building)
  world.emit('ConstructionUpkeepPaid', { area_id, adventurer_id, amount, upkeep_reserve })
  return true
}

/**
 * Pays energy into a building's condition; above the threshold the building becomes active again.
 */
const repair = (world: World, payment: Payment): boolean => {
  const paid = paidBuilding(world, 'REPAIR', payment)
  if (paid === null) return false
  const { adventurer_id, area_id, amount } = payment
  const condition_bp = conditionAfterRepair(paid.building.condition_bp, amount)
  const is_active = paid.building.is_active || condition_bp > CONDITION_DISABLED_BP
  writeAdventurer(world, adventurer_id, paid.spent)
  world.write(
    'ConstructionBuildingNode',
    { area_id },
    { ...paid.building, condition_bp, is_active },
  )
  world.emit('ConstructionRepaired', { area_id, adventurer_id, amount, condition_bp, is_active })
  return true
}

const { keys, values } = infiniteHexAdventurers.models.ConstructionBuildingNode

export const constructionSystem: SystemContract<'construction_manager'> = {
  entrypoints: {
    process_plant_material: processMaterial,
    start_construction: (world, { building_type, ...site }) => start(world, site, building_type),
    complete_construction: (world, args) => complete(world, args.adventurer_id, args.project_id),
    pay_building_upkeep: payUpkeep,
    repair_building: repair,
    upgrade_building: upgrade,
  },
  views: {
    inspect_building: (world, { hex_coordinate, area_id }) => {
      const building = world.read('ConstructionBuildingNode', { area_id })
      const placed = { ...building, hex_coordinate: building.hex_coordinate || hex_coordinate }
      return [...encodeSerialised(keys, { area_id }), ...encodeSerialised(values, placed)]
    },
  },
}
