import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mapAhead } from './map-ahead.ts'

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}

test('results come in the order of the items, with never more calls under way than allowed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.nat(), { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (scheduler, items, aheadMax) => {
        let underWay = 0
        let underWayMost = 0
        const double = scheduler.scheduleFunction(async (item: number) => item * 2)
        const mapped = mapAhead(items, aheadMax, async (item) => {
          underWay += 1
          underWayMost = Math.max(underWayMost, underWay)
          const result = await double(item)
          underWay -= 1
          return result
        })
        const results = await scheduler.waitFor(collect(mapped))
        expect(results).toEqual(items.map((item) => item * 2))
        expect(underWayMost).toBe(Math.min(items.length, aheadMax))
      },
    ),
  )
})

test('a failure is thrown in its turn, after the results before it', async () => {
  const seen: number[] = []
  const failing = mapAhead([1, 2, 3, 4], 4, async (item) => {
    if (item >= 3) throw new Error(`no ${item}`)
    return item
  })
  const reading = (async () => {
    for await (const result of failing) seen.push(result)
  })()
  await expect(reading).rejects.toThrow('no 3')
  expect(seen).toEqual([1, 2])
})

test('items are taken only as far ahead as allowed, and what is under way is waited for at an early end', async () => {
  const taken: number[] = []
  const ended: number[] = []
  function* items() {
    for (let item = 0; item < 100; item++) {
      taken.push(item)
      yield item
    }
  }
  for await (const _ of mapAhead(items(), 3, async (item) => {
    await Promise.resolve()
    ended.push(item)
  })) {
    break
  }
  expect(taken).toEqual([0, 1, 2])
  expect(ended).toEqual([0, 1, 2])
})
