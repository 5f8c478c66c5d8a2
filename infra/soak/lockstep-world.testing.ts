/**
 * The whole system in lockstep: eight bots, one block a round, everybody waiting until it is read. What a soak plays and
 * then compares with the chain.
 */

import { createClient } from '../../api/client/client.ts'
import { startApp } from '../../app.ts'
import type { Felt } from '../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers.ts'
import type { BotDeed } from '../agents/bot-player.ts'
import { createGraphqlBots } from '../agents/bot-runner.ts'
import { runLockstepRound, steppedChain } from '../agents/lockstep.ts'
import { createJsonRpcClient } from '../starknet/json-rpc-client.ts'
import type { CallView } from '../verify/contract-rows.ts'

export type LockstepOptions = Readonly<{
  dataFolder: string
  seed: number
  bots: number
  blocks: number
  onBlock?: (block: number) => void
}>

export type LockstepPlay = Readonly<{
  /** Blocks between two accepted actions of the same bot: the longest such silence, by bot. */
  longestSilenceBlocks: readonly number[]
  deeds: number
  lastBlock: number
}>

/** A random stream from a seed (mulberry32), for jitter that repeats. */
const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const configOf = ({ dataFolder, seed, bots }: LockstepOptions) => ({
  port: 0,
  rpcPort: 0,
  host: '127.0.0.1',
  dataFolder,
  seed: String(seed),
  bots,
  blockTimeMs: 0,
  fresh: false,
})

const isAccepted = ({ end }: BotDeed): boolean => end.accepted

const silencesOf = (deeds: readonly (BotDeed & { block: number })[], accounts: readonly Felt[], lastBlock: number) =>
  accounts.map((account) => {
    const blocks = deeds.filter((deed) => deed.account === account && isAccepted(deed)).map(({ block }) => block)
    return [...blocks, lastBlock].reduce(
      ({ longest, before }, block) => ({ longest: Math.max(longest, block - before), before: block }),
      { longest: 0, before: 0 },
    ).longest
  })

/** Plays `blocks` rounds from where the data folder stands, then hands the running system to `afterwards`. */
export const playLockstep = async <T>(
  options: LockstepOptions,
  afterwards: (play: LockstepPlay, call: CallView, query: ReturnType<typeof createClient>['query']) => Promise<T>,
): Promise<T> => {
  const stop = new AbortController()
  const app = await startApp(configOf(options), { progress: () => {}, signal: stop.signal, lockstep: true })
  try {
    const { graphql, rpc, tokenFile } = app.endpoints
    const { readFileSync } = await import('node:fs')
    const client = createClient({ url: graphql, token: readFileSync(tokenFile, 'utf8').trim(), fetch: app.fetch })
    const node = createJsonRpcClient({ url: rpc })
    const chain = steppedChain(node, client)
    const accounts = app.botAccounts.slice(0, options.bots)
    const deeds: (BotDeed & { block: number })[] = []
    let head = await chain.generateBlock()
    const first = head
    await chain.reached(head, stop.signal)
    const players = createGraphqlBots({
      client,
      accounts,
      seed: options.seed,
      random: randomOf(options.seed),
      onDeed: (deed) => deeds.push({ ...deed, block: head - first }),
    })
    for (let round = 1; round <= options.blocks; round++) {
      head = await runLockstepRound(players, chain, head, stop.signal)
      options.onBlock?.(round)
    }
    const play = {
      longestSilenceBlocks: silencesOf(deeds, accounts, options.blocks),
      deeds: deeds.length,
      lastBlock: head,
    }
    const call: CallView = async (to, selector, calldata) =>
      (await node.call('starknet_call', {
        request: { contract_address: to, entry_point_selector: selector, calldata },
        block_id: { block_number: head },
      })) as Felt[] // felts by the RPC's contract; what is not one shows as a mismatch
    return await afterwards(play, call, client.query)
  } finally {
    stop.abort()
    await app.close()
  }
}

export const WORLD = { address: infiniteHexAdventurers.worldAddress, namespace: infiniteHexAdventurers.namespace }
