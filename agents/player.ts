/**
 * One bot: its persona, its memory, and its way to see and to act. When it plays is up to whoever
 * runs it.
 */

import { FatalError } from '../domain/errors.ts'
import { type Felt, feltOfShortString } from '../domain/felt.ts'
import type { Act, ActionEnd } from './act.ts'
import { createRandom } from './random.ts'
import type { Action } from './worlds/infinite-hex-adventurers/candidates/candidate.ts'
import { nameOf } from './worlds/infinite-hex-adventurers/names.ts'
import type { Observe } from './worlds/infinite-hex-adventurers/observation.ts'
import { personasOf } from './worlds/infinite-hex-adventurers/utility/persona.ts'
import {
  afterAction,
  type Bot,
  type BotMemory,
  type Decision,
  decide,
  EMPTY_MEMORY,
} from './worlds/infinite-hex-adventurers/utility/utility-strategy.ts'

/** What a bot did, for whoever watches. */
export type BotDeed = Readonly<{ account: Felt; action: Action; why: string; end: ActionEnd }>

export type BotPlayersOptions = Readonly<{
  /** One bot for each; each has to be one that commands can be signed for. */
  accounts: readonly Felt[]
  /** The same seed plays the same game, as far as the world answers the same. */
  seed: number
  observe: Observe
  act: Act
  /** Told of everything that was done; nothing when absent. */
  onDeed?: (deed: BotDeed) => void
}>

export type Intention = Readonly<{ action: Action; why: string; key: string }>

export type BotPlayer = Readonly<{
  account: Felt
  /** First block at whose end it wants to think. */
  wakeBlock: () => number
  /** Looks and decides; null when it would rather wait. */
  think: (signal: AbortSignal) => Promise<Intention | null>
  /**
   * Carries an intention out and remembers how it ended. `onSent` is told when its transaction is
   * on its way.
   */
  perform: (intention: Intention, signal: AbortSignal, onSent?: () => void) => Promise<void>
}>

/** Bots with the mix of personas of game.md §6.4, by account. */
export const createBotPlayers = (options: BotPlayersOptions): readonly BotPlayer[] => {
  const personas = personasOf(options.accounts.length)
  return options.accounts.map((account, index) => {
    const persona = personas[index]
    const name = feltOfShortString(nameOf(index))
    if (persona === undefined || name === null)
      throw new FatalError(`Bot ${index} has no persona or no printable name`)
    return createBotPlayer(options, account, index, { persona, name })
  })
}

const createBotPlayer = (
  options: BotPlayersOptions,
  account: Felt,
  index: number,
  bot: Bot,
): BotPlayer => {
  const { observe, act, seed, onDeed } = options
  let memory: BotMemory = EMPTY_MEMORY
  let wakeBlock = 0

  const think = async (signal: AbortSignal): Promise<Intention | null> => {
    const { adventurerId, position, watched } = memory
    const query = { account, adventurerId, position, radius: bot.persona.sightRadius, watched }
    const observation = await observe(query, signal)
    // Before its own last deed shows in the read models, it would decide on what is no longer so.
    if (observation === null || observation.block < memory.lastAcceptedBlock) return null
    const decision: Decision = decide(
      bot,
      observation,
      memory,
      createRandom(seed, index, observation.block),
    )
    memory = decision.memory
    wakeBlock = decision.waitUntilBlock
    if (decision.action === null) return null
    const key = `bot-${observation.block}-${decision.action.entrypoint}`
    return { action: decision.action, why: decision.why, key }
  }

  return {
    account,
    wakeBlock: () => wakeBlock,
    think,
    perform: async ({ action, why, key }, signal, onSent) => {
      const end = await act({ account, action, key }, signal, onSent)
      memory = afterAction(
        memory,
        action,
        end.accepted ? end : { ...end, block: Math.max(end.block, wakeBlock) },
      )
      onDeed?.({ account, action, why, end })
    },
  }
}
