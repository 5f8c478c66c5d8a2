/**
 * Writes a played world's whole chain to disk, as fast as it can be played: for benchmarks, replays
 * and demonstrations. One thread plays (world.ts); this one makes a chain of the blocks and writes
 * it. Nothing is signed, and transaction hashes are SHA-256 cut to a felt, which a client cannot
 * detect without the keys; ids of the game and of its rows are exact. The same seed gives the same
 * file, byte for byte.
 */
import { existsSync, rmSync } from 'node:fs'
import { FatalError } from '../../../domain/errors.ts'
import { SANDBOX_CHAIN_ID } from '../../../domain/sandbox-chain.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { sandboxAccounts } from '../chain/accounts.ts'
import type { BlockHeader } from '../chain/block.ts'
import { commitmentOf, sealedHeader } from '../chain/block-sealing.ts'
import { seedFelt, writeGenesis } from '../chain/genesis.ts'
import { unsignedTransaction } from '../chain/unsigned-transaction.ts'
import { createGame } from '../game/create-game.ts'
import { LOCKSTEP_GENESIS_TIMESTAMP } from '../sandbox-node.ts'
import { type ChainWriter, createChainWriter } from '../store/chain-writer.ts'
import type { TransactionText } from '../store/text.ts'
import type { SealedText } from '../store/writing.ts'
import type { PlayedBlock, PlayedTransaction } from './world.ts'
import { playedBlocks } from './world-thread.ts'

export type GenerateOptions = Readonly<{
  /** A file that does not exist yet. */
  file: string
  /** Blocks after genesis. */
  blocks: number
  /** A felt or a short string; null is the live world's. */
  seed: string | null
  /** Default: 250. */
  bots?: number
  /** Told after every batch of blocks. */
  onProgress?: (done: Readonly<{ blocks: number; events: number }>) => void
  /** Aborts the generation. */
  signal?: AbortSignal
}>

export type Generated = Readonly<{
  blocks: number
  transactions: number
  events: number
  head: BlockHeader
}>

const BOTS_DEFAULT = 250
const BLOCKS_MAX = 10_000_000
const BOTS_MAX = 100_000

const { worldAddress } = infiniteHexAdventurers

const checkCount = (name: string, value: number, max: number): void => {
  if (!Number.isSafeInteger(value) || value < 1 || value > max) {
    throw new FatalError(`A generated world has 1 to ${max} ${name}, not ${value}.`)
  }
}

const textOfTransaction = ({
  sender,
  nonce,
  calldata,
  effect,
}: PlayedTransaction): TransactionText => {
  const transaction = unsignedTransaction(sender, nonce, calldata, 1)
  const hash = commitmentOf(['CHRONOHEX_TRANSACTION', sender, transaction.nonce, ...calldata])
  return { hash, body: JSON.stringify(transaction), ...effect }
}

/** The block that follows `parent`. */
const sealedText = (
  { timestamp, transactions, rows }: PlayedBlock,
  parent: BlockHeader,
): SealedText => {
  const text = { transactions: transactions.map(textOfTransaction), rows }
  const nonces = new Map(transactions.map(({ sender, nonce }) => [sender, nonce + 1]))
  return { header: sealedHeader(parent, { text, timestamp, branch: 0 }), text, nonces }
}

const writeWorld = async (writer: ChainWriter, options: GenerateOptions): Promise<Generated> => {
  const { blocks, bots = BOTS_DEFAULT, file, onProgress, signal } = options
  const [operator] = sandboxAccounts(writer.seed, 0)
  const [seed, namespaceOwner] = [BigInt(writer.seed), BigInt(operator.address)]
  const timestamp = LOCKSTEP_GENESIS_TIMESTAMP
  const world = { chainId: SANDBOX_CHAIN_ID, worldAddress, operator, seed: writer.seed, timestamp }
  let head = writeGenesis(createGame({ namespaceOwner, seed }), writer, world)
  const total = { transactions: 0, events: 0 }
  for await (const batch of playedBlocks({
    seed,
    namespaceOwner,
    bots,
    blocks,
    genesisTimestamp: timestamp,
  })) {
    for (const played of batch) {
      const sealed = sealedText(played, head)
      writer.append(sealed)
      head = sealed.header
      total.transactions += head.transactionCount
      total.events += head.eventCount
    }
    onProgress?.({ blocks: head.number, events: total.events })
    if (signal?.aborted === true) throw new FatalError(`The generation of ${file} was broken off.`)
  }
  writer.finish()
  return { blocks, ...total, head }
}

/**
 * Generates a world's chain. Rejects with FatalError, for the user, when an option is wrong, when
 * the file exists already, or when it was aborted; then no file is left. A killed process leaves a
 * partial file, which is refused when it is opened.
 */
export const generateChain = async (options: GenerateOptions): Promise<Generated> => {
  const { file, seed, blocks, bots = BOTS_DEFAULT } = options
  checkCount('blocks', blocks, BLOCKS_MAX)
  checkCount('bots', bots, BOTS_MAX)
  if (existsSync(file))
    throw new FatalError(`${file} exists already; a generated world goes into a new file.`)
  const wanted = {
    chainId: SANDBOX_CHAIN_ID,
    worldAddress,
    seed: seedFelt(seed),
    defaultSeed: seedFelt(null),
  }
  const writer = createChainWriter(file, wanted)
  let isWhole = false
  try {
    const made = await writeWorld(writer, options)
    isWhole = true
    return made
  } finally {
    writer.close()
    if (!isWhole) rmSync(file, { force: true })
  }
}
