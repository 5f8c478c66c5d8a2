/**
 * Seeded random players crowded on the origin and its first neighbour: any call of the game, with
 * arguments that often make sense because players remember what they began. So claims, defences,
 * harvests, shifts and collapses all happen.
 */
import type { Random } from '../../../agents/random.ts'
import type { EntrypointName } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import {
  adventurerId,
  areaId,
  areaResourceKey,
  harvestItemId,
  mineKey,
  plantKey,
} from '../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import type { Call } from '../chain/game.ts'
import { callOf } from '../population/deed.ts'
import type { CallRowOf } from './row-codec.ts'
import {
  ALICE,
  BOB,
  type Emitted,
  feltIn,
  numberIn,
  OASIS_HEX,
  ORIGIN_HEX,
} from './scenario.testing.ts'

/** A transaction of a random player. */
export type Play = Readonly<{ calls: readonly Call[]; by: bigint; block: number }>

export type CrowdedPlay = Readonly<{
  /**
   * The first plays: all players are born, the first one discovers both hexes, and all may work the
   * mines.
   */
  opening: readonly Play[]
  next: () => Play
  /**
   * Takes in what a play emitted: where players stand, what they began, which hexes they control,
   * and which of them are dead.
   */
  see: (emitted: readonly Emitted[]) => void
}>

type Player = {
  readonly owner: bigint
  readonly name: bigint
  id: bigint
  hex: bigint
  isAlive: boolean
  /**
   * What the player began last: plant slot, mine and project, and the player with whom it shares
   * the resource under its own id.
   */
  plantId: number
  mine: bigint
  project: bigint
  recipient: bigint
  /** The hex that the player controls, or controlled last. */
  home: bigint
}

const HEXES = [ORIGIN_HEX, OASIS_HEX] as const
const MINE_FIELD = areaId(ORIGIN_HEX, 1)
const PLANT_FIELD = areaId(OASIS_HEX, 1)
const SLOTS = 5
const AREAS = HEXES.flatMap((hex) => [0, 1, 2].map((index) => areaId(hex, index)))
const MINES = Array.from({ length: SLOTS }, (_, at) => mineKey(ORIGIN_HEX, MINE_FIELD, at))
const FIRST_MINE = mineKey(ORIGIN_HEX, MINE_FIELD, 0)
const PLANTS = Array.from({ length: SLOTS }, (_, at) => plantKey(OASIS_HEX, PLANT_FIELD, at))
const MATERIALS = ['PLANT_FIBER', 'PLANT_RESIN'].map(shortString)
const ITEMS = [
  ...PLANTS.map(harvestItemId),
  ...['ORE_IRON', 'ORE_TIN', 'ORE_SILVER'].map(shortString),
  ...MATERIALS,
]
const KINDS = ['SMELTER', 'GREENHOUSE', 'WORKSHOP', 'STOREHOUSE', 'WATCHTOWER', 'SHORING_RIG'].map(
  shortString,
)
const RESOURCES = [areaResourceKey(PLANT_FIELD, 'plant'), FIRST_MINE]
const OWNERS = [ALICE, ALICE, BOB, BOB, BOB]
/** Blocks between two plays: many plays share a block, and a few follow a rest. */
const WAITS = [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 5, 8, 40, 40, 250]
const OPENING_BLOCK = 1

const made = <E extends EntrypointName>(entrypoint: E, args: CallRowOf<E>): (() => Call) => {
  return () => callOf(entrypoint, args)
}

type Choice = Readonly<{ below: (count: number) => number; one: <T>(of: readonly T[]) => T }>

const choiceOf = (random: Random): Choice => {
  const below = (count: number): number => Math.floor(random() * count)
  return { below, one: (of) => of[below(of.length)] as (typeof of)[number] } // an index of the list
}

/** Calls that only make sense where plants grow, or where the mines are. */
const workCalls = ({ below, one }: Choice, player: Player): readonly (() => Call)[] => {
  const id = { adventurer_id: player.id }
  const field = { hex_coordinate: OASIS_HEX, area_id: PLANT_FIELD }
  const begun = { ...id, ...field, plant_id: player.plantId }
  const place = { hex_coordinate: ORIGIN_HEX, area_id: MINE_FIELD, mine_id: below(SLOTS) }
  const mine = { ...id, mine_key: player.mine }
  const harvest = made('start_harvesting', {
    ...id,
    ...field,
    plant_id: below(SLOTS),
    amount: 1 + below(4),
  })
  const harvesting = [
    harvest,
    harvest,
    made('complete_harvesting', begun),
    made('cancel_harvesting', begun),
  ]
  const mining = [
    made('start_mining', { ...id, ...place }),
    made('continue_mining', mine),
    made('continue_mining', mine),
    made('continue_mining', mine),
    made('stabilize_mine', mine),
    made('exit_mining', mine),
    made('repair_mine', { ...mine, energy_amount: one([1, 30, 65_535]) }),
  ]
  return player.hex === OASIS_HEX ? harvesting : mining
}

