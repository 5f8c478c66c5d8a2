/** Bots that hold hexes against decay and claims, and bots that take them. */
import {
  CLAIM_TIMEOUT_BLOCKS,
  claimIsImmediate,
  escrowExpired,
  isClaimable,
  minimumClaimOf,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/claim.ts'
import {
  CLAIMABLE_DECAY_LEVEL,
  projectedDecay,
  upkeepOf,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import { claimId } from '../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import type { RowOf } from '../game/row-codec.ts'
import { hold } from './exploring.ts'
import { act, anyOf, type Bot, chance, gatherEnergy, type Script, selfOf, wait } from './script.ts'

/** A holder pays when due decay would bring its hex above this level. */
const DECAY_LEVEL_MAX = 60
/** Upkeeps that are paid at once. */
const UPKEEPS_PAID = 2
/** Share of attacks against which a holder defends. */
const DEFEND_SHARE = 0.7
/** Hexes that a raider looks at in search of a neglected one. */
const LOOKS_MAX = 6
/** Some claims would only lock energy; a raider makes this share of them all the same. */
const PRESSURE_SHARE = 0.4

type Decay = RowOf<'HexDecayState'>

const decayOf = ({ realm }: Bot, hex: bigint): Decay =>
  realm.read('HexDecayState', { hex_coordinate: hex })

const upkeepAt = ({ realm }: Bot, hex: bigint): number =>
  upkeepOf(realm.read('Hex', { coordinate: hex }).biome)

/** Decay level of a hex if the periods that are due were charged now. */
const dueLevel = (bot: Bot, hex: bigint, state: Decay): number =>
  projectedDecay(
    {
      level: state.decay_level,
      reserve: state.current_energy_reserve,
      lastProcessedBlock: Number(state.last_decay_processed_block),
    },
    bot.realm.read('Hex', { coordinate: hex }).biome,
    bot.block,
  ).level

/** Energy that somebody else's claim on a hex has locked; null when there is no such claim. */
const attackOn = ({ block, id, realm }: Bot, hex: bigint): number | null => {
  const escrow = realm.read('ClaimEscrow', { claim_id: claimId(hex) })
  if (escrow.status !== 'Active' || escrow.claimant_adventurer_id === id) return null
  return escrowExpired(Number(escrow.expiry_block), block + 1) ? null : escrow.energy_locked
}

/** Beats a claim on its hex, if it has the energy before the claim runs out. */
function* defend(bot: Bot, hex: bigint): Script {
  const locked = attackOn(bot, hex)
  if (locked === null || !chance(bot, DEFEND_SHARE) || !(yield* gatherEnergy(bot, locked))) return
  const defense_energy = attackOn(bot, hex)
  if (defense_energy === null) return
  yield* act('defend_hex_from_claim', {
    adventurer_id: bot.id,
    hex_coordinate: hex,
    defense_energy,
  })
}

/**
 * Looks after the hexes that it holds: forgets those that it lost, defends and pays for the others.
 */
export function* tendHoldings(bot: Bot): Script {
  for (const hex of bot.holdings) {
    const state = decayOf(bot, hex)
    if (state.owner_adventurer_id !== bot.id) {
      bot.holdings = bot.holdings.filter((held) => held !== hex)
      continue
    }
    yield* defend(bot, hex)
    if (dueLevel(bot, hex, state) <= DECAY_LEVEL_MAX) continue
    const amount = Math.min(UPKEEPS_PAID * upkeepAt(bot, hex), selfOf(bot).max_energy)
    if (!(yield* gatherEnergy(bot, amount))) return
    yield* act('pay_hex_maintenance', { adventurer_id: bot.id, hex_coordinate: hex, amount })
  }
}

/**
 * A claim that locks energy and gains nothing: after it has run out, a second claim that is too
 * small makes the game pay the energy back.
 */
function* pressure(
  bot: Bot,
  claim: Readonly<{ adventurer_id: bigint; hex_coordinate: bigint }>,
  offer: number,
): Script {
  if (!chance(bot, PRESSURE_SHARE)) return
  if (!(yield* act('initiate_hex_claim', { ...claim, energy_offered: offer }))) return
  yield* wait(CLAIM_TIMEOUT_BLOCKS + 1)
  yield* act('initiate_hex_claim', { ...claim, energy_offered: 1 })
}

/** Has the decay of a hex recorded when that makes it claimable, and claims the hex if it can. */
function* raidHex(bot: Bot, hex: bigint): Script {
  if (decayOf(bot, hex).decay_level < CLAIMABLE_DECAY_LEVEL)
    yield* act('process_hex_decay', { hex_coordinate: hex })
  const state = decayOf(bot, hex)
  const since = Number(state.claimable_since_block)
  if (!isClaimable(state.decay_level, since)) return
  const offer = minimumClaimOf(upkeepAt(bot, hex), state.decay_level)
  if (!(yield* gatherEnergy(bot, offer))) return
  const claim = { adventurer_id: bot.id, hex_coordinate: hex }
  if (!claimIsImmediate(since, bot.block + 1)) return yield* pressure(bot, claim, offer)
  if (yield* act('initiate_hex_claim', { ...claim, energy_offered: offer })) hold(bot, hex)
}

/** Looks for a neglected hex of another adventurer and raids it; false when it finds none. */
export function* raid(bot: Bot): Script<boolean> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const hex = anyOf(bot, bot.realm.controlled)
    if (hex === null) return false
    const state = decayOf(bot, hex)
    if (state.owner_adventurer_id === bot.id || dueLevel(bot, hex, state) < CLAIMABLE_DECAY_LEVEL)
      continue
    yield* raidHex(bot, hex)
    return true
  }
  return false
}
