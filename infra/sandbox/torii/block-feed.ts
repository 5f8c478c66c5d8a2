/** Where the indexer gets its blocks: the sealed blocks of the chain, in order, as fast as it asks and no faster. */
import type { Block } from '../block.ts'
import type { SandboxNode } from '../sandbox-node.ts'

export type BlockFeed = Readonly<{
  /**
   * Sealed blocks from `number` on, in order: at least one, at most a page. Waits while there is none. Blocks that a
   * reorganisation put in the place of older ones are not told again: Torii does not look back. Rejects when aborted.
   */
  next: (number: number, signal: AbortSignal) => Promise<readonly Block[]>
}>

const PAGE_BLOCKS_MAX = 256
/** A page ends with the block that reaches this. */
const PAGE_EVENTS_ENOUGH = 4_000

type Source = Pick<SandboxNode, 'chain' | 'faults' | 'onSealed' | 'visible'>

/** Torii sees what its node shows: blocks that are withheld, behind a frozen head or not yet replayed are not there. */
const visibleHead = ({ visible }: Source): number => visible.head().number

/** Resolves when a block may have become visible. */
const shown = ({ faults, onSealed }: Source, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (then: () => void) => (): void => {
      for (const stop of stops) stop()
      signal.removeEventListener('abort', abort)
      then()
    }
    const abort = settle(() => reject(signal.reason))
    const stops = [onSealed(settle(resolve)), faults.onShown(settle(resolve))]
    signal.addEventListener('abort', abort, { once: true })
  })

const pageFrom = ({ chain }: Source, from: number, to: number): readonly Block[] => {
  const blocks: Block[] = []
  let events = 0
  const last = Math.min(to, from + PAGE_BLOCKS_MAX - 1)
  for (let number = from; number <= last && events < PAGE_EVENTS_ENOUGH; number++) {
    const header = chain.store.header(number)
    if (header === null) break
    blocks.push({ header, transactions: header.transactionCount === 0 ? [] : chain.store.transactions(number) })
    events += header.eventCount
  }
  return blocks
}

/** The blocks of a node in this thread. */
export const blockFeedOf = (source: Source): BlockFeed => ({
  next: async (number, signal) => {
    signal.throwIfAborted()
    while (visibleHead(source) < number) await shown(source, signal)
    return pageFrom(source, number, visibleHead(source))
  },
})
