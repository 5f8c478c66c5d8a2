import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { describeChangeFeed } from '../../projections/engine/change-feed.contract.ts'
import { createMemoryChangeFeed } from './change-feed.ts'

describeChangeFeed('the feed in memory', async () => {
  const feed = createMemoryChangeFeed()
  return {
    publisher: feed,
    subscriber: feed,
    delivered: async () => {},
    close: async () => {},
  }
})

it('keeps nothing of a reader that has left, not even on its signal', async () => {
  const feed = createMemoryChangeFeed()
  const { signal } = new AbortController()
  const [unread, read] = [1, 2].map(() => feed.subscribe(signal)[Symbol.asyncIterator]())
  feed.publish({ position: 1, block: 10 })
  await read?.next()
  expect(getEventListeners(signal, 'abort')).toHaveLength(2)
  for (const reader of [unread, read]) await reader?.return?.()
  expect(getEventListeners(signal, 'abort')).toEqual([])
})
