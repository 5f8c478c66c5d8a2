/**
 * The ingester follows a chain and writes what happened in one world to the log: every block with
 * events of the world exactly once, in order, one append a block. It keeps no state of its own:
 * where it stands is read from the log.
 */
import { RetryableError } from '../domain/errors.ts'
import { createAlarm } from '../domain/waiting/alarm.ts'
import { type Retry, repeatedly } from '../domain/waiting/persistently.ts'
import { UNDECODED_WORLD_EVENT, worldStream } from '../domain/world-stream/facts.ts'
import type { Head } from '../domain/world-stream/head.ts'
import { asNews } from '../domain/world-stream/news.ts'
import { eventsOfBlock } from './block-events.ts'
import { appendEvents, type Cursor, divergence, type IngestContext, openCursor } from './cursor.ts'
import { ReorgDetected, UnreadableAnswer, UnreadableBlock } from './errors.ts'
import { type BlockRange, type RangeLimits, readRanges } from './sources/block-ranges.ts'
import type { BlockHeader } from './sources/chain-source.ts'

/** How far ingest has come since it was created. */
export type IngestProgress = Readonly<{
  /** Covered up to this block … */
  block: number
  /** … of the blocks that the node has announced. */
  headBlock: number
  /** Facts appended, and how many of them could not be decoded and are kept raw. */
  events: number
  undecoded: number
}>

export type IngesterOptions = Omit<IngestContext, 'blockBytesMax'> &
  Readonly<{
    /**
     * The newest block that the log covers, also when it has no events; called after the covering
     * appends are done and awaited. After a restart, heads begin again at the log's last block.
     */
    onHead: (head: Head) => void | Promise<void>
    onProgress?: (progress: IngestProgress) => void
    onRetry?: (retry: Retry) => void
    /** Told of the first success after failures. */
    onRecovered?: () => void
    /**
     * First block to look at while the log is empty, e.g. the block in which the World was
     * deployed. Default: 0.
     */
    fromBlock?: number
    /** Largest append. Default: 900 000 bytes, below the 1 MiB that EventStoreDB takes. */
    blockBytesMax?: number
    /** Pause between two looks at the node's head while nothing wakes. Default: 250 ms. */
    pollMs?: number
    /**
     * First and longest delay before another try; each try doubles it, minus up to half at random.
     */
    retryDelayMs?: number
    retryDelayMsMax?: number
    /**
     * Tries in a row at a block that cannot be read, of which the last ends the run. Default: 12,
     * which take about a minute.
     */
    unreadableTriesMax?: number
    /** How the chain is read; each has a default. */
    limits?: Partial<RangeLimits>
    /** Uniform in [0, 1), for the jitter of retries. */
    random?: () => number
  }>

export type Ingester = Readonly<{
  /**
   * Follows the chain until the signal aborts; resolves then. Retryable failures are tried again
   * for as long as it takes, since a follower has nothing better to do; rejects with ReorgDetected,
   * ForeignLog, AnotherIngester, UnreadableBlock or another FatalError when going on would be wrong.
   * To be called once at a time.
   */
  run: (signal: AbortSignal) => Promise<void>
  /** Says that the node may have a new block: ends the pause between two looks. */
  wake: () => void
}>

const RANGE_LIMITS: RangeLimits = {
  rangeBlocks: 64,
  rangeBlocksMax: 8_192,
  rangeEventsWanted: 5_000,
  rangesAheadMax: 3,
}

const BY_BLOCK = { rangeBlocks: 1, rangeBlocksMax: 1 } as const

/** An ingester of one world. It does nothing until it is run. */
export const createIngester = (options: IngesterOptions): Ingester => {
  const {
    pollMs = 250,
    retryDelayMs = 100,
    retryDelayMsMax = 10_000,
    unreadableTriesMax = 12,
    random = Math.random,
    onRetry,
    onRecovered,
  } = options
  const alarm = createAlarm()
  const catchUp = catchingUp(options)
  let unreadable = 0

  const follow = async (signal: AbortSignal, succeeded: () => void): Promise<void> => {
    const onSuccess = (): void => {
      unreadable = 0
      succeeded()
    }
    let cursor = await openCursor(contextOf(options), signal)
    while (!signal.aborted) {
      // What cannot be read is looked for block by block: everything before it is still written.
      for await (const moved of catchUp(cursor, unreadable > 0, signal)) {
        cursor = moved
        onSuccess()
      }
      onSuccess()
      await alarm.pause(pollMs, signal)
    }
  }

  const followReadable = async (signal: AbortSignal, succeeded: () => void): Promise<void> => {
    try {
      await follow(signal, succeeded)
    } catch (error) {
      if (!(error instanceof UnreadableAnswer)) throw error
      unreadable += 1
      if (unreadable < unreadableTriesMax) throw error
      throw new UnreadableBlock(
        `${error.message}. It was read ${unreadable} times; a block is never skipped`,
        { cause: error },
      )
    }
  }

  return {
    wake: alarm.ring,
    run: (signal) =>
      repeatedly((succeeded) => followReadable(signal, succeeded), signal, {
        backoff: { firstMs: retryDelayMs, maxMs: retryDelayMsMax },
        random,
        onRetry,
        onRecovered,
      }),
  }
}

