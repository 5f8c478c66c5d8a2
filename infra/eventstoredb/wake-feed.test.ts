import { expect, it } from 'vitest'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import { createWakeUps } from '../../domain/waiting/wake-ups.ts'
import { CutAsTooSlow } from './client-errors.ts'
import type { LogWatcher } from './live-subscription.ts'
import { createWakeFeed, type WakeFeed } from './wake-feed.ts'

type Watch = Readonly<{ watcher: LogWatcher; fail: (error: Error) => void; signal: AbortSignal }>

/** A feed over a server that does what the test says, and its live subscriptions so far. */
const openFeed = (watchdogMs = 60_000) => {
  const [watches, trouble]: [Watch[], [string, number][]] = [[], []]
  const stopping = new AbortController()
  const wakeUps = createWakeUps()
  let head = 10
  const feed = createWakeFeed({
    client: {
      logHead: async () => head,
      watch: (watcher, signal) => {
        const { promise, resolve, reject } = Promise.withResolvers<void>()
        signal.addEventListener('abort', () => resolve())
        watches.push({ watcher, fail: reject, signal })
        return promise
      },
    },
    wakeUps,
    watchdogMs,
    random: () => 1 - Number.EPSILON, // of backoff: 50 ms, 100 ms, 200 ms, …
    onTrouble: ({ error, delayMs }) => trouble.push([error.message, delayMs]),
    signal: stopping.signal,
  })
  return {
    feed,
    wakeUps,
    watches,
    trouble,
    moveHead: (position: number) => {
      head = position
    },
    stop: () => stopping.abort(),
  }
}

const begun = async (
  feed: WakeFeed,
  { wakeUps, watches }: Pick<ReturnType<typeof openFeed>, 'wakeUps' | 'watches'>,
) => {
  const wait = feed.watch(wakeUps.next(() => true))
  await expect.poll(() => watches.length).toBe(1)
  watches[0]?.watcher.began()
  await wait.woken // whatever came before it began
}

it('wakes the waiters for a stream, and begins only with the first of them', async () => {
  const { feed, wakeUps, watches, stop, trouble } = openFeed()
  expect(watches).toEqual([])
  await begun(feed, { wakeUps, watches })
  const wait = feed.watch(wakeUps.next((stream) => stream === 'a-1'))
  let isWoken = false
  void wait.woken.then(() => {
    isWoken = true
  })
  watches[0]?.watcher.saw('b-1', 20)
  await Promise.resolve()
  expect(isWoken).toBe(false)
  watches[0]?.watcher.saw('a-1', 30)
  await wait.woken
  expect(trouble).toEqual([])
  stop()
})

it('finds out a subscription that has fallen silent while the log grows, and wakes everybody behind a new one', async () => {
  const { feed, wakeUps, watches, trouble, moveHead, stop } = openFeed(10)
  await begun(feed, { wakeUps, watches })
  moveHead(50) // and nobody tells of it
  const wait = feed.watch(wakeUps.next(() => true))
  await expect.poll(() => watches.length).toBe(2)
  expect(watches[0]?.signal.aborted).toBe(true)
  expect(trouble).toEqual([['The live subscription to EventStoreDB lags behind the log', 50]])
  watches[1]?.watcher.began()
  await wait.woken
  stop()
})

it('resumes at once where a burst has cut it off, and calls that no trouble', async () => {
  const { feed, wakeUps, watches, trouble, stop } = openFeed()
  await begun(feed, { wakeUps, watches })
  for (let cut = 1; cut <= 20; cut += 1) {
    watches.at(-1)?.watcher.saw('a-1', 100 * cut)
    watches.at(-1)?.fail(new CutAsTooSlow('Consumer too slow'))
    await expect.poll(() => watches.length, { interval: 1 }).toBe(cut + 1)
    watches.at(-1)?.watcher.began()
  }
  expect(trouble).toEqual([])
  stop()
})

it('waits longer each time that it fails, also when it is cut off without having seen anything', async () => {
  const { feed, wakeUps, watches, trouble, stop } = openFeed()
  await begun(feed, { wakeUps, watches })
  for (let failure = 1; failure <= 4; failure += 1) {
    watches.at(-1)?.fail(failure === 2 ? new CutAsTooSlow('too slow') : new RetryableError('lost'))
    await expect.poll(() => watches.length, { interval: 1 }).toBe(failure + 1)
  }
  expect(trouble.map(([, delayMs]) => delayMs)).toEqual([50, 100, 200, 400])
  stop()
})

it('gives an error that no retry can help to every waiter, now and later', async () => {
  const { feed, wakeUps, watches } = openFeed()
  await begun(feed, { wakeUps, watches })
  const wait = feed.watch(wakeUps.next(() => true))
  watches[0]?.fail(new FatalError('not allowed to read $all'))
  await wait.woken
  expect(() => feed.watch(wakeUps.next(() => true))).toThrow('not allowed')
  expect(wakeUps.hasWaiters()).toBe(false)
})

it('ends with the signal, and begins no more', async () => {
  const { feed, wakeUps, watches, trouble, stop } = openFeed()
  await begun(feed, { wakeUps, watches })
  stop()
  expect(watches[0]?.signal.aborted).toBe(true)
  feed.watch(wakeUps.next(() => true)).cancel()
  await new Promise((resolve) => setImmediate(resolve))
  expect(watches).toHaveLength(1)
  expect(trouble).toEqual([])
})
