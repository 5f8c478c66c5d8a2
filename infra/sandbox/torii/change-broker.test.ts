import { describe, expect, it } from 'vitest'
import type { Change } from './block-writer.ts'
import { createChangeBroker, QUEUED_CHANGES_MAX, SUBSCRIBERS_MAX } from './change-broker.ts'

const node = {
  id: 'e',
  keys: [],
  eventId: '',
  executedAt: '',
  createdAt: '',
  updatedAt: '',
  $table: 'entities',
} as const
const entity = (id: string): Change => ({ topic: 'entities', id, tag: 't', node: { ...node, id } })
const nameOf = (change: Change): string => ('id' in change ? change.id : '')

describe('the broker', () => {
  it('hands each change to all who watch its topic, in order', async () => {
    const broker = createChangeBroker()
    const [one, two, other] = [
      broker.subscribe('entities'),
      broker.subscribe('entities'),
      broker.subscribe('model'),
    ]
    const waiting = one.next()
    broker.publish([entity('a'), entity('b')])
    expect(
      [await waiting, await one.next(), await two.next()].map(
        ({ value }) => value && nameOf(value),
      ),
    ).toEqual(['a', 'b', 'a'])
    const nothing = other.next()
    broker.close()
    expect(await nothing).toEqual({ done: true, value: undefined })
  })

  it('knows what is watched, until the last one goes, even one that is waiting', async () => {
    const broker = createChangeBroker()
    expect(broker.isWatched('entities')).toBe(false)
    const changes = broker.subscribe('entities')
    expect(broker.isWatched('entities')).toBe(true)
    const waiting = changes.next()
    await changes.return()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(broker.isWatched('entities')).toBe(false)
  })

  it('takes no more subscribers than it can serve, and new ones when others go', async () => {
    const broker = createChangeBroker()
    const all = Array.from({ length: SUBSCRIBERS_MAX }, () => broker.subscribe('entities'))
    expect(() => broker.subscribe('model')).toThrow('too many subscribers')
    await all[0]?.return()
    await all[0]?.return()
    broker.subscribe('model')
    expect(() => broker.subscribe('model')).toThrow('too many subscribers')
  })

  it('cuts off who cannot keep up, after what was queued', async () => {
    const broker = createChangeBroker()
    const slow = broker.subscribe('entities')
    broker.publish(Array.from({ length: QUEUED_CHANGES_MAX + 1 }, (_, at) => entity(String(at))))
    expect(broker.isWatched('entities')).toBe(false)
    const first = await slow.next()
    expect(first.value && nameOf(first.value)).toBe('0')
    for (let at = 1; at < QUEUED_CHANGES_MAX; at++) await slow.next()
    await expect(slow.next()).rejects.toThrow('too slow')
  })
})
