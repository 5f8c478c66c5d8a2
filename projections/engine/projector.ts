/**
 * The projector: follows the world's stream from the checkpoint, folds batches of complete blocks
 * and stores them. It is the only writer of a world's read models and of its head row, and resumes
 * from the checkpoint after any failure.
 */
import { FatalError } from '../../domain/errors.ts'
import type { EventLog, RecordedEvent } from '../../domain/event-log/event-log.ts'
import { createAlarm } from '../../domain/waiting/alarm.ts'
import { BACKOFF } from '../../domain/waiting/backoff.ts'
import { type Retry, repeatedly } from '../../domain/waiting/persistently.ts'
import { together } from '../../domain/waiting/together.ts'
import { createTurns } from '../../domain/waiting/turns.ts'
import type { Head } from '../../domain/world-stream/head.ts'
import { type CompleteBlock, cutBlocks } from './blocks.ts'
import type { ChangeFeed } from './change-feed.ts'
import { foldBlocks, touchedRows } from './fold.ts'
import { type Projection, worldProjection } from './projection.ts'
import type { ProjectionStore } from './projection-store.ts'

export type ProjectorOptions = Readonly<{
  log: EventLog
  /** The world's stream (`worldStream`). */
  stream: string
  store: ProjectionStore
  feed: ChangeFeed
  projection?: Projection
  /**
   * Facts per transaction; a block that has more is still taken whole. A decoded fact is below 2
   * KiB, so this bounds bytes too. Default 10,000.
   */
  batchEventsMax?: number
  /**
   * Pause before another try after a RetryableError: doubles from 100 ms up to this. Default 10 s.
   */
  retryDelayMsMax?: number
  /** Told of each failure that may pass, before the pause. */
  onRetry?: (retry: Retry) => void
}>

export type Projector = Readonly<{
  /**
   * Runs until the signal aborts, then resolves. Rejects with what no retry can help:
   * ProjectorFenced when another projector has taken over, any other FatalError, or an unknown
   * error.
   */
  run: (signal: AbortSignal) => Promise<void>
  /**
   * Says how far ingest has covered the chain. The head row follows as soon as the checkpoint is at
   * its position.
   */
  offerHead: (head: Head) => void
  /**
   * Position of the last fact taken in by this projector; null before it has read its checkpoint.
   */
  position: () => number | null
  /**
   * Facts that this projector has passed over because ingest could not decode them or a newer
   * program stored them.
   */
  unreadFacts: () => number
}>

const STATISTICS_FACTS_MIN = 1_000

export const createProjector = (options: ProjectorOptions): Projector => {
  const { log, stream, store, feed, projection = worldProjection } = options
  const { batchEventsMax = 10_000, retryDelayMsMax = 10_000, onRetry } = options
  let position: number | null = null
  let unreadFacts = 0
  let offered: Head | null = null
  const headOffered = createAlarm()
  /**
   * Statistics are refreshed each time that the log has doubled; in between they are close enough.
   */
  let statisticsDueAt = STATISTICS_FACTS_MIN
  /** Batches and heads have one writer. */
  const inTurn = createTurns()

  const storeBatch = async (from: number, blocks: readonly CompleteBlock[]): Promise<number> => {
    const loaded = await store.load(touchedRows(projection, blocks))
    const batch = foldBlocks(projection, loaded, blocks)
    const head = headAfter(blocks, offered)
    await store.commit(from, batch, head)
    position = batch.position
    unreadFacts += batch.unreadFacts
    feed.publish({ position: batch.position, block: head.number })
    if (batch.position >= statisticsDueAt) {
      statisticsDueAt = batch.position * 2
      await store.refreshStatistics()
    }
    return batch.position
  }

  const followLog = async (
    from: number,
    succeeded: () => void,
    signal: AbortSignal,
  ): Promise<void> => {
    let checkpoint = from
    let pending: readonly RecordedEvent[] = []
    for await (const message of log.subscribe(stream, from, signal)) {
      if (message.kind === 'events') pending = joined(pending, message.events, checkpoint)
      while (message.kind === 'caughtUp' || pending.length >= batchEventsMax) {
        const { blocks, rest } = cutBlocks(pending, batchEventsMax)
        if (blocks.length === 0) break
        pending = rest
        checkpoint = await inTurn(() => storeBatch(checkpoint, blocks))
        succeeded()
      }
    }
  }

  const followHead = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const head = offered
      if (head !== null && (await inTurn(() => storeHead(head))))
        feed.publish({ position: head.position, block: head.number })
      await headOffered.pause(Number.POSITIVE_INFINITY, signal)
    }
  }

  const storeHead = async (head: Head): Promise<boolean> =>
    position === head.position && store.advanceHead(head)

  const runOnce = async (succeeded: () => void, signal: AbortSignal): Promise<void> => {
    const from = (await store.progress()).position
    position = from
    statisticsDueAt = Math.max(statisticsDueAt, from * 2)
    // Both have ended before either error goes on, so that no batch of this run is still being
    // stored in the next.
    await together(signal, (both) => [followLog(from, succeeded, both), followHead(both)])
  }

  return {
    run: (signal) =>
      repeatedly((succeeded) => runOnce(succeeded, signal), signal, {
        backoff: { ...BACKOFF, maxMs: retryDelayMsMax },
        onRetry,
      }),
    offerHead: (head) => {
      offered = head
      headOffered.ring()
    },
    position: () => position,
    unreadFacts: () => unreadFacts,
  }
}

/**
 * The head once these blocks are in: what ingest has offered if it is at their end, else the last
 * of them.
 */
const headAfter = (blocks: readonly CompleteBlock[], offered: Head | null): Head => {
  const last = blocks.at(-1)
  if (last === undefined) throw new FatalError('A batch has no block')
  const { number, hash, timestamp } = last.header
  const isAtEnd = offered !== null && offered.position === last.position && offered.number >= number
  return isAtEnd ? offered : { number, hash, timestamp, position: last.position }
}

/**
 * Appends a page to what waits. Facts that were delivered before are dropped; a gap means a broken
 * log.
 */
const joined = (
  pending: readonly RecordedEvent[],
  page: readonly RecordedEvent[],
  checkpoint: number,
): readonly RecordedEvent[] => {
  const next = (pending.at(-1)?.revision ?? checkpoint) + 1
  const added = page.filter(({ revision }) => revision >= next)
  for (const [at, { revision, stream }] of added.entries()) {
    if (revision !== next + at)
      throw new FatalError(`Position ${next + at} of ${stream} is missing: ${revision} came`)
  }
  return pending.length === 0 ? added : [...pending, ...added]
}
