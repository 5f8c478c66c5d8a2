/**
 * What a bot of a generated world does next without looking around again: a new hex is walked to and its areas are
 * discovered one by one, a harvest is brought in when it is ripe, a shift is worked until the mine or the miner tires,
 * and what was brought home is turned into the energy for the next turn at the same work. The policy decides where no
 * plan goes on; an action that is refused ends the plan, or a shift in its exit.
 */
import type { Action } from '../../agents/candidate.ts'
import type { Observation, SeenArea, SeenSelf } from '../../agents/observe.ts'
import type { Persona } from '../../agents/persona.ts'
import type { Random } from '../../agents/random.ts'
import type { Felt } from '../../domain/felt.ts'
import { CONVERSION_RATE_DEFAULT } from '../../domain/rules/conversion.ts'
import { DISCOVER_HEX_ENERGY, ENERGY_MAX, MOVE_ENERGY, REGEN_PERIOD_BLOCKS } from '../../domain/rules/energy.ts'
import { HARVEST_BLOCKS_PER_UNIT, HARVEST_ENERGY_PER_UNIT } from '../../domain/rules/harvest.ts'
import { areaId, mineKey } from '../../schemas/worlds/ids.ts'
import type { RowOf } from '../../schemas/worlds/row-codec.ts'

/** `afterBlocks`: blocks between the action before and this one; at least 1. */
export type Step = Readonly<{ action: Action; afterBlocks: number }>

/** The rows that plans depend on, as they are at the end of the last block. */
export type PlanView = Readonly<{
  /** Areas of a discovered hex; null for another. */
  areaCountOf: (hex: Felt) => number | null
  isAreaDiscovered: (hex: Felt, area: Felt) => boolean
  /** Stored energy of an adventurer; 0 when there is none. */
  energyOf: (adventurer: Felt) => number
  /** Null until the mine is initialised. */
  mineOf: (key: Felt) => RowOf<'MineNode'> | null
  /** The largest stack in a backpack, the first of equals; null when it is empty. */
  largestStackOf: (adventurer: Felt) => Readonly<{ id: Felt; quantity: number }> | null
}>

/** Who plans, what he last worked at on the hex on which he still stands, and what came of his last action. */
export type Doer = Readonly<{
  self: Felt
  work: Action | null
  ended: Readonly<{ action: Action; accepted: boolean }>
}>

/** Energy from which a shift or a harvest is worth its start. */
const workEnergyMin = 50
/** Most units of one harvest. */
const harvestUnitsMax = 5
/** Share of conversions after which the work goes on; after the others the bot looks around. */
const workOnShare = 0.9
/** A miner with less goes home. */
const tickEnergyReserve = 12
/** Of the stress at which a mine collapses: above the first a miner shores it up, above the second he leaves. */
const stressToStabilise = 0.35
const stressToLeave = 0.55
/** Share of decisions, for whoever has work at hand, in which he takes it up. */
const workShare = 0.8
/** Shifts end by themselves after this many ticks on average. */
const shiftTicksMean = 24
/** Every mine field has a mine in its first slot. */
const MINE_SLOT = 0

const hex = (value: bigint): Felt => `0x${value.toString(16)}`

const at = (afterBlocks: number, entrypoint: Action['entrypoint'], args: Action['args']): Step => ({
  action: { entrypoint, args },
  afterBlocks,
})

const keyOfMine = (place: Felt, area: Felt): Felt => hex(mineKey(BigInt(place), BigInt(area), MINE_SLOT))

/** The first step of a turn of work on this hex, in a mine or at a plant of its own; null when there is none at hand. */
export const workToBegin = (
  { self, here, block }: Observation,
  persona: Persona,
  view: PlanView,
  random: Random,
): Action | null => {
  if (self === null || !self.isAlive || persona.name === 'raider' || self.reservations.length > 0) return null
  if (self.energy < workEnergyMin || BigInt(self.lockedUntilBlock) > BigInt(block + 1)) return null
  if (random() >= workShare) return null
  const own = here.areas.filter(({ ownerId }) => ownerId === self.id)
  return shiftIn(own, here.packed, self.id, view) ?? harvestIn(own, here.packed, self)
}

const shiftIn = (areas: readonly SeenArea[], packed: Felt, self: Felt, view: PlanView): Action | null => {
  const field = areas.find(({ type }) => type === 'MineField')
  if (field === undefined) return null
  const place = { hex_coordinate: packed, area_id: field.id, mine_id: MINE_SLOT }
  const mine = view.mineOf(keyOfMine(packed, field.id))
  if (mine === null) return { entrypoint: 'init_mining', args: place }
  const isSafe = mine.mine_stress < mine.collapse_threshold * stressToStabilise
  if (mine.is_depleted || mine.repair_energy_needed > 0 || !isSafe) return null
  return { entrypoint: 'start_mining', args: { adventurer_id: self, ...place } }
}

