/**
 * How waiting subscriptions learn of appends by other processes: one live subscription to the whole
 * log, which only wakes, and a watchdog over it. A woken subscription reads for itself, so a feed
 * that is cut, lags or lies loses nothing.
 */
import { RetryableError } from '../../domain/errors.ts'
import { pause, until } from '../../domain/waiting/pause.ts'
import { type Retry, repeatedly } from '../../domain/waiting/persistently.ts'
import type { Wait, WakeUps } from '../../domain/waiting/wake-ups.ts'
import type { EventStoreClient } from './client.ts'
import { CutAsTooSlow } from './client-errors.ts'

export type WakeFeed = Readonly<{
  /** Begins, when it has not begun; hands the wait on. Throws what has ended the feed for good. */
  watch: (wait: Wait) => Wait
}>

export type WakeFeedOptions = Readonly<{
  client: Pick<EventStoreClient, 'watch' | 'logHead'>
  wakeUps: WakeUps
  /** How often the watchdog compares what has come with the log's head. */
  watchdogMs: number
  random: () => number
  /** Told of trouble that is tried again. */
  onTrouble: (retry: Retry) => void
  /** Told of the first success after failures. */
  onRecovered?: () => void
  signal: AbortSignal
}>

/** What the feed has seen so far. */
type Progress = {
  /** Log position up to which appends have been told, or were there before. */
  seen: number
}

/** A feed that begins with the first wait and ends with the signal. */
export const createWakeFeed = (options: WakeFeedOptions): WakeFeed => {
  const { wakeUps, random, onTrouble, onRecovered, signal } = options
  const progress: Progress = { seen: -1 }
  let hasBegun = false
  let broken: Error | null = null

  /** A slow reader that the server cuts off after some progress is no trouble: it begins again. */
  const followOnce = async (succeeded: () => void): Promise<void> => {
    const seenBefore = progress.seen
    try {
      await follow(options, progress, succeeded)
    } catch (error) {
      if (!(error instanceof CutAsTooSlow && progress.seen > seenBefore)) throw error
    }
  }

  const begin = (): void => {
    hasBegun = true
    repeatedly(followOnce, signal, { random, onRetry: onTrouble, onRecovered }).catch(
      (error: Error) => {
        broken = error
        wakeUps.wakeAll() // the waiters call `watch` again, which throws the error
      },
    )
  }

  return {
    watch: (wait) => {
      if (broken !== null) {
        wait.cancel()
        throw broken
      }
      if (!hasBegun) begin()
      return wait
    },
  }
}

/** One live subscription and its watchdog, until either fails or the signal aborts. */
const follow = async (
  options: WakeFeedOptions,
  progress: Progress,
  succeeded: () => void,
): Promise<void> => {
  const { client, wakeUps, signal } = options
  const begun = Promise.withResolvers<void>()
  const over = new AbortController()
  const either = AbortSignal.any([signal, over.signal])
  const saw = (stream: string, logPosition: number): void => {
    progress.seen = Math.max(progress.seen, logPosition)
    wakeUps.wake(stream)
  }
  try {
    const watching = client.watch({ began: begun.resolve, saw }, either)
    const life = { begun: begun.promise, succeeded, over: either }
    await Promise.race([watching, watchdog(options, progress, life)])
  } finally {
    over.abort()
  }
}

type Life = Readonly<{ begun: Promise<void>; succeeded: () => void; over: AbortSignal }>

/** Fails when something that was in the log one look ago has not come since. */
const watchdog = async (
  { client, wakeUps, watchdogMs }: WakeFeedOptions,
  progress: Progress,
  { begun, succeeded, over }: Life,
): Promise<void> => {
  await until(begun, over, watchdogMs)
  progress.seen = await client.logHead()
  wakeUps.wakeAll() // what was appended before now was told to nobody
  for (let headBefore = progress.seen; !over.aborted; ) {
    await pause(watchdogMs, over)
    if (over.aborted) return
    const head = await client.logHead()
    if (progress.seen < headBefore)
      throw new RetryableError('The live subscription to EventStoreDB lags behind the log')
    headBefore = head
    succeeded()
  }
}
