/**
 * The chain on disk: one SQLite file. A block with its transactions, receipts, events, nonces and
 * changed rows is one transaction, flushed to disk before `commitBlock` returns (WAL, synchronous =
 * FULL). Pending transactions are not kept: as on any node, a crash may lose them, and their
 * senders send the same bytes again. Rows and nonces are kept with every version, so that the state
 * after any block can be had back: for reads of the past, and for reorgs.
 */
import { FatalError, messageOf } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import type { Block, BlockHeader, ChainEvent, ExecutedTransaction } from '../chain/block.ts'
import type { StoredRow } from '../chain/game.ts'
import { type Durability, openStoreFile, type WantedIdentity } from './file.ts'
import { type L1Acceptance, l1Acceptance } from './l1-acceptance.ts'
import { storeReader } from './reading.ts'
import { storeWriter } from './writing.ts'

/**
 * Place of an event on the chain: block, transaction in the block, event in the receipt; all from
 * 0.
 */
export type EventPlace = Readonly<{ block: number; transaction: number; event: number }>

export type StoredEvent = EventPlace &
  ChainEvent &
  Readonly<{ blockHash: Felt; transactionHash: Felt }>
export type StoredTransaction = ExecutedTransaction & Readonly<{ block: number; index: number }>

export type BlockReference = Readonly<{ number: number; hash: Felt }>

/** The blocks that were abandoned, first and last included. */
export type Reorg = Readonly<{ first: BlockReference; last: BlockReference }>

export type ChainStore = L1Acceptance &
  Readonly<{
    /** The seed of the world in the file. */
    seed: Felt
    /** The last block's header; null on a fresh file. */
    head: () => BlockHeader | null
    commitBlock: (
      block: Block,
      changedRows: readonly StoredRow[],
      nonces: ReadonlyMap<Felt, number>,
    ) => void
    /**
     * Deletes a block and all after it, with everything that they changed, and remembers that they
     * were.
     */
    abandonFrom: (first: number) => Reorg
    /** Number of reorgs that the chain has seen. */
    reorgCount: () => number
    header: (number: number) => BlockHeader | null
    headerByHash: (hash: Felt) => BlockHeader | null
    /** A block's transactions in order, with their receipts. */
    transactions: (block: number) => readonly ExecutedTransaction[]
    /** Hashes of a block's transactions in order. */
    transactionHashes: (block: number) => readonly Felt[]
    transactionByHash: (hash: Felt) => StoredTransaction | null
    transactionAt: (block: number, index: number) => StoredTransaction | null
    hasTransaction: (hash: Felt) => boolean
    /** At most `limit` events from a place on, up to the end of block `toBlock`, in chain order. */
    events: (from: EventPlace, toBlock: number, limit: number) => readonly StoredEvent[]
    /**
     * Every row of the world's state after a block, in the order in which they were first written.
     */
    rowsAt: (block: number) => Iterable<StoredRow>
    /** An account's nonce after a block; null before its first transaction. */
    nonceAt: (address: Felt, block: number) => number | null
    /** Nonces after the last block. */
    nonces: () => ReadonlyMap<Felt, number>
    /**
     * Events that were brought in by injections (chain/injection.ts) up to the end of a block, in chain
     * order.
     */
    injectedEvents: (toBlock: number) => readonly ChainEvent[]
    close: () => void
  }>

/**
 * Every method as it is, but with SQLite's errors told apart from bugs: the file is what failed.
 */
const naming = <T extends object>(file: string, methods: T): T =>
  Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      (...args: unknown[]) => {
        try {
          return method(...args)
        } catch (error) {
          if (error instanceof FatalError) throw error
          throw new FatalError(
            `${file} cannot be read (${messageOf(error)}): it is damaged. Restore a copy of it, or start over (--fresh).`,
            { cause: error },
          )
        }
      },
    ]),
  ) as T // the same names with the same signatures

/**
 * Opens or creates a chain's file; `file` null keeps the chain in memory. Throws FatalError, with a
 * message for the user, when the file is damaged, of another kind, in use, or of another world than
 * `wanted`.
 */
export const openStore = (
  file: string | null,
  wanted: WantedIdentity,
  durability: Durability = 'every-block',
): ChainStore => {
  const path = file ?? ':memory:'
  const { database, seed } = openStoreFile(path, wanted, durability)
  const methods = naming(path, {
    ...storeReader(database),
    ...storeWriter(database),
    ...l1Acceptance(database),
    close: () => database.close(),
  })
  return { seed, ...methods }
}