const tradeCalls = ({ below, one }: Choice, player: Player): readonly (() => Call)[] => {
  const id = { adventurer_id: player.id }
  const at = { hex_coordinate: one(HEXES) }
  const home = { hex_coordinate: player.home }
  const convert = made('convert_items_to_energy', {
    ...id,
    item_id: one(ITEMS),
    quantity: 1 + below(4),
  })
  const item = {
    source_item_id: one(ITEMS),
    target_material: one(MATERIALS),
    quantity: 1 + below(2),
  }
  const claim = made('initiate_hex_claim', { ...id, ...at, energy_offered: one([60, 100, 100]) })
  const defend = made('defend_hex_from_claim', {
    ...id,
    ...home,
    defense_energy: one([60, 80, 100, 100]),
  })
  return [
    ...[convert, convert, claim, claim, defend, defend],
    made('process_plant_material', { ...id, ...item }),
    made('pay_hex_maintenance', { ...id, ...home, amount: 1 + below(80) }),
    made('process_hex_decay', at),
    made('consume_energy', { ...id, amount: below(30) }),
    made('tick_autoregulator', {}),
  ]
}

const buildCalls = ({ below, one }: Choice, player: Player): readonly (() => Call)[] => {
  const id = { adventurer_id: player.id }
  const site = { ...id, hex_coordinate: player.hex, area_id: areaId(player.hex, below(3)) }
  return [
    made('start_construction', { ...site, building_type: one(KINDS) }),
    made('complete_construction', { ...id, project_id: one([player.project, site.area_id]) }),
    made('pay_building_upkeep', { ...site, amount: 1 + below(9) }),
    made('repair_building', { ...site, amount: 1 + below(9) }),
    made('upgrade_building', site),
  ]
}

const shareCalls = (
  { below, one }: Choice,
  player: Player,
  other: bigint,
): readonly (() => Call)[] => {
  // The first caller controls a resource key (quirk 18): under its own id every player has a key
  // that nobody took.
  const change = {
    controller_adventurer_id: player.id,
    resource_key: one([...RESOURCES, player.id, player.id]),
  }
  const access = {
    mine_key: one(MINES),
    controller_adventurer_id: player.id,
    grantee_adventurer_id: other,
  }
  const recipient = one([other, 1n + BigInt(below(9))])
  const rule = { ...change, recipient_adventurer_id: recipient, rule_kind: 'OutputItem' } as const
  return [
    made('transfer_ownership', { area_id: one(AREAS), to_adventurer_id: other }),
    made('grant_mine_access', access),
    made('revoke_mine_access', access),
    made('upsert_resource_policy', {
      ...change,
      resource_kind: 'PlantArea',
      is_enabled: below(20) > 0,
    }),
    made('grant_resource_access', {
      ...change,
      grantee_adventurer_id: other,
      permissions_mask: 1 + below(16),
    }),
    made('revoke_resource_access', { ...change, grantee_adventurer_id: other }),
    made('set_resource_share_rule', { ...rule, share_bp: one([500, 1_000, 3_333, 10_001]) }),
    made('clear_resource_share_rule', { ...rule, recipient_adventurer_id: player.recipient }),
  ]
}

const randomCall = (choice: Choice, player: Player, players: readonly Player[]): Call => {
  const { below, one } = choice
  const id = { adventurer_id: player.id }
  if (below(250) === 0) return callOf('kill_adventurer', { ...id, cause: 1n })
  const elsewhere = player.hex === ORIGIN_HEX ? OASIS_HEX : ORIGIN_HEX
  if (below(12) === 0) return callOf('move_adventurer', { ...id, to_hex_coordinate: elsewhere })
  const kinds = [workCalls, workCalls, workCalls, tradeCalls, tradeCalls, buildCalls, shareCalls]
  return one(one(kinds)(choice, player, one(players).id))()
}