const contextOf = ({ blockBytesMax = 900_000, ...options }: IngesterOptions): IngestContext => ({
  ...options,
  blockBytesMax,
})

/** Appends everything up to the node's head, and yields the cursor each time that it moved. */
const catchingUp = (options: IngesterOptions) => {
  const { source, fromBlock = 0, onHead, onProgress } = options
  const context = contextOf(options)
  const limits: RangeLimits = { ...RANGE_LIMITS, ...options.limits }
  let toldHash: string | null = null
  let events = 0
  let undecoded = 0

  const tellHead = async ({ revision, covered }: Cursor): Promise<void> => {
    if (covered === null || covered.hash === toldHash) return
    const { number, hash, timestamp, finality } = covered
    await onHead({ number, hash, timestamp, finality, position: revision })
    toldHash = hash
  }

  const append = async (
    cursor: Cursor,
    { blocks, end }: BlockRange,
    signal: AbortSignal,
  ): Promise<Cursor> => {
    let { revision, logged } = cursor
    for (const block of blocks) {
      signal.throwIfAborted()
      const decoded = eventsOfBlock(context.world, block, context.decode)
      revision = await appendEvents(context, revision, decoded)
      logged = block.header
      events += block.events.length
      undecoded += decoded.filter(({ type }) => type === UNDECODED_WORLD_EVENT).length
    }
    return { revision, logged, covered: end }
  }

  return async function* catchUp(
    from: Cursor,
    isByBlock: boolean,
    signal: AbortSignal,
  ): AsyncGenerator<Cursor> {
    const head = await source.head(signal)
    if (head === null) return
    let cursor = from
    const { covered } = cursor
    if (covered !== null && head.number === covered.number) {
      if (head.hash !== covered.hash) throw droppedBlock(context, cursor, covered, head)
      await tellHead(cursor)
    }
    const next = covered === null ? fromBlock : covered.number + 1
    const bounds = isByBlock ? { ...limits, ...BY_BLOCK } : limits
    for await (const range of readRanges(source, { from: next, head, limits: bounds }, signal)) {
      const from = cursor
      const take = async (): Promise<Cursor> => {
        await verifyRange(context, from, range, signal)
        const moved = await append(from, range, signal)
        await tellHead(moved)
        return moved
      }
      cursor = await asNews(head.number - next + 1, take)
      onProgress?.({ block: range.end.number, headBlock: head.number, events, undecoded })
      yield cursor
    }
  }
}

/**
 * A covered block is no longer the node's. Without events of its own it only has to be looked at
 * again.
 */
const droppedBlock = (
  { world }: IngestContext,
  { logged }: Cursor,
  covered: BlockHeader,
  now: BlockHeader | null,
): Error =>
  covered.hash === logged?.hash
    ? divergence(covered, now, worldStream(world))
    : new RetryableError(
        `Block ${covered.number} (${covered.hash}), which had no events, is no longer the node's`,
      )

/**
 * Throws unless what was read is one branch that continues the log. The node's header of the
 * range's end must be the same after the blocks were read as before: then they were all read from
 * one branch. And the block up to which the log is complete must still be the node's: then that
 * branch is the log's. Two requests a range, however many its blocks.
 */
const verifyRange = async (
  context: IngestContext,
  cursor: Cursor,
  { blocks, end }: BlockRange,
  signal: AbortSignal,
): Promise<void> => {
  const { source } = context
  const { covered } = cursor
  const [endNow, coveredNow] = await Promise.all([
    source.header(end.number, signal),
    covered === null ? null : source.header(covered.number, signal),
  ])
  if (covered !== null && coveredNow?.hash !== covered.hash)
    throw droppedBlock(context, cursor, covered, coveredNow)
  if (endNow?.hash !== end.hash)
    throw new RetryableError(
      `Block ${end.number} is no longer ${end.hash}, as it was before blocks up to it were read`,
    )
  const headers = blocks.map(({ header }) => header)
  const ends = headers.at(-1)?.number === end.number ? [] : [end]
  const broken = brokenLink([...(covered === null ? [] : [covered]), ...headers, ...ends])
  if (broken !== null) throw new ReorgDetected(broken)
}

/**
 * What is wrong with headers that should ascend and, where adjacent, link by parent hash; null when
 * nothing is.
 */
export const brokenLink = (headers: readonly BlockHeader[]): string | null => {
  for (const [at, header] of headers.entries()) {
    const before = headers[at - 1]
    if (before === undefined) continue
    if (header.number <= before.number)
      return `Block ${header.number} (${header.hash}) came after block ${before.number} (${before.hash})`
    if (header.number === before.number + 1 && header.parentHash !== before.hash)
      return `Block ${header.number} names ${header.parentHash} as its parent, but block ${before.number} is ${before.hash}`
  }
  return null
}
