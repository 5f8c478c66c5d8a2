/**
 * Bots and chain in step, for tests and long runs: in each round the bots that are awake decide on
 * the same state of the world, their transactions reach the chain in a fixed order, one block is
 * made, and everybody waits until it is read. The same seed plays the same game.
 */

import { headAskedFor } from '../../agents/ask.ts'
import type { Player } from '../../agents/player.ts'
import type { Client } from '../../api/client/client.ts'
import { RetryableError } from '../../domain/errors.ts'
import { pause } from '../../domain/waiting/pause.ts'
import type { JsonRpcClient } from '../starknet/json-rpc-client.ts'

export type SteppedChain = Readonly<{
  /** Makes one block of everything that waits; its number. */
  generateBlock: () => Promise<number>
  /**
   * Resolves when the read models cover the block. Rejects with the signal's reason when it aborts.
   */
  reached: (block: number, signal: AbortSignal) => Promise<void>
}>

const HEAD_POLL_MS = 2

/** The sandbox by its own method, and the read models through the API. */
export const steppedChain = (rpc: JsonRpcClient, client: Client): SteppedChain => ({
  generateBlock: async () => {
    const answer = (await rpc.call('dev_generateBlock', [])) as Readonly<{
      block_number?: unknown
    }> | null
    if (typeof answer?.block_number === 'number') return answer.block_number
    throw new RetryableError('dev_generateBlock answered without a block number')
  },
  reached: async (block, signal) => {
    const readHead = headAskedFor(client.query)
    while (((await readHead(signal)) ?? -1) < block) {
      await pause(HEAD_POLL_MS, signal)
      signal.throwIfAborted()
    }
  },
})

/** Plays one round after block `head`; the number of the block that it made. */
export const runLockstepRound = async (
  players: readonly Player[],
  chain: SteppedChain,
  head: number,
  signal: AbortSignal,
): Promise<number> => {
  const awake = players.filter((player) => player.wakeBlock() <= head)
  const intentions = await Promise.all(awake.map((player) => player.think(signal)))
  const performances: Promise<void>[] = []
  for (const [index, player] of awake.entries()) {
    const intention = intentions[index]
    if (!intention) continue
    const { promise: sent, resolve: onSent } = Promise.withResolvers<void>()
    const performance = player.perform(intention, signal, onSent)
    performances.push(performance)
    // One after the other: their order in the block is then always the same.
    await Promise.race([sent, performance])
  }
  const block = await chain.generateBlock()
  await chain.reached(block, signal)
  await Promise.all(performances)
  return block
}
