/** The bots that come with the system: they see and act through the public GraphQL API. */
import type { Deed, Player } from '../../agents/player.ts'
import { runPlayers } from '../../agents/runner.ts'
import { createBots } from '../../agents/worlds/infinite-hex-adventurers/bots.ts'
import { createUtilityStrategy } from '../../agents/worlds/infinite-hex-adventurers/utility/utility-strategy.ts'
import type { Client } from '../../api/client/client.ts'
import type { Felt } from '../../domain/felt.ts'
import { createGraphqlActor } from './graphql-actor.ts'
import { createGraphqlObserver, readHead } from './graphql-observer.ts'

export type GraphqlBotsOptions = Readonly<{
  /** Bears the operator token. */
  client: Client
  /** One bot for each; each has to be one that commands can be signed for. */
  accounts: readonly Felt[]
  seed: number
  /** 0 ≤ random < 1, for jitter. */
  random: () => number
  /** Called after everything that was done. */
  onDeed?: (deed: Deed) => void
}>

/** Bots that choose by the utility strategy. */
export const createGraphqlBots = (options: GraphqlBotsOptions): readonly Player[] => {
  const { client, accounts, seed, random, onDeed } = options
  return createBots({
    accounts,
    seed,
    observe: createGraphqlObserver(client),
    act: createGraphqlActor(client, random),
    strategyOf: createUtilityStrategy,
    onDeed,
  })
}

export type RunBotsOptions = GraphqlBotsOptions &
  Readonly<{
    nowMs: () => number
    /** Called with every failure that will be tried again. */
    report: (problem: string) => void
  }>

/** Plays until the signal aborts. Throws only what trying again cannot help. */
export const runGraphqlBots = (options: RunBotsOptions, signal: AbortSignal): Promise<void> => {
  const { client, nowMs, random, report } = options
  const watching = {
    readHead: (aborted: AbortSignal) => readHead(client, aborted),
    nowMs,
    random,
    report,
  }
  return runPlayers(createGraphqlBots(options), watching, signal)
}
