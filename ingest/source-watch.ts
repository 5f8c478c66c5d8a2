/**
 * Watches whether the source is still followed: asks it for its newest block, beside ingest and
 * through nothing that ingest waits for, and compares that with the block that the read models have
 * reached. A source that makes no blocks is quiet; it is stalled when there are blocks and they are
 * not taken in, for whatever reason.
 */
import { messageOf, RetryableError } from '../domain/errors.ts'
import { pause } from '../domain/waiting/pause.ts'
import { type Retry, repeatedly } from '../domain/waiting/persistently.ts'
import type { SourceState, Stall } from '../domain/world-stream/source-state.ts'
import type { BlockHeader, ChainSource } from './sources/chain-source.ts'

export type SourceWatchOptions = Readonly<{
  source: Pick<ChainSource, 'head'>
  /** Number of the newest block that readers see; null before the first. */
  reached: () => number | null
  /** Between two looks. Default: 1 s. */
  pollMs?: number
  /** How long readers may stay where they are while the source is elsewhere. Default: 15 s. */
  stillMsMax?: number
  /** Milliseconds since 1970. Default: the system's clock. */
  nowMs?: () => number
  random?: () => number
}>

export type SourceWatch = Readonly<{
  state: () => SourceState
  /** What ingest tells of its tries. */
  ingest: Readonly<{ onRetry: (retry: Retry) => void; onRecovered: () => void }>
  /** Ingest has ended for good. */
  ingestStopped: (error: unknown) => void
  /** Whether ingest has ended for good. */
  isStopped: () => boolean
  /** Looks until the signal aborts. Throws nothing that a look may meet. */
  run: (signal: AbortSignal) => Promise<void>
}>

/** A single failure is not yet told: most pass with the next try. */
const FAILURES_MIN = 2

/** A watch that does not run yet. */
export const createSourceWatch = ({
  source,
  reached,
  pollMs = 1_000,
  stillMsMax = 15_000,
  nowMs = Date.now,
  random = Math.random,
}: SourceWatchOptions): SourceWatch => {
  let head: BlockHeader | null = null
  let stopped: Stall | null = null
  const ingest = createFailing(nowMs, (message) => `Ingest fails: ${message}`)
  const looking = createFailing(
    nowMs,
    (message) => `The source does not tell its newest block: ${message}`,
  )
  const standing = createStanding(nowMs, stillMsMax)

  const look = async (signal: AbortSignal): Promise<void> => {
    try {
      head = (await source.head(signal)) ?? head
    } catch (error) {
      throw new RetryableError(messageOf(error), { cause: error })
    }
    standing.look(head?.number ?? null, reached())
  }

  return {
    state: () => ({
      head,
      stall: stopped ?? ingest.stall() ?? looking.stall() ?? standing.stall(),
    }),
    ingest: { onRetry: ingest.onRetry, onRecovered: ingest.onRecovered },
    ingestStopped: (error) => {
      stopped = { sinceMs: nowMs(), reason: `Ingest has stopped: ${messageOf(error)}` }
    },
    isStopped: () => stopped !== null,
    run: (signal) =>
      repeatedly(
        async (succeeded) => {
          await look(signal)
          succeeded()
          await pause(pollMs, signal)
        },
        signal,
        { random, onRetry: looking.onRetry, onRecovered: looking.onRecovered },
      ),
  }
}

/** Failures in a row, of ingest or of the watch's own looks. */
const createFailing = (nowMs: () => number, reasonOf: (message: string) => string) => {
  let since: number | null = null
  let stall: Stall | null = null
  return {
    onRetry: ({ error, failures }: Retry): void => {
      since ??= nowMs()
      if (failures >= FAILURES_MIN) stall = { sinceMs: since, reason: reasonOf(error.message) }
    },
    onRecovered: (): void => {
      since = null
      stall = null
    },
    stall: () => stall,
  }
}

/** Whether readers have moved while the source was elsewhere. */
const createStanding = (nowMs: () => number, stillMsMax: number) => {
  let movedAtMs = nowMs()
  let reachedBefore: number | null = null
  let newest: number | null = null
  return {
    look: (head: number | null, reached: number | null): void => {
      if (head === reached || reached !== reachedBefore) movedAtMs = nowMs()
      reachedBefore = reached
      newest = head
    },
    stall: (): Stall | null => {
      if (newest === null || newest === reachedBefore) return null
      if (nowMs() - movedAtMs < stillMsMax) return null
      const reason =
        newest > (reachedBefore ?? -1)
          ? `The source is at block ${newest}, and nothing after ${reachedBefore === null ? 'the begin' : `block ${reachedBefore}`} has been taken in`
          : `The source is at block ${newest}, behind block ${reachedBefore}, which was taken in before`
      return { sinceMs: movedAtMs, reason }
    },
  }
}
