/**
 * Bots that play for as long as the process lives, each at its own pace, on whatever chain the API
 * shows.
 */
import type { Client } from '../../api/client/client.ts'
import { messageOf, RetryableError } from '../../domain/errors.ts'
import type { Felt } from '../../domain/felt.ts'
import { backoffMs, raceWithin } from '../backoff.ts'
import { type BotDeed, type BotPlayer, createBotPlayers } from './bot-player.ts'
import { createGraphqlActor } from './graphql-actor.ts'
import { createGraphqlObserver, readHead } from './graphql-observer.ts'
import { createHeadWatch, type HeadWatch } from './head-watch.ts'

export type RunBotsOptions = Readonly<{
  /** Bears the operator token. */
  client: Client
  /** One bot for each; each has to be one that commands can be signed for. */
  accounts: readonly Felt[]
  seed: number
  nowMs: () => number
  /** 0 ≤ random < 1, for jitter. */
  random: () => number
  /** Told of every failure that will be tried again. */
  report: (problem: string) => void
  /** Told of everything that was done; nothing when absent. */
  onDeed?: (deed: BotDeed) => void
}>

/** Bots that see and act through a client. */
export const createGraphqlBots = (
  options: Pick<RunBotsOptions, 'client' | 'accounts' | 'seed' | 'random' | 'onDeed'>,
): readonly BotPlayer[] => {
  const { client, accounts, seed, random, onDeed } = options
  const observe = createGraphqlObserver(client)
  const act = createGraphqlActor(client, random)
  return createBotPlayers({
    accounts,
    seed,
    observe,
    act,
    ...(onDeed === undefined ? {} : { onDeed }),
  })
}

/** Plays until the signal aborts. Throws only what trying again cannot help. */
export const runBots = async (options: RunBotsOptions, signal: AbortSignal): Promise<void> => {
  const ending = new AbortController()
  const either = AbortSignal.any([signal, ending.signal])
  const { client, nowMs, random, report } = options
  const watch = createHeadWatch({
    readHead: (aborted) => readHead(client, aborted),
    nowMs,
    random,
    report,
  })
  const players = createGraphqlBots(options)
  const running = [
    watch.run(either),
    ...players.map((player) => play(player, watch, options, either)),
  ]
  try {
    await Promise.all(running)
  } finally {
    ending.abort()
    await Promise.allSettled(running)
  }
}

const play = async (
  player: BotPlayer,
  watch: HeadWatch,
  { random, report }: RunBotsOptions,
  signal: AbortSignal,
): Promise<void> => {
  let failures = 0
  while (!signal.aborted) {
    await watch.waitFor(player.wakeBlock())
    if (signal.aborted) return
    try {
      const intention = await player.think(signal)
      if (intention === null) await raceWithin(idleMs, signal)
      else await player.perform(intention, signal)
      failures = 0
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof RetryableError)) throw error
      failures += 1
      report(`The bot of account ${player.account} waits: ${messageOf(error)}`)
      await raceWithin(backoffMs(failures, random), signal)
    }
  }
}

/** A bot that waits for the read models, and not for a block, looks again after this long. */
const idleMs = 50
