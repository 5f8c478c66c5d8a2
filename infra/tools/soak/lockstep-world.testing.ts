/**
 * The whole system in lockstep: eight bots, one block a round, everybody waiting until it is read.
 * What a soak plays and then compares with the chain.
 */
import { readFileSync } from 'node:fs'
import type { Deed } from '../../../agents/player.ts'
import { createRandom } from '../../../agents/random.ts'
import { createUtilityBots } from '../../../agents/worlds/infinite-hex-adventurers/bots.ts'
import { createClient } from '../../../api/client/client.ts'
import { type App, startApp } from '../../../app.ts'
import type { EventLog } from '../../../domain/event-log/event-log.ts'
import type { Felt } from '../../../domain/felt.ts'
import { createGraphqlActor } from '../../agents/graphql-actor.ts'
import { runLockstepRound, steppedChain } from '../../agents/lockstep.testing.ts'
import { createJsonRpcClient } from '../../starknet/json-rpc-client.ts'

export type LockstepOptions = Readonly<{
  dataFolder: string
  seed: number
  bots: number
  blocks: number
  onBlock?: (block: number) => void
  /** URL of the event log; in the embedded database when absent. */
  log?: string
  /** The part of that log that is the world's own. */
  withinLog?: (log: EventLog) => EventLog
}>

export type LockstepPlay = Readonly<{
  /** Blocks between two accepted actions of the same bot: the longest such silence, by bot. */
  longestSilenceBlocks: readonly number[]
  deeds: number
  lastBlock: number
}>

const configOf = ({ dataFolder, seed, bots, log }: LockstepOptions) => ({
  port: 0,
  rpcPort: 0,
  host: '127.0.0.1',
  allowHosts: [],
  allowOrigins: [],
  dataFolder,
  seed: String(seed),
  bots,
  blockTimeMs: 0,
  log: log ?? null,
  toriiPort: null,
  fresh: false,
  from: null,
})

const isAccepted = ({ end }: Deed): boolean => end.accepted

const silencesOf = (
  deeds: readonly (Deed & { block: number })[],
  accounts: readonly Felt[],
  lastBlock: number,
) =>
  accounts.map((account) => {
    const blocks = deeds
      .filter((deed) => deed.account === account && isAccepted(deed))
      .map(({ block }) => block)
    return [...blocks, lastBlock].reduce(
      ({ longest, before }, block) => ({
        longest: Math.max(longest, block - before),
        before: block,
      }),
      { longest: 0, before: 0 },
    ).longest
  })

/** Plays `blocks` rounds from where the data folder stands, and stops the system. */
export const playLockstep = async (options: LockstepOptions): Promise<LockstepPlay> => {
  const stop = new AbortController()
  const app = await startApp(configOf(options), {
    progress: () => {},
    signal: stop.signal,
    lockstep: true,
    ...(options.withinLog === undefined ? {} : { withinLog: options.withinLog }),
  })
  try {
    const failed = app.failed.then((error) => Promise.reject(error))
    return await Promise.race([play(app, options, stop.signal), failed])
  } finally {
    stop.abort()
    await app.close()
  }
}

const play = async (
  app: App,
  options: LockstepOptions,
  signal: AbortSignal,
): Promise<LockstepPlay> => {
  const { graphql, rpc, tokenFile } = app.endpoints
  const client = createClient({
    url: graphql,
    token: readFileSync(tokenFile, 'utf8').trim(),
    fetch: app.fetch,
  })
  const chain = steppedChain(createJsonRpcClient({ url: rpc }), client)
  const accounts = app.botAccounts.slice(0, options.bots)
  const deeds: (Deed & { block: number })[] = []
  let head = await chain.generateBlock()
  const first = head
  await chain.reached(head, signal)
  const players = createUtilityBots({
    ask: client.query,
    act: createGraphqlActor(client, createRandom(options.seed)),
    accounts,
    seed: options.seed,
    onDeed: (deed) => deeds.push({ ...deed, block: head - first }),
  })
  for (let round = 1; round <= options.blocks; round++) {
    head = await runLockstepRound(players, chain, head, signal)
    options.onBlock?.(round)
  }
  return {
    longestSilenceBlocks: silencesOf(deeds, accounts, options.blocks),
    deeds: deeds.length,
    lastBlock: head,
  }
}
