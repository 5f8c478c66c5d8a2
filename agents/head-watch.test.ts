import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FatalError, RetryableError } from '../domain/errors.ts'
import { createHeadWatch } from './head-watch.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A chain with a block every `blockMs`, watched until the test stops it. */
const watched = (blockMs: number) => {
  const stop = new AbortController()
  const startedAt = Date.now()
  const reads: number[] = []
  let failure: Error | null = null
  const readHead = async (): Promise<number | null> => {
    const head = Math.floor((Date.now() - startedAt) / blockMs)
    reads.push(head)
    if (failure !== null) throw failure
    return head
  }
  const watch = createHeadWatch({
    readHead,
    nowMs: () => Date.now(),
    random: () => 0.5,
    outage: { onRetry: () => {}, onRecovered: () => {} },
  })
  const running = watch.run(stop.signal)
  running.catch(() => {}) // the test that awaits it sees the error
  return {
    watch,
    reads,
    running,
    stop,
    fail: (error: Error | null) => {
      failure = error
    },
  }
}

const hasCome = (promise: Promise<void>): (() => boolean) => {
  let come = false
  void promise.then(() => {
    come = true
  })
  return () => come
}

describe('the watch for blocks', () => {
  it('lets go when the block is there, and asks nothing while nobody waits', async () => {
    const { watch, reads, stop } = watched(500)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(reads).toEqual([])
    const come = hasCome(watch.waitFor(20))
    await vi.advanceTimersByTimeAsync(4_900)
    expect(come()).toBe(false)
    await vi.advanceTimersByTimeAsync(2_100)
    expect(come()).toBe(true)
    stop.abort()
  })

  it('learns the pace of the chain, so that a long wait costs few questions', async () => {
    const { watch, reads, stop } = watched(500)
    const near = hasCome(watch.waitFor(10))
    await vi.advanceTimersByTimeAsync(7_000)
    expect(near()).toBe(true)
    reads.length = 0
    const far = hasCome(watch.waitFor(100))
    await vi.advanceTimersByTimeAsync(45_000)
    expect(far()).toBe(true)
    expect(reads.length).toBeLessThan(40)
    stop.abort()
  })

  it('lets the earliest go when blocks stay away, so that somebody makes the next one', async () => {
    const { watch, stop } = watched(Number.POSITIVE_INFINITY)
    const late = hasCome(watch.waitFor(9))
    const early = hasCome(watch.waitFor(3))
    await vi.advanceTimersByTimeAsync(6_500)
    expect([early(), late()]).toEqual([true, false])
    stop.abort()
  })

  it('outlasts failures that pass, and lets everybody go when it ends for good', async () => {
    const { watch, fail, running } = watched(500)
    fail(new RetryableError('no connection'))
    const come = hasCome(watch.waitFor(4))
    await vi.advanceTimersByTimeAsync(3_000)
    expect(come()).toBe(false)
    fail(null)
    await vi.advanceTimersByTimeAsync(6_000)
    expect(come()).toBe(true)
    fail(new FatalError('token refused'))
    const never = hasCome(watch.waitFor(1_000))
    const ended = expect(running).rejects.toThrow('token refused')
    await vi.advanceTimersByTimeAsync(3_000)
    await ended
    expect(never()).toBe(true)
  })
})
