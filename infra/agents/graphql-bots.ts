/**
 * Bots that play for as long as the process lives, each at its own pace, on whatever chain the API
 * shows.
 */

import { createHeadWatch, type HeadWatch } from '../../agents/head-watch.ts'
import { type BotDeed, type BotPlayer, createBotPlayers } from '../../agents/player.ts'
import type { Client } from '../../api/client/client.ts'
import type { Felt } from '../../domain/felt.ts'
import { pause } from '../../domain/waiting/pause.ts'
import { repeatedly } from '../../domain/waiting/persistently.ts'
import { together } from '../../domain/waiting/together.ts'
import { createGraphqlActor } from './graphql-actor.ts'
import { createGraphqlObserver, readHead } from './graphql-observer.ts'

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
  const { client, nowMs, random, report } = options
  const watch = createHeadWatch({
    readHead: (aborted) => readHead(client, aborted),
    nowMs,
    random,
    report,
  })
  const players = createGraphqlBots(options)
  await together(signal, (either) => [
    watch.run(either),
    ...players.map((player) => play(player, watch, options, either)),
  ])
}

const play = async (
  player: BotPlayer,
  watch: HeadWatch,
  { random, report }: RunBotsOptions,
  signal: AbortSignal,
): Promise<void> => {
  const turn = async (): Promise<void> => {
    await watch.waitFor(player.wakeBlock())
    if (signal.aborted) return
    const intention = await player.think(signal)
    if (intention === null) await pause(IDLE_MS, signal)
    else await player.perform(intention, signal)
  }
  await repeatedly(turn, signal, {
    random,
    onRetry: ({ error }) => report(`The bot of account ${player.account} waits: ${error.message}`),
  })
}

/** A bot that waits for the read models, and not for a block, looks again after this long. */
const IDLE_MS = 50
