/**
 * Waiting for blocks with as few questions as possible: it learns how fast they come and asks when
 * one is due.
 */
import { createAlarm } from '../domain/waiting/alarm.ts'
import type { Outage } from '../domain/waiting/outage.ts'
import { pause } from '../domain/waiting/pause.ts'
import { repeatedly } from '../domain/waiting/persistently.ts'

/**
 * Number of the newest block that the read models cover; null before the first. Throws
 * RetryableError when the world cannot be reached, and the signal's reason when it aborts.
 */
export type ReadHead = (signal: AbortSignal) => Promise<number | null>

export type HeadWatchOptions = Readonly<{
  readHead: ReadHead
  nowMs: () => number
  /** 0 ≤ random < 1, for jitter. */
  random: () => number
  /** Told of failures that are tried again, and of their end. */
  outage: Outage
}>

export type HeadWatch = Readonly<{
  /**
   * Resolves when the read models cover the block, when blocks stay away (see below), or when the
   * watch has ended.
   */
  waitFor: (block: number) => Promise<void>
  /** Watches until the signal aborts, then releases all waiters. */
  run: (signal: AbortSignal) => Promise<void>
}>

const POLL_MS_MIN = 100
const POLL_MS_MAX = 2_000
/**
 * A chain that makes blocks of transactions alone makes none while everybody waits for one. After
 * this long without a block, the waiter for the earliest block is released.
 */
const STALL_MS = 4_000

type Waiter = Readonly<{ block: number; go: () => void }>

/** Everybody who waits for a block. */
const createWaiters = () => {
  let waiters: readonly Waiter[] = []
  const release = (isReady: (waiter: Waiter) => boolean): void => {
    const ready = waiters.filter(isReady)
    waiters = waiters.filter((waiter) => !ready.includes(waiter))
    for (const { go } of ready) go()
  }
  const earliest = (): Waiter | null =>
    waiters.reduce<Waiter | null>((a, b) => (a === null || b.block < a.block ? b : a), null)
  return {
    /** Resolves when the waiter is released. */
    wait: (block: number): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiters = [...waiters, { block, go: resolve }]
      return promise
    },
    release,
    /** The block that is waited for first; null when nobody waits. */
    nextBlock: (): number | null => earliest()?.block ?? null,
    /** Releases one of those who wait for that block. */
    releaseNext: (): void => {
      const next = earliest()
      release((waiter) => waiter === next)
    },
  }
}

/** A watch that does not run yet. */
export const createHeadWatch = ({
  readHead,
  nowMs,
  random,
  outage,
}: HeadWatchOptions): HeadWatch => {
  const waiters = createWaiters()
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

  const releaseStalled = (): void => {
    if (nowMs() - movedAtMs < STALL_MS) return
    movedAtMs = nowMs()
    waiters.releaseNext()
  }

  const delayMs = (block: number): number =>
    Math.min(POLL_MS_MAX, Math.max(POLL_MS_MIN, (block - head) * msPerBlock))

  const watchOnce = async (signal: AbortSignal): Promise<void> => {
    note((await readHead(signal)) ?? -1)
    waiters.release(({ block }) => block <= head)
    releaseStalled()
    const block = waiters.nextBlock()
    if (block !== null) await pause(delayMs(block), signal)
  }

  const run = (signal: AbortSignal): Promise<void> =>
    repeatedly(
      async () => {
        if (waiters.nextBlock() === null) await asked.pause(Number.POSITIVE_INFINITY, signal)
        else await watchOnce(signal)
      },
      signal,
      { random, ...outage },
    )

  return {
    waitFor: (block) => {
      if (ended || block <= head) return Promise.resolve()
      const waiting = waiters.wait(block)
      asked.ring()
      return waiting
    },
    run: async (signal) => {
      try {
        await run(signal)
      } finally {
        ended = true
        waiters.release(() => true)
      }
    },
  }
}
