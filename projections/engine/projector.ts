/**
 * The projector: follows the world's stream from the checkpoint, folds batches of entries and
 * stores them. It is the only writer of a world's read models and of its head row, and resumes from
 * the checkpoint after any failure. Projections that are new or were changed are first built up to
 * the others.
 */
import { RetryableError } from '../../domain/errors.ts'
import type { EventLog } from '../../domain/event-log/event-log.ts'
import { createAlarm } from '../../domain/waiting/alarm.ts'
import { BACKOFF } from '../../domain/waiting/backoff.ts'
import { type Retry, repeatedly } from '../../domain/waiting/persistently.ts'
import { together } from '../../domain/waiting/together.ts'
import { createTurns } from '../../domain/waiting/turns.ts'
import { createEntryReader } from '../../domain/world-stream/entries.ts'
import type { Head } from '../../domain/world-stream/head.ts'
import {
  createEntryCutter,
  type EntryBatch,
  foldBatch,
  headAfter,
  retractionsOf,
} from './batches.ts'
import type { ChangeFeed } from './change-feed.ts'
import { unreadFacts } from './fold.ts'
import type { Projection } from './projection.ts'
import type { Building, ProjectionStore } from './projection-store.ts'

export type ProjectorOptions = Readonly<{
  log: Pick<EventLog, 'subscribe' | 'readStream'>
  /** The world's stream (`worldStream`). */
  stream: string
  store: ProjectionStore
  feed: ChangeFeed
  /**
   * Events per transaction; a block that has more is still taken whole. A decoded fact is below 2
   * KiB, so this bounds bytes too. Default 10,000.
   */
  batchEventsMax?: number
  /**
   * Pause before another try after a RetryableError: doubles from 100 ms up to this. Default 10 s.
   */
  retryDelayMsMax?: number
  /** Told of each failure that may pass, before the pause. */
  onRetry?: (retry: Retry) => void
  /** Told how far a projection that is being built has come, of how far it has to come. */
  onBuilding?: (projection: Projection, position: number, target: number) => void
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
  /**
   * Facts that this projector has passed over because ingest could not decode them or a newer
   * program stored them.
   */
  unreadFacts: () => number
}>

const STATISTICS_EVENTS_MIN = 1_000

/** A projector that does not run yet. */
export const createProjector = (options: ProjectorOptions): Projector => {
  const { log, stream, store, feed, retryDelayMsMax = 10_000, onRetry } = options
  let position: number | null = null
  let unread = 0
  let head: Head | null = null
  let offered: Head | null = null
  const headOffered = createAlarm()
  const statistics = createStatistics(store)
  /** Batches and heads have one writer. */
  const inTurn = createTurns()

  const storeBatch = async (from: number, batch: EntryBatch): Promise<number> => {
    const { position: to, blocks, finalNumber } = batch
    const next = offered?.position === to ? offered : headAfter(head, batch)
    const retractions = await retractionsOf(log, stream, batch)
    const rows = await Promise.all(
      store.projections.map(
        async (projection) =>
          [projection, await foldBatch(store, projection, blocks, retractions)] as const,
      ),
    )
    await store.commit({ from, to, blocks, retractions, finalNumber, head: next, rows })
    position = to
    head = next
    unread += unreadFacts(blocks)
    feed.publish({ position: to, block: next?.number ?? 0 })
    await statistics.refresh(to)
    return to
  }

  const followLog = async (
    from: number,
    succeeded: () => void,
    signal: AbortSignal,
  ): Promise<void> => {
    let checkpoint = from
    for await (const batch of batchesAfter(options, from, signal)) {
      checkpoint = await inTurn(() => storeBatch(checkpoint, batch))
      succeeded()
    }
  }

  const followHead = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const next = offered
      if (next !== null && (await inTurn(() => storeHead(next))))
        feed.publish({ position: next.position, block: next.number })
      await headOffered.pause(Number.POSITIVE_INFINITY, signal)
    }
  }

  const storeHead = async (next: Head): Promise<boolean> => {
    if (position !== next.position || !(await store.advanceHead(next))) return false
    head = next
    return true
  }

  const runOnce = async (succeeded: () => void, signal: AbortSignal): Promise<void> => {
    const progress = await store.progress()
    for (const building of progress.building)
      await build(options, building, progress.position, signal)
    if (signal.aborted) return
    position = progress.position
    head = progress.head
    statistics.begin(position)
    const from = position
    if (progress.building.length > 0) feed.publish({ position, block: head?.number ?? 0 })
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
    offerHead: (next) => {
      offered = next
      headOffered.ring()
    },
    position: () => position,
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

/** What follows in the stream, in batches, until the signal aborts. */
async function* batchesAfter(
  { log, stream, batchEventsMax = 10_000 }: ProjectorOptions,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<EntryBatch, void, undefined> {
  const reader = createEntryReader({ after: from })
  const cutter = createEntryCutter(batchEventsMax)
  for await (const message of log.subscribe(stream, from, signal)) {
    if (message.kind === 'events') {
      for (const entry of reader.take(message.events)) yield* cutter.add(entry)
    } else yield* cutter.rest()
  }
}

/** Builds a projection up to the checkpoint of the others, and makes it live. */
const build = async (
  options: ProjectorOptions,
  { projection, position }: Building,
  target: number,
  signal: AbortSignal,
): Promise<void> => {
  const { log, stream, store, onBuilding } = options
  let from = position
  for await (const batch of batchesUpTo(options, from, target)) {
    if (signal.aborted) return
    const retractions = await retractionsOf(log, stream, batch)
    const rows = await foldBatch(store, projection, batch.blocks, retractions)
    await store.commitBuilding({ projection, from, to: batch.position, retractions, rows })
    from = batch.position
    onBuilding?.(projection, from, target)
  }
  if (!(await store.join(projection)))
    throw new RetryableError(`Projection ${projection.name} could not join at position ${target}`)
  await store.refreshStatistics()
}

/** The same up to a position that is the end of an entry. */
async function* batchesUpTo(
  { log, stream, batchEventsMax = 10_000 }: ProjectorOptions,
  from: number,
  target: number,
): AsyncGenerator<EntryBatch, void, undefined> {
  if (target <= from) return
  const reader = createEntryReader({ after: from })
  const cutter = createEntryCutter(batchEventsMax)
  for await (const page of log.readStream(stream, { from: from + 1, limit: target - from })) {
    for (const entry of reader.take(page)) yield* cutter.add(entry)
  }
  yield* cutter.rest()
}
