import { expect, it } from 'vitest'
import type { Head } from '../../domain/world-stream/head.ts'
import { createHeadFeed } from './head-feed.ts'

const headAt = (number: number): Head => ({
  number,
  hash: `0x${number}`,
  timestamp: number,
  finality: 'ACCEPTED_ON_L2',
  position: number * 3,
})

it('tells the head that was published last, and wakes at each', async () => {
  const heads = createHeadFeed()
  expect([heads.head(), await heads.latest()]).toEqual([null, null])
  const stop = new AbortController()
  const readings = heads.subscribe(stop.signal)[Symbol.asyncIterator]()
  for (const number of [4, 5]) {
    heads.publish(headAt(number))
    expect((await readings.next()).done).toBe(false)
    expect(heads.head()).toEqual(headAt(number))
    expect(await heads.latest()).toEqual({
      block: number,
      hash: `0x${number}`,
      position: number * 3,
    })
  }
  stop.abort()
  expect((await readings.next()).done).toBe(true)
})
