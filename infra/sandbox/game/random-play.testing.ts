/** Seeded random players: any call of the game with arguments that often make sense, block after block. */
import type { Random } from '../../../agents/random.ts'
import { HEX_DIRECTIONS, packHex } from '../../../domain/hex.ts'
import type { EntrypointName } from '../../../domain/worlds/infinite-hex-adventurers.ts'
import {
  adventurerId,
  areaId,
  areaResourceKey,
  harvestItemId,
  mineKey,
  plantKey,
  projectId,
} from '../../../schemas/worlds/ids.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import type { Call } from '../game.ts'
import { ALICE, BOB, callOf, ORIGIN_HEX } from './scenario.testing.ts'

const HEXES = [ORIGIN_HEX, ...HEX_DIRECTIONS.map((cube) => BigInt(packHex(cube) as string))]
export const PLAYERS = [ALICE, ALICE, BOB, BOB].map((owner, at) => {
  const name = shortString(`P${at}`)
  return { owner, name, id: adventurerId(owner, name, 1n) }
})
const KINDS = ['SMELTER', 'GREENHOUSE', 'WORKSHOP', 'STOREHOUSE', 'WATCHTOWER', 'SHORING_RIG'].map(shortString)
const MATERIALS = ['PLANT_FIBER', 'PLANT_RESIN'].map(shortString)

export type RandomCall = Readonly<{ call: Call; by: bigint; entrypoint: EntrypointName }>

/** One call by one of the players: `hexOf` tells where an adventurer stands. */
export const randomCall = (random: Random, hexOf: (id: bigint) => bigint): RandomCall => {
  const below = (count: number): number => Math.floor(random() * count)
  const one = <T>(of: readonly T[]): T => of[below(of.length)] as T
  const player = one(PLAYERS)
  const other = one(PLAYERS).id
  const id = { adventurer_id: player.id }
  const hex = random() < 0.8 ? hexOf(player.id) : one(HEXES)
  const area = areaId(hex, below(5))
  const place = { hex_coordinate: hex, area_id: area }
  const plant = { ...place, plant_id: below(2) }
  const mine = { mine_key: mineKey(hex, area, 0) }
  const item = one([harvestItemId(plantKey(hex, area, plant.plant_id)), shortString('ORE_IRON'), ...MATERIALS])
  const resource_key = one([areaResourceKey(area, 'plant'), mine.mine_key])
  const change = { controller_adventurer_id: player.id, resource_key }
  const rule = { ...change, recipient_adventurer_id: other, rule_kind: 'OutputItem' } as const
  const kind = one(KINDS)

  const calls: readonly (() => readonly [EntrypointName, Call])[] = [
    () => made('move_adventurer', { ...id, to_hex_coordinate: one(HEXES) }),
    () => made('discover_hex', { ...id, hex_coordinate: one(HEXES) }),
    () => made('discover_area', { ...id, hex_coordinate: hex, area_index: below(6) }),
    () => made('regenerate_energy', id),
    () => made('consume_energy', { ...id, amount: below(30) }),
    () => made('init_harvesting', plant),
    () => made('start_harvesting', { ...id, ...plant, amount: 1 + below(5) }),
    () => made('complete_harvesting', { ...id, ...plant }),
    () => made('cancel_harvesting', { ...id, ...plant }),
    () => made('convert_items_to_energy', { ...id, item_id: item, quantity: 1 + below(4) }),
    () => made('pay_hex_maintenance', { ...id, hex_coordinate: hex, amount: below(80) }),
    () => made('process_hex_decay', { hex_coordinate: one(HEXES) }),
    () => made('initiate_hex_claim', { ...id, hex_coordinate: one(HEXES), energy_offered: 50 + below(51) }),
    () => made('defend_hex_from_claim', { ...id, hex_coordinate: one(HEXES), defense_energy: 50 + below(51) }),
    () => made('transfer_ownership', { area_id: area, to_adventurer_id: other }),
    () => made('init_mining', { ...place, mine_id: 0 }),
    () => made('start_mining', { ...id, ...place, mine_id: 0 }),
    () => made('continue_mining', { ...id, ...mine }),
    () => made('stabilize_mine', { ...id, ...mine }),
    () => made('exit_mining', { ...id, ...mine }),
    () => made('repair_mine', { ...id, ...mine, energy_amount: below(90) }),
    () => made('grant_mine_access', { ...mine, controller_adventurer_id: player.id, grantee_adventurer_id: other }),
    () => made('revoke_mine_access', { ...mine, controller_adventurer_id: player.id, grantee_adventurer_id: other }),
    () =>
      made('process_plant_material', {
        ...id,
        source_item_id: item,
        quantity: 1 + below(2),
        target_material: one(MATERIALS),
      }),
    () => made('start_construction', { ...id, ...place, building_type: kind }),
    () => made('complete_construction', { ...id, project_id: one([area, projectId(player.id, area, kind, 1)]) }),
    () => made('pay_building_upkeep', { ...id, ...place, amount: below(9) }),
    () => made('repair_building', { ...id, ...place, amount: below(9) }),
    () => made('upgrade_building', { ...id, ...place }),
    () => made('upsert_resource_policy', { ...change, resource_kind: 'PlantArea', is_enabled: random() < 0.9 }),
    () => made('grant_resource_access', { ...change, grantee_adventurer_id: other, permissions_mask: 1 + below(16) }),
    () => made('revoke_resource_access', { ...change, grantee_adventurer_id: other }),
    () => made('set_resource_share_rule', { ...rule, share_bp: below(6_000) }),
    () => made('clear_resource_share_rule', rule),
    () => made('tick_autoregulator', {}),
  ]
  const [entrypoint, call] = one(calls)()
  return { entrypoint, call, by: random() < 0.97 ? player.owner : BOB }
}

const made = <E extends EntrypointName>(entrypoint: E, args: Parameters<typeof callOf<E>>[1]): readonly [E, Call] => [
  entrypoint,
  callOf(entrypoint, args),
]
