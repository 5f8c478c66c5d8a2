import { describe, expect, it } from 'vitest'
import type { PlacedChange } from './change.ts'
import { never } from './change-streams.testing.ts'
import { afterAll, comparePlaces, type Place } from './place.ts'
import { type ChangePage, createTail } from './tail.ts'

const PAGE = 64

const changeAt = (position: number): PlacedChange => ({
  place: afterAll(position),
  change: {
    __typename: 'WorldEventSnapshot',
    cursor: '',
    position,
    block: position,
    finality: 'ACCEPTED_ON_L2',
    last: true,
    nodes: [],
  },
})

describe('the tail of a source', () => {
  it('leaves nothing out for a reader whose own read found nothing while the window moved on', async () => {
    const stored: PlacedChange[] = []
    const pageAfter = (after: Place): ChangePage => {
      const left = stored.filter(({ place }) => comparePlaces(place, after) > 0)
      return { changes: left.slice(0, PAGE), isAll: left.length <= PAGE }
    }
    const early = afterAll(5)
    const isAnswered = Promise.withResolvers<void>()
    let earlyReads = 0
    const tail = createTail(afterAll(10), {
      read: async (after) => {
        const page = pageAfter(after)
        if (after.position === early.position) {
          earlyReads += 1
          if (earlyReads === 1) await isAnswered.promise
        }
        return page
      },
      reachedPosition: () => stored.at(-1)?.place.position ?? 10,
      report: () => {},
      signal: never,
    })
    const ofEarly = tail.next(early, never)
    for (let position = 11; position <= 10 + 2 * PAGE; position += 1)
      stored.push(changeAt(position))
    let place = afterAll(10)
    while (place.position < 10 + 2 * PAGE)
      place = (await tail.next(place, never)).at(-1)?.place ?? place
    expect(tail.holds(afterAll(10))).toBe(false)
    isAnswered.resolve()
    expect((await ofEarly)[0]?.place).toEqual(afterAll(11))
  })
})
