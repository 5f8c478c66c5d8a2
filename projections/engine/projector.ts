/**
 * The projector: follows the world's stream from the checkpoint, folds batches of entries and
 * stores them. It is the only writer of a world's read models and of its head row, and resumes from
 * the checkpoint after any failure. Projections that are new or were changed are first built up to
 * the others.
 */
import { createAlarm } from '../../domain/waiting/alarm.ts'
import { BACKOFF } from '../../domain/waiting/backoff.ts'
import { type Retry, repeatedly } from '../../domain/waiting/persistently.ts'
import { together } from '../../domain/waiting/together.ts'
import { createTurns } from '../../domain/waiting/turns.ts'
import type { Head } from '../../domain/world-stream/head.ts'
import { asNews } from '../../domain/world-stream/news.ts'
import { type BuildOptions, build } from './build.ts'
import type { ChangeFeed } from './change-feed.ts'
import { batchesAfter, type EntryBatch } from './entry-batch.ts'
import { unreadFacts } from './fold.ts'
import type { ProjectionStore } from './projection-store.ts'
import { type Checkpoint, storeBatch } from './store-batch.ts'

export type ProjectorOptions = BuildOptions &
  Readonly<{
    feed: ChangeFeed
    /**
     * Pause before another try after a RetryableError: doubles from 100 ms up to this. Default 10 s.
     */
    retryDelayMsMax?: number
    /** Told of each failure that may pass, before the pause. */
    onRetry?: (retry: Retry) => void
    /** Told of the first success after failures. */
    onRecovered?: () => void
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
   * Position of the last event taken in by this projector; null before it has read its checkpoint.
   */
  position: () => number | null
  /** The head row as this projector wrote or found it last; null before the first block. */
  head: () => Head | null
  /**
   * Facts that this projector has passed over because ingest could not decode them or a newer
   * program stored them.
   */
  unreadFacts: () => number
}>

/** Statistics are first counted when so many events were taken in. */
const STATISTICS_EVENTS_MIN = 1_000

const NOTHING: Checkpoint = { position: -1, head: null }

/** A projector that does not run yet. */
export const createProjector = (options: ProjectorOptions): Projector => {
  const { store, feed, retryDelayMsMax = 10_000, onRetry, onRecovered } = options
  const retrying = { backoff: { ...BACKOFF, maxMs: retryDelayMsMax }, onRetry, onRecovered }
  let checkpoint: Checkpoint | null = null
  let offered: Head | null = null
  let unread = 0
  const headOffered = createAlarm()
  const statistics = createStatistics(store)
  /** Batches and heads have one writer. */
  const inTurn = createTurns()

  const moveTo = (next: Checkpoint): void => {
    checkpoint = next
    feed.publish({ position: next.position, block: next.head?.number ?? 0 })
  }

  const takeBatch = async (batch: EntryBatch): Promise<void> => {
    const after = await storeBatch(options, checkpoint ?? NOTHING, batch, offered)
    unread += unreadFacts(batch.blocks)
    moveTo(after)
    await statistics.refresh(after.position)
  }

  const takeHead = async (next: Head): Promise<void> => {
    if (checkpoint?.position !== next.position || !(await store.advanceHead(next))) return
    moveTo({ position: next.position, head: next })
  }

  const followLog = async (succeeded: () => void, signal: AbortSignal): Promise<void> => {
    const from = checkpoint?.position ?? -1
    for await (const batch of batchesAfter(options, from, signal)) {
      await inTurn(() => asNews(batch.blocks.length, () => takeBatch(batch)))
      succeeded()
    }
  }

  const followHead = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const next = offered
      if (next !== null) await inTurn(() => asNews(1, () => takeHead(next)))
      await headOffered.pause(Number.POSITIVE_INFINITY, signal)
    }
  }

  const runOnce = async (succeeded: () => void, signal: AbortSignal): Promise<void> => {
    const { position, head, building } = await store.progress()
    for (const each of building) await build(options, each, position, signal)
    if (signal.aborted) return
    statistics.begin(position)
    if (building.length > 0) moveTo({ position, head })
    else checkpoint = { position, head }
    // Both have ended before either error goes on, so that no batch of this run is still being
    // stored in the next.
    await together(signal, (both) => [followLog(succeeded, both), followHead(both)])
  }

  return {
    run: (signal) => repeatedly((succeeded) => runOnce(succeeded, signal), signal, retrying),
    offerHead: (next) => {
      offered = next
      headOffered.ring()
    },
    position: () => checkpoint?.position ?? null,
    head: () => checkpoint?.head ?? null,
    unreadFacts: () => unread,
  }
}

/** Statistics are refreshed each time that the log has doubled; in between they are close enough. */
const createStatistics = (store: Pick<ProjectionStore, 'refreshStatistics'>) => {
  let dueAt = STATISTICS_EVENTS_MIN
  return {
    begin: (position: number): void => {
      dueAt = Math.max(dueAt, position * 2)
    },
    refresh: async (position: number): Promise<void> => {
      if (position < dueAt) return
      dueAt = position * 2
      await store.refreshStatistics()
    },
  }
}