const harvestIn = (areas: readonly SeenArea[], packed: Felt, self: SeenSelf): Action | null => {
  const affordable = Math.min(harvestUnitsMax, Math.floor(self.energy / HARVEST_ENERGY_PER_UNIT))
  for (const { id, plants } of areas) {
    const plant = plants.find(({ availableYield }) => availableYield > 0)
    const amount = Math.min(plant?.availableYield ?? 0, affordable, self.maxWeight - self.weight)
    if (plant === undefined || amount < 1) continue
    const place = { hex_coordinate: packed, area_id: id, plant_id: plant.slot }
    return { entrypoint: 'start_harvesting', args: { adventurer_id: self.id, ...place, amount } }
  }
  return null
}

/** Turns no more of the largest stack into energy than there is room for; null when there is too little room. */
const conversion = (self: Felt, view: PlanView): Step | null => {
  const stack = view.largestStackOf(self)
  const room = Math.floor((ENERGY_MAX - view.energyOf(self)) / CONVERSION_RATE_DEFAULT)
  const quantity = Math.min(stack?.quantity ?? 0, room)
  if (stack === null || quantity < 1) return null
  return at(1, 'convert_items_to_energy', { adventurer_id: self, item_id: stack.id, quantity })
}

/** The same work once more, if there is the energy for it. */
const anotherTurn = ({ self, work }: Doer, view: PlanView, random: Random): Step | null => {
  if (work === null || view.energyOf(self) < workEnergyMin || random() >= workOnShare) return null
  return at(1, work.entrypoint, work.args)
}

const nextTick = (adventurer: Felt, key: Felt, view: PlanView, random: Random): Step => {
  const mine = view.mineOf(key)
  const args = { adventurer_id: adventurer, mine_key: key }
  const stress = mine === null ? 1 : mine.mine_stress / mine.collapse_threshold
  const isTired = view.energyOf(adventurer) < tickEnergyReserve || random() < 1 / shiftTicksMean
  if (mine === null || mine.is_depleted || isTired || stress >= stressToLeave) return at(1, 'exit_mining', args)
  return at(1, stress >= stressToStabilise ? 'stabilize_mine' : 'continue_mining', args)
}

/** The next area that nobody has discovered; null when the hex has no more. */
const nextArea = (adventurer: Felt, place: Felt, first: number, view: PlanView): Step | null => {
  const count = view.areaCountOf(place) ?? 0
  for (let index = first; index < count; index += 1) {
    if (view.isAreaDiscovered(place, hex(areaId(BigInt(place), index)))) continue
    return at(1, 'discover_area', { adventurer_id: adventurer, hex_coordinate: place, area_index: index })
  }
  return null
}

// What each entrypoint takes is declared by the world: felts are text and small integers numbers.
const feltOf = (args: Action['args'], name: string): Felt => args[name] as Felt
const numberOf = (args: Action['args'], name: string): number => args[name] as number

/** Whoever is too weak to explore regenerates again when there is something to regenerate. */
const rest = (self: Felt, view: PlanView): Step | null =>
  view.energyOf(self) < DISCOVER_HEX_ENERGY
    ? at(REGEN_PERIOD_BLOCKS, 'regenerate_energy', { adventurer_id: self })
    : null

/** What follows an action that the game accepted or refused; null when it is time to look around and decide anew. */
export const followingStep = (doer: Doer, view: PlanView, random: Random): Step | null => {
  const { ended, self } = doer
  const { entrypoint, args } = ended.action
  if (!ended.accepted) {
    const isAtWork = entrypoint === 'continue_mining' || entrypoint === 'stabilize_mine'
    return isAtWork ? at(1, 'exit_mining', args) : null
  }
  switch (entrypoint) {
    case 'discover_hex':
      if (view.energyOf(self) < MOVE_ENERGY) return null
      return at(2, 'move_adventurer', { adventurer_id: self, to_hex_coordinate: feltOf(args, 'hex_coordinate') })
    case 'move_adventurer':
      return nextArea(self, feltOf(args, 'to_hex_coordinate'), 0, view)
    case 'discover_area':
      return nextArea(self, feltOf(args, 'hex_coordinate'), numberOf(args, 'area_index') + 1, view)
    case 'start_harvesting': {
      const { amount, ...place } = args
      return at(Number(amount) * HARVEST_BLOCKS_PER_UNIT, 'complete_harvesting', place)
    }
    case 'init_mining':
      return at(1, 'start_mining', { adventurer_id: self, ...args })
    case 'start_mining':
      return nextTick(self, keyOfMine(feltOf(args, 'hex_coordinate'), feltOf(args, 'area_id')), view, random)
    case 'continue_mining':
    case 'stabilize_mine':
      return nextTick(self, feltOf(args, 'mine_key'), view, random)
    case 'complete_harvesting':
    case 'exit_mining':
      return conversion(self, view) ?? anotherTurn(doer, view, random)
    case 'convert_items_to_energy':
      return anotherTurn(doer, view, random)
    case 'regenerate_energy':
      return anotherTurn(doer, view, random) ?? rest(self, view)
    default:
      return null
  }
}

/** The work that a bot can go on with after an action: its own newest, until it leaves the hex or is refused. */
export const workAfter = (work: Action | null, action: Action, accepted: boolean): Action | null => {
  const isWork = action.entrypoint === 'start_mining' || action.entrypoint === 'start_harvesting'
  if (isWork) return accepted ? action : null
  return action.entrypoint === 'move_adventurer' ? null : work
}
