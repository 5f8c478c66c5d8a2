/**
 * What the indexer of the sandbox's Torii gets from its node: blocks in order, as fast as it asks
 * and no faster, and the schemas of models. Once it has caught up, it also gets the block that is
 * yet to be sealed, as Torii does by default.
 */
import { type Felt, parseFelt } from '../../../domain/felt.ts'
import { until } from '../../../domain/waiting/pause.ts'
import { entrypointSelector } from '../../../schemas/worlds/selectors.ts'
import type { ExecutedTransaction } from '../chain/block.ts'
import { feltsOfGame } from '../chain/execution.ts'
import { CallReverted } from '../chain/game.ts'
import type { SandboxNode } from '../sandbox-node.ts'

export type FedBlock = Readonly<{
  number: number
  /** Seconds since 1970. */
  timestamp: number
  /** Null while the block is pre-confirmed. */
  hash: Felt | null
  transactions: readonly ExecutedTransaction[]
}>

export type Wanted = Readonly<{
  /** Number of the first block that the indexer has not received as a sealed one. */
  from: number
  /**
   * Transactions of this block that the indexer received before it was sealed; null when it wants
   * none before.
   */
  told: ReadonlySet<Felt> | null
}>

export type BlockFeed = Readonly<{
  /**
   * Waits for sealed blocks from `from` on and gives them in order, at least one and at most a
   * page. While there is none, it gives the pre-confirmed block alone as soon as it has
   * transactions that are not in `told`. Blocks that a reorganisation put in the place of older
   * ones are not given again: Torii does not look back. Rejects when aborted.
   */
  next: (wanted: Wanted, signal: AbortSignal) => Promise<readonly FedBlock[]>
  /**
   * What `schema()` of a model's contract answers now, pending transactions included; null when no
   * contract answers.
   */
  schemaOf: (address: Felt, signal: AbortSignal) => Promise<readonly Felt[] | null>
}>

const PAGE_BLOCKS_MAX = 256
/**
 * A page ends with the block that reaches this many events: the thread that writes it answers no
 * requests meanwhile.
 */
const PAGE_EVENTS_ENOUGH = 1_000
/** How often Torii asks for the pre-confirmed block. */
const POLL_MS = 500

type Source = Pick<SandboxNode, 'chain' | 'faults' | 'onSealed' | 'visible'>

/**
 * Torii sees what its node shows: no blocks that are withheld, behind a frozen head or not yet
 * replayed.
 */
const visibleHead = ({ visible }: Source): number => visible.head().number

/**
 * Resolves when a block may have become visible, when the signal aborts, or after `msMax`; null: no
 * such limit.
 */
const shown = async (
  { faults, onSealed }: Source,
  msMax: number | null,
  signal: AbortSignal,
): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const stops = [onSealed(() => resolve()), faults.onShown(() => resolve())]
  try {
    await until(promise, signal, msMax ?? undefined)
  } finally {
    for (const stop of stops) stop()
  }
}

const pageFrom = ({ chain }: Source, from: number, to: number): readonly FedBlock[] => {
  const blocks: FedBlock[] = []
  let events = 0
  const last = Math.min(to, from + PAGE_BLOCKS_MAX - 1)
  for (let number = from; number <= last && events < PAGE_EVENTS_ENOUGH; number++) {
    const header = chain.store.header(number)
    if (header === null) break
    const { hash, timestamp, transactionCount } = header
    blocks.push({
      number,
      timestamp,
      hash,
      transactions: transactionCount === 0 ? [] : chain.store.transactions(number),
    })
    events += header.eventCount
  }
  return blocks
}

/** The pre-confirmed block if it is the wanted one and has something new; else null. */
const preConfirmedPage = (
  { visible }: Source,
  { from, told }: Wanted,
): readonly FedBlock[] | null => {
  if (told === null) return null
  const { number, timestamp, transactions } = visible.preConfirmed()
  const isNews = number === from && transactions.some(({ hash }) => !told.has(hash))
  return isNews ? [{ number, timestamp, hash: null, transactions }] : null
}

const SCHEMA = BigInt(entrypointSelector('schema'))

const schemaAt = ({ chain, visible }: Source, address: Felt): readonly Felt[] | null => {
  if (parseFelt(address) === null) return null // a malformed event may name it
  try {
    const call = { to: BigInt(address), selector: SCHEMA, calldata: [] }
    return feltsOfGame(chain.view(call, visible.preConfirmedState()))
  } catch (error) {
    if (error instanceof CallReverted) return null
    throw error
  }
}

/** The blocks and schemas of a node in this thread. */
export const blockFeedOf = (source: Source): BlockFeed => ({
  next: async (wanted, signal) => {
    for (;;) {
      signal.throwIfAborted()
      const head = visibleHead(source)
      if (head >= wanted.from) return pageFrom(source, wanted.from, head)
      await shown(source, wanted.told === null ? null : POLL_MS, signal)
      signal.throwIfAborted()
      const early = visibleHead(source) < wanted.from ? preConfirmedPage(source, wanted) : null
      if (early !== null) return early
    }
  },
  schemaOf: async (address, signal) => {
    signal.throwIfAborted()
    return schemaAt(source, address)
  },
})
