/**
 * The vocabulary in which the lives of bots are written: generators that yield what a bot does
 * next, or how long it waits, and receive the outcome. Scripts look at the game's own rows as they
 * are at the end of the last block.
 */

import type { Random } from '../../../agents/random.ts'
import type { PersonaName } from '../../../agents/worlds/infinite-hex-adventurers/utility/persona.ts'
import type { EntrypointName } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { blockWhenEnergyReaches } from '../../../domain/worlds/infinite-hex-adventurers/rules/energy.ts'
import type { Call } from '../chain/game.ts'
import type { CallRowOf, RowOf } from '../game/row-codec.ts'
import type { World } from '../game/system.ts'
import { callOf } from './deed.ts'

/**
 * Does something in the next block, or looks again at the end of a later one; `waitBlocks` is at
 * least 1.
 */
export type Wish =
  | Readonly<{ entrypoint: EntrypointName; call: Call }>
  | Readonly<{ waitBlocks: number }>

/**
 * The outcome of a wish: whether the game accepted the call, and what it returned. Waiting always
 * succeeds.
 */
export type Outcome = Readonly<{ accepted: boolean; returned: readonly bigint[] }>

export type Script<T = void> = Generator<Wish, T, Outcome>

/** What all bots know. */
export type Realm = Readonly<{
  read: World['read']
  /** Hexes that came under somebody's control, in that order. */
  controlled: bigint[]
  /** Adventurers in the order of their births, including dead ones. */
  born: bigint[]
}>

export type Bot = {
  readonly name: bigint
  readonly persona: PersonaName
  /** 0 … 5: the direction in which it prefers to go. */
  readonly heading: number
  readonly random: Random
  readonly realm: Realm
  /** The last block; the bot sees the world at its end. */
  block: number
  /** Its adventurer; 0 before its first birth. */
  id: bigint
  /** Hexes that it took control of, newest first. */
  holdings: bigint[]
}

/** Calls an entrypoint in the next block. */
export function* attempt<N extends EntrypointName>(
  entrypoint: N,
  args: CallRowOf<N>,
): Script<Outcome> {
  return yield { entrypoint, call: callOf(entrypoint, args) }
}

/** Calls an entrypoint in the next block; whether the game accepted it. */
export function* act<N extends EntrypointName>(entrypoint: N, args: CallRowOf<N>): Script<boolean> {
  const { accepted } = yield* attempt(entrypoint, args)
  return accepted
}

export function* wait(waitBlocks: number): Script {
  yield { waitBlocks: Math.max(1, waitBlocks) }
}

export const selfOf = ({ id, realm }: Bot): RowOf<'Adventurer'> =>
  realm.read('Adventurer', { adventurer_id: id })

export const chance = ({ random }: Bot, share: number): boolean => random() < share

/** Any of the items; null when there is none. */
export const anyOf = <T>({ random }: Bot, items: readonly T[]): T | null =>
  items[Math.floor(random() * items.length)] ?? null

/** A whole number from `least` to `most`. */
export const between = ({ random }: Bot, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1))

/**
 * Rests until this much energy is stored, and has it written down; false when that can never
 * happen.
 */
export function* gatherEnergy(bot: Bot, energy: number): Script<boolean> {
  const { energy: stored, is_alive, max_energy: maxEnergy } = selfOf(bot)
  if (!is_alive || stored >= energy) return is_alive
  const economics = bot.realm.read('AdventurerEconomics', { adventurer_id: bot.id })
  const lastRegenBlock = Number(economics.last_regen_block)
  const ready = blockWhenEnergyReaches(
    energy,
    { energy: stored, maxEnergy, lastRegenBlock },
    bot.block,
  )
  if (ready === null) return false
  if (ready > bot.block + 1) yield* wait(ready - bot.block - 1)
  yield* act('regenerate_energy', { adventurer_id: bot.id })
  return selfOf(bot).energy >= energy
}
