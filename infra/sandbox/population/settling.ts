/** Bots that build, share what they own, give it away, and keep the regulator going. */
import {
  BUILDING_KINDS,
  BUILDINGS,
  PLANT_MATERIALS,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/buildings.ts'
import {
  PERMISSION_EXTRACT,
  PERMISSION_INSPECT,
  SHARING_COOLDOWN_BLOCKS,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/sharing.ts'
import {
  areaResourceKey,
  harvestItemId,
  mineKey,
  plantKey,
} from '../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import { type Area, areasOf } from './exploring.ts'
import {
  act,
  anyOf,
  attempt,
  type Bot,
  between,
  chance,
  gatherEnergy,
  type Script,
  selfOf,
  wait,
} from './script.ts'

/** Energy for a change of sharing, with some to spare. */
const SHARING_ENERGY = 10
const UPKEEP_ENERGY = 10
const SHARE_BP = 1_000
/** Share of the gifts that are made: a bot that gives away too much has nothing left to work on. */
const GIFT_SHARE = 0.3
const MINE_SLOT = 0

const ownAreas = (bot: Bot): readonly Area[] =>
  areasOf(bot, selfOf(bot).current_hex).filter(({ owner }) => owner === bot.id)

/** Makes building material from the harvest of a field's first plant. */
function* processHarvest(bot: Bot, { hex_coordinate, id, area_type }: Area): Script {
  if (area_type !== 'PlantField') return
  const source_item_id = harvestItemId(plantKey(hex_coordinate, id, 0))
  const { quantity } = bot.realm.read('BackpackItem', {
    adventurer_id: bot.id,
    item_id: source_item_id,
  })
  const target_material = shortString(anyOf(bot, PLANT_MATERIALS) ?? PLANT_MATERIALS[0])
  if (quantity === 0) return
  yield* act('process_plant_material', {
    adventurer_id: bot.id,
    source_item_id,
    quantity,
    target_material,
  })
}

/**
 * Builds on an area of its own here, or maintains the building that stands there; false when it has
 * no area.
 */
export function* build(bot: Bot): Script<boolean> {
  const area = anyOf(bot, ownAreas(bot))
  if (area === null) return false
  yield* processHarvest(bot, area)
  const site = { adventurer_id: bot.id, hex_coordinate: area.hex_coordinate, area_id: area.id }
  const { tier } = bot.realm.read('ConstructionBuildingNode', { area_id: area.id })
  if (tier > 0) {
    if (!(yield* gatherEnergy(bot, UPKEEP_ENERGY))) return false
    const care = chance(bot, 0.5) ? 'pay_building_upkeep' : 'repair_building'
    return yield* act(care, { ...site, amount: UPKEEP_ENERGY })
  }
  const kind = anyOf(bot, BUILDING_KINDS) ?? BUILDING_KINDS[0]
  if (kind === undefined || !(yield* gatherEnergy(bot, BUILDINGS[kind].stakeEnergy))) return false
  const { accepted, returned } = yield* attempt('start_construction', {
    ...site,
    building_type: shortString(kind),
  })
  const [project_id] = returned
  if (!accepted || project_id === undefined) return false
  yield* wait(BUILDINGS[kind].buildBlocks)
  return yield* act('complete_construction', { adventurer_id: bot.id, project_id })
}

/**
 * Makes one change of sharing after the other, each as soon as the cooldown of the last one allows,
 * until one is refused.
 */
function* shareWith(bot: Bot, fellow: bigint, resource_key: bigint): Script<boolean> {
  const change = { controller_adventurer_id: bot.id, resource_key }
  const ready = function* (): Script<boolean> {
    yield* wait(SHARING_COOLDOWN_BLOCKS)
    return yield* gatherEnergy(bot, SHARING_ENERGY)
  }
  if (!(yield* gatherEnergy(bot, SHARING_ENERGY))) return false
  if (
    !(yield* act('upsert_resource_policy', {
      ...change,
      resource_kind: 'PlantArea',
      is_enabled: true,
    }))
  )
    return false
  const permissions_mask = PERMISSION_INSPECT | PERMISSION_EXTRACT
  const grantee = { ...change, grantee_adventurer_id: fellow }
  if (!(yield* ready()) || !(yield* act('grant_resource_access', { ...grantee, permissions_mask })))
    return true
  const rule = { ...change, recipient_adventurer_id: fellow, rule_kind: 'OutputItem' } as const
  if (
    !(yield* ready()) ||
    !(yield* act('set_resource_share_rule', { ...rule, share_bp: SHARE_BP }))
  )
    return true
  if (!(yield* ready()) || !(yield* act('clear_resource_share_rule', rule))) return true
  if (yield* ready()) yield* act('revoke_resource_access', grantee)
  return true
}

/** Grants another adventurer access to a mine of its own, and revokes it later. */
function* lendMine(bot: Bot, fellow: bigint, { hex_coordinate, id }: Area): Script<boolean> {
  const mine_key = mineKey(hex_coordinate, id, MINE_SLOT)
  const isKnown = bot.realm.read('MineNode', { mine_key }).collapse_threshold > 0
  if (!isKnown && !(yield* act('init_mining', { hex_coordinate, area_id: id, mine_id: MINE_SLOT })))
    return false
  const access = { controller_adventurer_id: bot.id, mine_key, grantee_adventurer_id: fellow }
  if (!(yield* act('grant_mine_access', access))) return false
  yield* wait(between(bot, SHARING_COOLDOWN_BLOCKS, 2 * SHARING_COOLDOWN_BLOCKS))
  return yield* act('revoke_mine_access', access)
}

/**
 * Shares an area of its own here with another adventurer, or gives it away; false when it has none.
 */
export function* share(bot: Bot): Script<boolean> {
  const area = anyOf(bot, ownAreas(bot))
  const fellow = anyOf(bot, bot.realm.born)
  if (area === null || fellow === null || fellow === bot.id) return false
  if (area.area_type === 'PlantField')
    return yield* shareWith(bot, fellow, areaResourceKey(area.id, 'plant'))
  if (area.area_type === 'MineField') return yield* lendMine(bot, fellow, area)
  if (!chance(bot, GIFT_SHARE)) return false
  return yield* act('transfer_ownership', { area_id: area.id, to_adventurer_id: fellow })
}

/** Ticks the regulator; most ticks come too early, and the game ignores those. */
export function* regulate(): Script<boolean> {
  return yield* act('tick_autoregulator', {})
}
