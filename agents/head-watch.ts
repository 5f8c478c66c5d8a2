/**
 * Waiting for blocks with as few questions as possible: it learns how fast they come and asks when
 * one is due.
 */
import { createAlarm } from '../domain/waiting/alarm.ts'
import { pause } from '../domain/waiting/pause.ts'
import { repeatedly } from '../domain/waiting/persistently.ts'

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

const POLL_MS_MIN = 100
const POLL_MS_MAX = 2_000
/**
 * A chain that makes blocks of transactions alone makes none while everybody waits for one. After
 * this long without a block, who waits for the earliest one is let go.
 */
const STALL_MS = 4_000

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
  let msPerBlock = POLL_MS_MIN
  let ended = false
  const asked = createAlarm()

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
    if (nowMs() - movedAtMs < STALL_MS) return
    movedAtMs = nowMs()
    const earliest = waiters.reduce<Waiter | null>(
      (a, b) => (a === null || b.block < a.block ? b : a),
      null,
    )
    if (earliest !== null) release((waiter) => waiter === earliest)
  }

  const delayMs = (): number => {
    const earliest = Math.min(...waiters.map(({ block }) => block))
    return Math.min(POLL_MS_MAX, Math.max(POLL_MS_MIN, (earliest - head) * msPerBlock))
  }

  const watchOnce = async (signal: AbortSignal): Promise<void> => {
    note((await readHead(signal)) ?? -1)
    release(({ block }) => block <= head)
    releaseStalled()
    if (waiters.length > 0) await pause(delayMs(), signal)
  }

  const run = (signal: AbortSignal): Promise<void> =>
    repeatedly(
      async () => {
        if (waiters.length === 0) await asked.pause(Number.POSITIVE_INFINITY, signal)
        else await watchOnce(signal)
      },
      signal,
      { random, onRetry: ({ error }) => report(`Waiting for blocks waits: ${error.message}`) },
    )

  return {
    waitFor: (block) => {
      if (ended || block <= head) return Promise.resolve()
      const { promise, resolve } = Promise.withResolvers<void>()
      waiters.push({ block, go: resolve })
      asked.ring()
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
