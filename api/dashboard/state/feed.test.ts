import { describe, expect, it } from 'vitest'
import { activityBins, EVENTS_MAX, foldEvents, withEvents } from './feed.ts'
import { eventFor } from './world.testing.ts'
import type { EventMessage } from './world-types.ts'

const envelope = {
  cursor: 'c',
  position: 1,
  block: 1,
  finality: 'ACCEPTED_ON_L2',
  last: true,
} as const
const upsert = (position: number): EventMessage => ({
  __typename: 'WorldEventUpsert',
  ...envelope,
  node: eventFor(position),
})

describe('the feed', () => {
  it('is newest first and holds each event once, in whatever order and however often they come', () => {
    const feed = withEvents(withEvents([], [eventFor(2), eventFor(5)]), [
      eventFor(3),
      eventFor(5),
      eventFor(1),
    ])
    expect(feed.map(({ position }) => position)).toEqual([5, 3, 2, 1])
  })

  it('keeps the newest when it is full', () => {
    const many = Array.from({ length: EVENTS_MAX + 10 }, (_, at) => eventFor(at))
    const feed = withEvents([], many)
    expect(feed).toHaveLength(EVENTS_MAX)
    expect(feed[0]?.position).toBe(EVENTS_MAX + 9)
  })

  it('marks an event whose block was dropped, and takes the mark away when it comes back', () => {
    const removal: EventMessage = { __typename: 'WorldEventRemoval', ...envelope, id: '1' }
    const dropped = foldEvents([], [upsert(1), upsert(2), removal])
    expect(dropped.map(({ id, isRetracted }) => [id, isRetracted])).toEqual([
      ['2', false],
      ['1', true],
    ])
    expect(foldEvents(dropped, [upsert(1)]).some(({ isRetracted }) => isRetracted)).toBe(false)
  })

  it('counts events into bins over the blocks, the last bin ending with the head', () => {
    const feed = withEvents(
      [],
      [eventFor(10), eventFor(11), eventFor(19), eventFor(5), eventFor(40)],
    )
    expect(activityBins(feed, { from: 10, head: 19, bins: 2 })).toEqual([2, 1])
  })
})
