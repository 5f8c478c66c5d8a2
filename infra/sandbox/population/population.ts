/**
 * A seeded population that plays on the game itself, a block a round: every bot follows the script
 * of its life (life.ts) and sees the world as it is at the end of the last block, as bots that play
 * over the API do. Bots that wait cost nothing.
 */
import { createRandom } from '../../../agents/random.ts'
import { nameOf } from '../../../agents/worlds/infinite-hex-adventurers/names.ts'
import { personasOf } from '../../../agents/worlds/infinite-hex-adventurers/utility/persona.ts'
import { HEX_DIRECTIONS } from '../../../domain/hex.ts'
import type { EntrypointName } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import { type Call, type CallResult, CallReverted } from '../chain/game.ts'
import type { World } from '../game/system.ts'
import { isAccepted } from './deed.ts'
import { liveOn } from './life.ts'
import type { Bot, Outcome, Realm, Script } from './script.ts'

/** What a bot does in a block. */
export type Deed = Readonly<{
  bot: number
  account: bigint
  entrypoint: EntrypointName
  call: Call
}>

export type Population = Readonly<{
  /** What the bots do in the block after this one. */
  deeds: (block: number) => readonly Deed[]
  /** Takes in the outcome of a deed. */
  settle: (deed: Deed, outcome: readonly CallResult[] | CallReverted) => void
}>

export type PopulationOptions = Readonly<{
  seed: number
  bots: number
  /** The bots come into the world over so many blocks. */
  joinBlocks: number
  /** Rows of the world as they are. */
  read: World['read']
}>

/** Which bots to visit at the end of which block. Blocks come one after the other. */
const createAgenda = () => {
  const visits = new Map<number, number[]>()
  return {
    add: (block: number, index: number): void => {
      const known = visits.get(block)
      if (known === undefined) visits.set(block, [index])
      else known.push(index)
    },
    /** All bots that are due at the end of this block, by index. */
    take: (block: number): readonly number[] => {
      const due = visits.get(block) ?? []
      visits.delete(block)
      return due.sort((a, b) => a - b)
    },
  }
}

/**
 * Account of the bot with this index in a world without keys: no curve is involved, so it costs
 * nothing.
 */
const keylessAccount = (index: number): bigint => 0xb07_0000_0000n + BigInt(index)

const NOTHING_HAPPENED: Outcome = { accepted: true, returned: [] }

type Player = {
  readonly bot: Bot
  readonly account: bigint
  readonly script: Script
  outcome: Outcome
}

const playersOf = ({ bots, read, seed }: PopulationOptions): readonly Player[] => {
  const realm: Realm = { read, controlled: [], born: [] }
  return personasOf(bots).map(({ name: persona }, index) => {
    const bot: Bot = {
      name: shortString(nameOf(index)), // names are short and ASCII
      persona,
      heading: index % HEX_DIRECTIONS.length,
      random: createRandom(seed, index),
      realm,
      block: 0,
      id: 0n,
      holdings: [],
    }
    return { bot, account: keylessAccount(index), script: liveOn(bot), outcome: NOTHING_HAPPENED }
  })
}

/** `bots` players, all from the same seed. */
export const createPopulation = (options: PopulationOptions): Population => {
  const { bots, joinBlocks } = options
  const players = playersOf(options)
  const agenda = createAgenda()
  for (const index of players.keys()) agenda.add(Math.floor((index * joinBlocks) / bots), index)

  /** What a visited bot does now; null when it waits. Its next visit is on the agenda. */
  const deedOf = (index: number, block: number): Deed | null => {
    const player = players[index] as Player // the agenda has indices of the list
    const { account, bot, outcome, script } = player
    bot.block = block
    player.outcome = NOTHING_HAPPENED
    const { done, value: wish } = script.next(outcome)
    if (done === true) return null
    agenda.add(block + ('waitBlocks' in wish ? wish.waitBlocks : 1), index)
    return 'waitBlocks' in wish ? null : { bot: index, account, ...wish }
  }
  return {
    deeds: (block) =>
      agenda
        .take(block)
        .map((index) => deedOf(index, block))
        .filter((deed) => deed !== null),
    settle: ({ bot, entrypoint }, outcome) => {
      const player = players[bot] as Player // `deeds` returned the deed
      const [result] = outcome instanceof CallReverted ? [] : outcome
      const accepted = result !== undefined && isAccepted(entrypoint, result.events)
      player.outcome = { accepted, returned: result?.returned ?? [] }
    },
  }
}
