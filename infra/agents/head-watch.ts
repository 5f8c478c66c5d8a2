/**
 * Waiting for blocks with as few questions as possible: it learns how fast they come and asks when
 * one is due.
 */
import { messageOf, RetryableError } from '../../domain/errors.ts'
import { backoffMs, raceWithin } from '../backoff.ts'

export type HeadWatchOptions = Readonly<{
  /** Number of the newest block that the read models cover; null before the first. */
  readHead: (signal: AbortSignal) => Promise<number | null>
  nowMs: () => number
  /** 0 ≤ random < 1, for jitter. */
  random: () => number
  /** Told of every failure that will be tried again. */
  report: (problem: string) => void
}>

export type HeadWatch = Readonly<{
  /**
   * Resolves when the read models cover the block, when blocks stay away (see below), or when the
   * watch has ended.
   */
  waitFor: (block: number) => Promise<void>
  /** Watches until the signal aborts, then lets everybody go. */
  run: (signal: AbortSignal) => Promise<void>
}>

const pollMsMin = 100
const pollMsMax = 2_000
/**
 * A chain that makes blocks of transactions alone makes none while everybody waits for one. After
 * this long without a block, who waits for the earliest one is let go.
 */
const stallMs = 4_000

type Waiter = Readonly<{ block: number; go: () => void }>

/** A watch that does not run yet. */
export const createHeadWatch = ({
  readHead,
  nowMs,
  random,
  report,
}: HeadWatchOptions): HeadWatch => {
  let waiters: Waiter[] = []
  let head = -1
  let movedAtMs = nowMs()
  let msPerBlock = pollMsMin
  let ended = false
  let wake = (): void => {}

  const note = (block: number): void => {
    if (block <= head) return
    const now = nowMs()
    if (head >= 0) msPerBlock = (msPerBlock + (now - movedAtMs) / (block - head)) / 2
    head = block
    movedAtMs = now
  }

  const release = (isReady: (waiter: Waiter) => boolean): void => {
    const ready = waiters.filter(isReady)
    waiters = waiters.filter((waiter) => !ready.includes(waiter))
    for (const { go } of ready) go()
  }

  const releaseStalled = (): void => {
    if (nowMs() - movedAtMs < stallMs) return
    movedAtMs = nowMs()
    const earliest = waiters.reduce<Waiter | null>(
      (a, b) => (a === null || b.block < a.block ? b : a),
      null,
    )
    if (earliest !== null) release((waiter) => waiter === earliest)
  }

  const delayMs = (): number => {
    const earliest = Math.min(...waiters.map(({ block }) => block))
    return Math.min(pollMsMax, Math.max(pollMsMin, (earliest - head) * msPerBlock))
  }

  const watchOnce = async (signal: AbortSignal): Promise<void> => {
    note((await readHead(signal)) ?? -1)
    release(({ block }) => block <= head)
    releaseStalled()
    if (waiters.length > 0) await raceWithin(delayMs(), signal)
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    let failures = 0
    while (!signal.aborted) {
      const { promise: asked, resolve } = Promise.withResolvers<void>()
      wake = resolve
      try {
        if (waiters.length === 0) await raceWithin(Number.POSITIVE_INFINITY, signal, asked)
        else await watchOnce(signal)
        failures = 0
      } catch (error) {
        if (signal.aborted) break
        if (!(error instanceof RetryableError)) throw error
        failures += 1
        report(`Waiting for blocks waits: ${messageOf(error)}`)
        await raceWithin(backoffMs(failures, random), signal)
      }
    }
  }

  return {
    waitFor: (block) => {
      if (ended || block <= head) return Promise.resolve()
      const { promise, resolve } = Promise.withResolvers<void>()
      waiters.push({ block, go: resolve })
      wake()
      return promise
    },
    run: async (signal) => {
      try {
        await run(signal)
      } finally {
        ended = true
        release(() => true)
      }
    },
  }
}
