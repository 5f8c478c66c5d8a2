/**
 * Reading the chain in bounded ranges, ahead of their use. How many blocks a range has follows from
 * how many events the last ones had, so that empty stretches cost few requests and busy ones little
 * memory.
 */
import { RetryableError } from '../../domain/errors.ts'
import type { BlockHeader, ChainSource, SourceBlock } from './chain-source.ts'
import { mapAhead } from './map-ahead.ts'

export type RangeLimits = Readonly<{
  /** Blocks of the first range. */
  rangeBlocks: number
  rangeBlocksMax: number
  /**
   * A range with more events than this halves the next one; with less than a quarter of it, doubles
   * it.
   */
  rangeEventsWanted: number
  /** Ranges that are read at the same time. */
  rangesAheadMax: number
}>

/**
 * All blocks with events from one height to another, as the node gave them: ascending, each once.
 */
export type BlockRange = Readonly<{
  blocks: readonly SourceBlock[]
  /** Header of the range's last height, read before the blocks were. */
  end: BlockHeader
}>

/** Blocks of the next range, after one of `blocks` blocks that had `events` events. */
export const nextRangeBlocks = (
  blocks: number,
  events: number,
  { rangeEventsWanted, rangeBlocksMax }: RangeLimits,
): number => {
  if (events > rangeEventsWanted) return Math.max(1, Math.floor(blocks / 2))
  return events * 4 < rangeEventsWanted ? Math.min(rangeBlocksMax, blocks * 2) : blocks
}

/** The ranges from `from` up to the head, in ascending order. Throws what the source throws. */
export async function* readRanges(
  source: ChainSource,
  { from, head, limits }: Readonly<{ from: number; head: BlockHeader; limits: RangeLimits }>,
  signal: AbortSignal,
): AsyncGenerator<BlockRange> {
  let { rangeBlocks } = limits
  function* bounds(): Generator<readonly [number, number]> {
    for (let start = from; start <= head.number; ) {
      const end = Math.min(head.number, start + rangeBlocks - 1)
      yield [start, end]
      start = end + 1
    }
  }
  const reading = new AbortController()
  try {
    yield* mapAhead(bounds(), limits.rangesAheadMax, async ([start, to]) => {
      const ended = AbortSignal.any([signal, reading.signal])
      const end = to === head.number ? head : await source.header(to, ended)
      if (end === null)
        throw new RetryableError(
          `The node has no block ${to}, but it announced block ${head.number}`,
        )
      const blocks = await readBlocks(source, start, end, ended)
      const events = blocks.reduce((sum, block) => sum + block.events.length, 0)
      rangeBlocks = nextRangeBlocks(to - start + 1, events, limits)
      return { blocks, end }
    })
  } finally {
    reading.abort()
  }
}

/**
 * Blocks of the range, each once. What does not fit the range was read while the node changed its
 * mind.
 */
const readBlocks = async (
  source: ChainSource,
  from: number,
  end: BlockHeader,
  signal: AbortSignal,
): Promise<SourceBlock[]> => {
  const blocks = new Map<string, SourceBlock>()
  for await (const block of source.blocksWithEvents(from, end.number, signal)) {
    const { number, hash } = block.header
    if (number < from || number > end.number)
      throw new RetryableError(
        `Block ${number} came where blocks ${from} to ${end.number} were asked for`,
      )
    if (number === end.number && hash !== end.hash)
      throw new RetryableError(
        `Block ${number} was ${end.hash} before it was read, and ${hash} then`,
      )
    blocks.set(hash, block)
  }
  return [...blocks.values()]
}