const openingOf = (players: readonly Player[]): readonly Play[] => {
  const births = players.map(({ owner, name }) => ({
    calls: [callOf('create_adventurer', { name })],
    by: owner,
  }))
  const [first] = players
  if (first === undefined) throw new RangeError('There are no players')
  const { id, owner } = first
  const explorer = { adventurer_id: id }
  const reach = (hex: bigint): readonly Call[] => [
    callOf('discover_hex', { ...explorer, hex_coordinate: hex }),
    callOf('move_adventurer', { ...explorer, to_hex_coordinate: hex }),
    ...[0, 1, 2].map((area_index) =>
      callOf('discover_area', { ...explorer, hex_coordinate: hex, area_index }),
    ),
  ]
  const slots = Array.from({ length: SLOTS }, (_, at) => [
    callOf('init_harvesting', { hex_coordinate: OASIS_HEX, area_id: PLANT_FIELD, plant_id: at }),
    callOf('init_mining', { hex_coordinate: ORIGIN_HEX, area_id: MINE_FIELD, mine_id: at }),
  ])
  const discovery = {
    calls: [...reach(OASIS_HEX), ...reach(ORIGIN_HEX), ...slots.flat()],
    by: owner,
  }
  const grants = players.slice(1).flatMap(({ id: grantee_adventurer_id }) =>
    MINES.map((mine_key) =>
      callOf('grant_mine_access', {
        controller_adventurer_id: id,
        mine_key,
        grantee_adventurer_id,
      }),
    ),
  )
  const sharing = { calls: grants, by: owner }
  return [...births, discovery, sharing].map((play) => ({ ...play, block: OPENING_BLOCK }))
}

/** Takes in one emission, for the player that it concerns. */
const remember = (player: Player, one: Emitted): void => {
  const { name } = one
  if (name === 'Adventurer') {
    player.hex = feltIn(one, 'current_hex')
    player.isAlive = one.fields.is_alive === true
  }
  if (name === '*HarvestingStarted') player.plantId = numberIn(one, 'plant_id')
  if (name === '*MiningStarted') player.mine = feltIn(one, 'mine_key')
  if (name === '*ConstructionStarted') player.project = feltIn(one, 'project_id')
  if (name === '*ResourceShareRuleSet') player.recipient = feltIn(one, 'recipient_adventurer_id')
  if (name === 'HexDecayState') player.home = feltIn(one, 'hex_coordinate')
}

export const createCrowdedPlay = (random: Random): CrowdedPlay => {
  const begun = {
    plantId: 0,
    mine: FIRST_MINE,
    project: 0n,
    recipient: 1n,
    home: ORIGIN_HEX,
  }
  const players: readonly Player[] = OWNERS.map((owner, at) => {
    const name = shortString(`P${at}`)
    const id = adventurerId(owner, name, BigInt(OPENING_BLOCK))
    return { owner, name, id, hex: ORIGIN_HEX, isAlive: true, ...begun }
  })
  const choice = choiceOf(random)
  let block = OPENING_BLOCK
  let player = choice.one(players)
  let claimed: bigint | null = null

  /** The controller answers a claim on its hex more often than not. */
  const defence = (): Play | null => {
    const owner = players.find(({ home, isAlive }) => isAlive && home === claimed)
    if (claimed === null || owner === undefined || choice.below(3) === 0) return null
    const id = { adventurer_id: owner.id }
    const defend = callOf('defend_hex_from_claim', {
      ...id,
      hex_coordinate: claimed,
      defense_energy: 100,
    })
    return { calls: [defend], by: owner.owner, block }
  }

  /**
   * A player acts several times in a row, mostly after a rest; dead players are born again under
   * another id.
   */
  const next = (): Play => {
    const answer = defence()
    claimed = null
    if (answer !== null) return answer
    block += choice.one(WAITS)
    if (choice.below(3) === 0) player = choice.one(players)
    if (!player.isAlive && choice.below(2) === 0) {
      player.id = adventurerId(player.owner, player.name, BigInt(block))
      return {
        calls: [callOf('create_adventurer', { name: player.name })],
        by: player.owner,
        block,
      }
    }
    const call = randomCall(choice, player, players)
    const rest = callOf('regenerate_energy', { adventurer_id: player.id })
    return {
      calls: choice.below(4) > 0 ? [rest, call] : [call],
      by: choice.below(30) > 0 ? player.owner : BOB,
      block,
    }
  }

  const see = (emitted: readonly Emitted[]): void => {
    for (const one of emitted) {
      if (one.name === '*ClaimInitiated') claimed = feltIn(one, 'hex')
      const about =
        one.fields.adventurer_id ?? one.fields.owner_adventurer_id ?? one.fields.resource_key
      const who = players.find(({ id }) => id === about)
      if (who !== undefined) remember(who, one)
    }
  }
  return { opening: openingOf(players), next, see }
}
