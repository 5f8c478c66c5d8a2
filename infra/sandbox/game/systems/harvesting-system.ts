/**
 * `harvesting_manager` (game.md §2.3): making plants known, reserving their yield, and taking it.
 */

import { infiniteHexAdventurers } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { U16_MAX } from '../../../../domain/worlds/infinite-hex-adventurers/rules/basis-points.ts'
import {
  availableYield,
  cancelledYield,
  harvestEnergy,
  harvestEta,
  PLANT_HEALTH_MAX,
  plantAfterHarvest,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/harvest.ts'
import {
  isPolicyEffective,
  PERMISSION_EXTRACT,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/sharing.ts'
import {
  areaResourceKey,
  plantKey,
  reservationId,
} from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import { encodeSerialised, type RowOf } from '../row-codec.ts'
import type { SystemContract, World } from '../system.ts'
import { normalisedGeneration, plantProfile } from '../world-generation.ts'
import {
  type Adventurer,
  actorRefusal,
  type EnergyRows,
  readAdventurer,
  readEnergyRows,
  regenSpend,
  writeAdventurer,
  writeEnergyRows,
} from './actor.ts'
import { mintHarvest, shareHarvest, writeStack } from './harvest-output.ts'
import { grantPermits } from './resource-access.ts'
import { GENERATION_VERSION } from './world-gen-system.ts'

type Plant = RowOf<'PlantNode'>
type Reservation = RowOf<'HarvestReservation'>

/** Where a plant stands; every call names it. */
type Place = Readonly<{ hex_coordinate: bigint; area_id: bigint; plant_id: number }>
type ActorAtPlace = Place & Readonly<{ adventurer_id: bigint }>

type Phase = 'INIT' | 'START' | 'COMPLETE' | 'CANCEL'

/** The attempt that an event of rejection names; `id` is 0 where no adventurer acts. */
type Attempt = Readonly<{ phase: Phase; id: bigint; place: Place }>

const reject = (world: World, { phase, id, place }: Attempt, reason: string): void =>
  world.emit('HarvestingRejected', {
    adventurer_id: id,
    hex: place.hex_coordinate,
    area_id: place.area_id,
    plant_id: place.plant_id,
    phase: shortString(phase),
    reason: shortString(reason),
  })

const keyOf = ({ hex_coordinate, area_id, plant_id }: Place): bigint =>
  plantKey(hex_coordinate, area_id, plant_id)

const initRefusal = (
  world: World,
  { hex_coordinate, area_id, plant_id }: Place,
  plant: Plant,
): string | null => {
  if (!world.read('Hex', { coordinate: hex_coordinate }).is_discovered) return 'HEX_UNDISC'
  const area = world.read('HexArea', { area_id })
  if (!area.is_discovered || area.hex_coordinate !== hex_coordinate) return 'AREA_UNDISC'
  if (area.area_type !== 'PlantField') return 'NOT_PLANT'
  if (plant_id >= area.plant_slot_count) return 'PLANT_RANGE'
  return plant.max_yield > 0 ? 'ALREADY_INIT' : null
}

/** Makes a plant known, with what its place generates. Anyone may call it. */
const init = (world: World, place: Place): boolean => {
  const keys = { plant_key: keyOf(place) }
  const plant = world.read('PlantNode', keys)
  const refusal = initRefusal(world, place, plant)
  if (refusal !== null) {
    reject(world, { phase: 'INIT', id: 0n, place }, refusal)
    return false
  }
  const { biome } = world.read('Hex', { coordinate: place.hex_coordinate })
  const config = normalisedGeneration(
    world.read('WorldGenConfig', { generation_version: GENERATION_VERSION }),
  )
  const { hex_coordinate, area_id, plant_id } = place
  const slot = { hex: hex_coordinate, areaId: area_id, plantId: plant_id }
  const profile = plantProfile(slot, biome, config)
  const untouched = {
    current_yield: profile.max_yield,
    reserved_yield: 0,
    health: PLANT_HEALTH_MAX,
    stress_level: 0,
  }
  const origin = { last_harvest_block: world.now, discoverer: world.caller }
  world.write('PlantNode', keys, {
    hex_coordinate,
    area_id,
    plant_id,
    ...profile,
    ...untouched,
    ...origin,
  })
  return true
}

/**
 * Whether an adventurer may harvest: the area's owner may, anyone may where the area has no owner,
 * and adventurers may that a policy on the area lets extract (quirk 18).
 */
const hasAccess = (world: World, areaId: bigint, adventurerId: bigint): boolean => {
  const { owner_adventurer_id: owner } = world.read('AreaOwnership', { area_id: areaId })
  if (owner === 0n || owner === adventurerId) return true
  const resourceKey = areaResourceKey(areaId, 'plant')
  const policy = world.read('ResourcePolicy', { resource_key: resourceKey })
  if (!isPolicyEffective(policy.is_enabled, policy.controller_adventurer_id)) return false
  if (policy.controller_adventurer_id === adventurerId) return true
  const grantKeys = { resource_key: resourceKey, grantee_adventurer_id: adventurerId }
  return grantPermits(world, grantKeys, policy.policy_epoch, PERMISSION_EXTRACT)
}

type Harvest = Readonly<{ adventurer: Adventurer; plant: Plant; reservation: Reservation }>

const startRefusal = (
  world: World,
  { adventurer, plant, reservation }: Harvest,
  amount: number,
): string | null => {
  const refusal = actorRefusal(world, adventurer)
  if (refusal !== null) return refusal
  if (adventurer.current_hex !== plant.hex_coordinate) return 'WRONG_HEX'
  if (reservation.status === 'Active') return 'ACTIVE'
  if (adventurer.activity_locked_until > world.now) return 'LOCKED'
  if (plant.max_yield === 0) return 'NOT_INIT'
  if (amount === 0) return 'BAD_AMOUNT'
  const available = availableYield(yieldOf(plant))
  if (available === null) return 'BAD_PLANT'
  if (amount > available) return 'LOW_YIELD'
  return harvestEnergy(amount) > U16_MAX ? 'BAD_AMOUNT' : null
}

const yieldOf = (plant: Plant): Parameters<typeof availableYield>[0] => ({
  currentYield: plant.current_yield,
  reservedYield: plant.reserved_yield,
  maxYield: plant.max_yield,
})

const start = (world: World, args: ActorAtPlace & Readonly<{ amount: number }>): boolean => {
  const { adventurer_id: id, amount } = args
  const rows = readEnergyRows(world, id)
  const plantKeys = { plant_key: keyOf(args) }
  const plant = world.read('PlantNode', plantKeys)
  const reservationKeys = { reservation_id: reservationId(id, plantKeys.plant_key) }
  const reservation = world.read('HarvestReservation', reservationKeys)
  const refusal = hasAccess(world, args.area_id, id)
    ? startRefusal(world, { adventurer: rows.adventurer, plant, reservation }, amount)
    : 'NO_ACCESS'
  const attempt: Attempt = { phase: 'START', id, place: args }
  if (refusal !== null) {
    reject(world, attempt, refusal)
    return false
  }
  const spent = regenSpend(rows, harvestEnergy(amount), world.block)
  if (!spent.paid) {
    writeEnergyRows(world, id, spent.rows) // the regenerated energy is kept
    reject(world, attempt, 'LOW_ENERGY')
    return false
  }
  const eta = BigInt(harvestEta(amount, world.block))
  writeEnergyRows(world, id, lockedUntil(spent.rows, eta))
  world.write('PlantNode', plantKeys, { ...plant, reserved_yield: plant.reserved_yield + amount })
  world.write('HarvestReservation', reservationKeys, {
    adventurer_id: id,
    plant_key: plantKeys.plant_key,
    reserved_amount: amount,
    created_block: world.now,
    expiry_block: eta,
    status: 'Active',
  })
  const { hex_coordinate: hex, area_id, plant_id } = args
  world.emit('HarvestingStarted', { adventurer_id: id, hex, area_id, plant_id, amount, eta })
  return true
}

const lockedUntil = ({ adventurer, economics }: EnergyRows, block: bigint): EnergyRows => ({
  adventurer: { ...adventurer, activity_locked_until: block },
  economics,
})

const endRefusal = (
  world: World,
  phase: 'COMPLETE' | 'CANCEL',
  id: bigint,
  { adventurer, plant, reservation }: Harvest,
): string | null => {
  const refusal = actorRefusal(world, adventurer)
  if (refusal !== null) return refusal
  if (adventurer.current_hex !== plant.hex_coordinate) return 'WRONG_HEX'
  if (reservation.status !== 'Active') return 'NO_ACTIVE'
  if (reservation.adventurer_id !== id) return 'NOT_LINKED'
  return phase === 'COMPLETE' && world.now < reservation.expiry_block ? 'TOO_EARLY' : null
}

/** Units that are taken from the plant when a reservation ends. */
const consumedUnits = (
  world: World,
  phase: 'COMPLETE' | 'CANCEL',
  plant: Plant,
  { reserved_amount: amount, created_block, expiry_block }: Reservation,
): number => {
  if (phase === 'COMPLETE') return Math.min(amount, plant.current_yield)
  const reservation = { amount, createdBlock: created_block, expiryBlock: expiry_block }
  return Math.min(cancelledYield(reservation, world.now), plant.current_yield)
}

const harvested = (world: World, plant: Plant, consumed: number, released: number): Plant => {
  const before = { ...yieldOf(plant), stress: plant.stress_level, health: plant.health }
  const after = plantAfterHarvest(before, consumed, released)
  return {
    ...plant,
    current_yield: after.currentYield,
    reserved_yield: after.reservedYield,
    stress_level: after.stress,
    health: after.health,
    last_harvest_block: world.now,
  }
}

/**
 * Completes or cancels a reservation: the same writes, with all of the reserved units or with the
 * share that has matured.
 */
const end = (world: World, phase: 'COMPLETE' | 'CANCEL', args: ActorAtPlace): number => {
  const id = args.adventurer_id
  const adventurer = readAdventurer(world, id)
  const plantKeys = { plant_key: keyOf(args) }
  const plant = world.read('PlantNode', plantKeys)
  const reservationKeys = { reservation_id: reservationId(id, plantKeys.plant_key) }
  // The game names the plant anew before it looks at the row, so another's key is never seen.
  const reservation = { ...world.read('HarvestReservation', reservationKeys), ...plantKeys }
  const refusal = endRefusal(world, phase, id, { adventurer, plant, reservation })
  if (refusal !== null) {
    reject(world, { phase, id, place: args }, refusal)
    return 0
  }
  const consumed = consumedUnits(world, phase, plant, reservation)
  const plantAfter = harvested(world, plant, consumed, reservation.reserved_amount)
  const mint = mintHarvest(
    world,
    { id, hex: args.hex_coordinate, plantKey: plantKeys.plant_key },
    consumed,
    plantAfter,
  )
  const kept = shareHarvest(world, args.area_id, mint)
  writeAdventurer(world, id, { ...adventurer, activity_locked_until: 0n })
  world.write('PlantNode', plantKeys, plantAfter)
  const status = phase === 'COMPLETE' ? 'Completed' : 'Canceled'
  world.write('HarvestReservation', reservationKeys, { ...reservation, reserved_amount: 0, status })
  writeStack(world, kept)
  if (phase === 'CANCEL')
    world.emit('HarvestingCancelled', { adventurer_id: id, partial_yield: consumed })
  else {
    const { hex_coordinate: hex, area_id, plant_id } = args
    world.emit('HarvestingCompleted', {
      adventurer_id: id,
      hex,
      area_id,
      plant_id,
      actual_yield: consumed,
    })
  }
  return consumed
}

const { keys, values } = infiniteHexAdventurers.models.PlantNode

export const harvestingSystem: SystemContract<'harvesting_manager'> = {
  entrypoints: {
    init_harvesting: init,
    start_harvesting: start,
    complete_harvesting: (world, args) => end(world, 'COMPLETE', args),
    cancel_harvesting: (world, args) => end(world, 'CANCEL', args),
  },
  views: {
    inspect_plant: (world, args) => {
      const plantKeys = { plant_key: keyOf(args) }
      return [
        ...encodeSerialised(keys, plantKeys),
        ...encodeSerialised(values, world.read('PlantNode', plantKeys)),
      ]
    },
  },
}
