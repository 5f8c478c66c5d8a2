/**
 * Bots at work on a hex of their own: they harvest, work shifts, and turn what they gain into
 * energy.
 */
import { CONVERSION_RATE_DEFAULT } from '../../../domain/worlds/infinite-hex-adventurers/rules/conversion.ts'
import { ENERGY_MAX } from '../../../domain/worlds/infinite-hex-adventurers/rules/energy.ts'
import {
  HARVEST_BLOCKS_PER_UNIT,
  HARVEST_ENERGY_PER_UNIT,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/harvest.ts'
import {
  harvestItemId,
  mineKey,
  plantKey,
} from '../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import type { RowOf } from '../game/row-codec.ts'
import { type Area, areasOf } from './exploring.ts'
import {
  act,
  type Bot,
  between,
  chance,
  gatherEnergy,
  type Script,
  selfOf,
  wait,
} from './script.ts'

/** Most units of one harvest. */
const HARVEST_UNITS_MAX = 5
/** Harvests and shifts of one stay at a place. */
const TURNS_MAX = 12
/** Share of turns after which a bot stops although it could go on. */
const TIRED_SHARE = 0.08
/** Share of harvests that are broken off half-way. */
const CANCEL_SHARE = 0.03
/** Energy with which a shift begins, and below which it ends. */
const SHIFT_ENERGY = 60
const SHIFT_ENERGY_MIN = 12
/** Shifts end by themselves after at most this many ticks. */
const SHIFT_TICKS_MAX = 40
/**
 * Shares of the stress at which a mine collapses: from the first on a miner shores it up, from the
 * second on the miner leaves.
 */
const STRESS_TO_STABILISE = 0.35
const STRESS_TO_LEAVE = 0.55
/** Share of shifts whose miner ignores stress, so that mines collapse now and then. */
const RECKLESS_SHARE = 0.01
/** Every mine field has a mine in its first slot. */
const MINE_SLOT = 0

/** Converts as much of an item as there is room for its energy. */
function* convert(bot: Bot, item: bigint): Script<boolean> {
  const { quantity: stored } = bot.realm.read('BackpackItem', {
    adventurer_id: bot.id,
    item_id: item,
  })
  const quantity = Math.min(
    stored,
    Math.floor((ENERGY_MAX - selfOf(bot).energy) / CONVERSION_RATE_DEFAULT),
  )
  if (quantity < 1) return false
  return yield* act('convert_items_to_energy', { adventurer_id: bot.id, item_id: item, quantity })
}

type PlantPlace = Readonly<{ hex_coordinate: bigint; area_id: bigint; plant_id: number }>

/** Reserves and harvests some of a plant's yield; false when there is none. */
function* harvest(bot: Bot, place: PlantPlace, plant: bigint): Script<boolean> {
  const { current_yield, reserved_yield } = bot.realm.read('PlantNode', { plant_key: plant })
  const amount = Math.min(current_yield - reserved_yield, between(bot, 2, HARVEST_UNITS_MAX))
  if (amount < 1 || !(yield* gatherEnergy(bot, amount * HARVEST_ENERGY_PER_UNIT))) return false
  const actor = { adventurer_id: bot.id, ...place }
  if (!(yield* act('start_harvesting', { ...actor, amount }))) return false
  if (chance(bot, CANCEL_SHARE)) {
    yield* wait(amount)
    return yield* act('cancel_harvesting', actor)
  }
  yield* wait(amount * HARVEST_BLOCKS_PER_UNIT - 1)
  return yield* act('complete_harvesting', actor)
}

/** Harvests one plant of a field for as long as it pays. */
function* workField(bot: Bot, { hex_coordinate, id: area_id, plant_slot_count }: Area): Script {
  const place = { hex_coordinate, area_id, plant_id: between(bot, 0, plant_slot_count - 1) }
  const plant = plantKey(hex_coordinate, area_id, place.plant_id)
  const isKnown = bot.realm.read('PlantNode', { plant_key: plant }).max_yield > 0
  if (!isKnown && !(yield* act('init_harvesting', place))) return
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    if (!(yield* harvest(bot, place, plant))) return
    yield* convert(bot, harvestItemId(plant))
    if (chance(bot, TIRED_SHARE)) return
  }
}

const stressOf = ({ mine_stress, collapse_threshold }: RowOf<'MineNode'>): number =>
  mine_stress / collapse_threshold

/** Works ticks until the mine or the miner is exhausted; the miner may die. */
function* shift(bot: Bot, mine_key: bigint): Script {
  const actor = { adventurer_id: bot.id, mine_key }
  const stressMax = chance(bot, RECKLESS_SHARE) ? 1 : STRESS_TO_LEAVE
  const ticks = between(bot, SHIFT_TICKS_MAX / 4, SHIFT_TICKS_MAX)
  for (let tick = 0; tick < ticks; tick += 1) {
    const mine = bot.realm.read('MineNode', { mine_key })
    if (mine.is_depleted || stressOf(mine) >= stressMax || selfOf(bot).energy < SHIFT_ENERGY_MIN)
      break
    const isTense = stressMax < 1 && stressOf(mine) >= STRESS_TO_STABILISE
    if (!(yield* act(isTense ? 'stabilize_mine' : 'continue_mining', actor))) break
  }
  if (selfOf(bot).is_alive) yield* act('exit_mining', actor)
}

/** Repairs a collapsed mine as far as the energy goes; returns whether it is open. */
function* reopen(bot: Bot, mine_key: bigint): Script<boolean> {
  const { repair_energy_needed: needed } = bot.realm.read('MineNode', { mine_key })
  if (needed === 0) return true
  const energy_amount = Math.min(needed, SHIFT_ENERGY)
  if (!(yield* gatherEnergy(bot, energy_amount))) return false
  const mended = yield* act('repair_mine', { adventurer_id: bot.id, mine_key, energy_amount })
  return mended && energy_amount === needed
}

/** Works shifts in the mine of an area for as long as it pays. */
function* workMine(bot: Bot, { hex_coordinate, id: area_id }: Area): Script {
  const place = { hex_coordinate, area_id, mine_id: MINE_SLOT }
  const mine_key = mineKey(hex_coordinate, area_id, MINE_SLOT)
  const mineNow = (): RowOf<'MineNode'> => bot.realm.read('MineNode', { mine_key })
  if (mineNow().collapse_threshold === 0 && !(yield* act('init_mining', place))) return
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    if (mineNow().is_depleted || !(yield* reopen(bot, mine_key))) return
    if (stressOf(mineNow()) >= STRESS_TO_LEAVE || !(yield* gatherEnergy(bot, SHIFT_ENERGY))) return
    if (!(yield* act('start_mining', { adventurer_id: bot.id, ...place }))) return
    yield* shift(bot, mine_key)
    yield* convert(bot, mineNow().ore_id)
    if (chance(bot, TIRED_SHARE)) return
  }
}

/**
 * Works in an area of its own here, of the wanted type if it has one; false when it has no such
 * field.
 */
export function* work(bot: Bot, wanted: 'PlantField' | 'MineField'): Script<boolean> {
  const own = areasOf(bot, selfOf(bot).current_hex).filter(({ owner }) => owner === bot.id)
  const area =
    own.find(({ area_type }) => area_type === wanted) ??
    own.find(({ area_type }) => area_type === 'PlantField' || area_type === 'MineField')
  if (area === undefined) return false
  yield* area.area_type === 'MineField' ? workMine(bot, area) : workField(bot, area)
  return true
}
