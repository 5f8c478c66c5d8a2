/** Bots that go to new hexes and look at what is there. */
import { HEX_DIRECTIONS } from '../../../domain/hex.ts'
import {
  DISCOVER_HEX_ENERGY,
  MOVE_ENERGY,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/energy.ts'
import { areaId } from '../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import type { RowOf } from '../game/row-codec.ts'
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

/** A step in each direction, on the felt in which a hex packs its axes at 21 bits each. */
const STEPS: readonly bigint[] = HEX_DIRECTIONS.map(
  ({ x, y, z }) => (BigInt(x) << 42n) + (BigInt(y) << 21n) + BigInt(z),
)

/** Share of moves that are not in the direction that the bot prefers. */
const STRAY_SHARE = 0.3
/** Bots remember this many hexes as theirs. */
const HOLDINGS_MAX = 6

export type Area = RowOf<'HexArea'> & Readonly<{ id: bigint; owner: bigint }>

/** The discovered areas of a hex, in order. */
export const areasOf = ({ realm: { read } }: Bot, hex: bigint): readonly Area[] => {
  const { area_count } = read('Hex', { coordinate: hex })
  return Array.from({ length: area_count }, (_, index) => areaId(hex, index)).flatMap(
    (id): Area[] => {
      const area = read('HexArea', { area_id: id })
      if (!area.is_discovered) return []
      return [{ ...area, id, owner: read('AreaOwnership', { area_id: id }).owner_adventurer_id }]
    },
  )
}

/** Remembers a hex as its own; the oldest of too many is forgotten. */
export const hold = (bot: Bot, hex: bigint): void => {
  bot.holdings = [hex, ...bot.holdings.filter((held) => held !== hex)].slice(0, HOLDINGS_MAX)
}

/** Discovers the unknown areas of the hex on which the bot stands. */
function* survey(bot: Bot, hex: bigint): Script {
  const { controlled, read } = bot.realm
  const { area_count } = read('Hex', { coordinate: hex })
  for (let area_index = 0; area_index < area_count; area_index += 1) {
    if (read('HexArea', { area_id: areaId(hex, area_index) }).is_discovered) continue
    const found = yield* act('discover_area', {
      adventurer_id: bot.id,
      hex_coordinate: hex,
      area_index,
    })
    if (!found || area_index > 0) continue
    controlled.push(hex)
    hold(bot, hex)
  }
}

/**
 * The neighbouring hex to go to: an undiscovered one if there is one, else the one straight ahead.
 */
const nextHex = (bot: Bot, here: bigint): Readonly<{ hex: bigint; isKnown: boolean }> => {
  const first = chance(bot, STRAY_SHARE) ? between(bot, 0, STEPS.length - 1) : bot.heading
  const neighbours = STEPS.map((_, turn) => {
    const step = STEPS[(first + turn) % STEPS.length] as bigint // an index of the list
    return here + step
  })
  const unknown = neighbours.find(
    (hex) => !bot.realm.read('Hex', { coordinate: hex }).is_discovered,
  )
  const hex = unknown ?? (neighbours[0] as bigint) // there are six directions
  return { hex, isKnown: unknown === undefined }
}

/** Goes to a neighbouring hex, discovering it first if it is unknown, and surveys it. */
export function* explore(bot: Bot): Script {
  const { hex, isKnown } = nextHex(bot, selfOf(bot).current_hex)
  if (!(yield* gatherEnergy(bot, MOVE_ENERGY + (isKnown ? 0 : DISCOVER_HEX_ENERGY)))) return
  const isStillUnknown = !bot.realm.read('Hex', { coordinate: hex }).is_discovered
  if (isStillUnknown) {
    if (!(yield* act('discover_hex', { adventurer_id: bot.id, hex_coordinate: hex }))) return
    yield* wait(1)
  }
  const moved = yield* act('move_adventurer', { adventurer_id: bot.id, to_hex_coordinate: hex })
  if (moved) yield* survey(bot, hex)
}
