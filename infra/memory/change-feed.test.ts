import { expect, it } from 'vitest'
import type { ChangeNotice } from '../../projections/engine/change-feed.ts'
import { createMemoryChangeFeed } from './change-feed.ts'

const notice = (position: number): ChangeNotice => ({ position, block: position * 10 })
const never = new AbortController().signal
const readingOf = (notices: AsyncIterable<ChangeNotice>): AsyncIterator<ChangeNotice> =>
  notices[Symbol.asyncIterator]()

it('gives each reader the notices that come after it subscribed', async () => {
  const feed = createMemoryChangeFeed()
  feed.publish(notice(1))
  const [one, two] = [readingOf(feed.subscribe(never)), readingOf(feed.subscribe(never))]
  const first = one.next()
  feed.publish(notice(2))
  expect((await first).value).toEqual(notice(2))
  expect((await two.next()).value).toEqual(notice(2))
  const second = one.next()
  feed.publish(notice(3))
  expect((await second).value).toEqual(notice(3))
})

it('gives a slow reader only the latest notice', async () => {
  const feed = createMemoryChangeFeed()
  const reading = readingOf(feed.subscribe(never))
  for (const position of [1, 2, 3]) feed.publish(notice(position))
  expect((await reading.next()).value).toEqual(notice(3))
})

it('ends when the signal aborts, also for a reader that has never read', async () => {
  const feed = createMemoryChangeFeed()
  const abort = new AbortController()
  const [waiting, unread] = [
    readingOf(feed.subscribe(abort.signal)),
    readingOf(feed.subscribe(abort.signal)),
  ]
  const end = waiting.next()
  feed.publish(notice(1))
  await end
  const next = waiting.next()
  abort.abort()
  expect((await next).done).toBe(true)
  expect((await unread.next()).done).toBe(true)
  expect((await readingOf(feed.subscribe(abort.signal)).next()).done).toBe(true)
})
