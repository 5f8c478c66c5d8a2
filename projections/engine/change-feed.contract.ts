/** What every ChangeFeed does, whatever carries the notices. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NEVER } from '../../domain/waiting/pause.ts'
import type { ChangeFeed, ChangeNotice } from './change-feed.ts'

/** A feed, told by the one side and heard at the other; they may be the same. */
export type FeedStage = Readonly<{
  publisher: Pick<ChangeFeed, 'publish'>
  subscriber: Pick<ChangeFeed, 'subscribe'>
  /** Resolves when what was published has come to all that have subscribed. */
  delivered: () => Promise<void>
  close: () => Promise<void>
}>

let positions = 0
/** A notice that no other test uses. */
const freshNotice = (): ChangeNotice => {
  positions += 1
  return { position: positions, block: positions * 10 }
}

const readerOf = (notices: AsyncIterable<ChangeNotice>): AsyncIterator<ChangeNotice> =>
  notices[Symbol.asyncIterator]()

/** Runs the suite. */
export const describeChangeFeed = (name: string, open: () => Promise<FeedStage>): void => {
  describe(`${name} as a change feed`, () => {
    let stage: FeedStage
    beforeAll(async () => {
      stage = await open()
    })
    afterAll(() => stage.close())
    const opened = (): FeedStage => stage

    describe('tells its readers', () => describeNotices(opened))
    describe('ends', () => describeEnds(opened))
  })
}

/** Publishes notices that nobody else does; those of them that all readers have by then. */
const publish = async (
  { publisher, delivered }: FeedStage,
  count = 1,
): Promise<readonly ChangeNotice[]> => {
  const notices = Array.from({ length: count }, freshNotice)
  for (const notice of notices) publisher.publish(notice)
  await delivered()
  return notices
}

const describeNotices = (stage: () => FeedStage): void => {
  const subscribed = (signal: AbortSignal = NEVER) => readerOf(stage().subscriber.subscribe(signal))

  it('each notice, in order, to a reader that keeps up', async () => {
    const stop = new AbortController()
    const reader = subscribed(stop.signal)
    for (let turns = 0; turns < 5; turns += 1) {
      const next = reader.next()
      const [notice] = await publish(stage())
      expect(await next).toEqual({ done: false, value: notice })
    }
    stop.abort()
  })

  it('all of them, whether they keep up or not', async () => {
    const stop = new AbortController()
    const readers = [1, 2, 3].map(() => subscribed(stop.signal))
    const [slow, ...fast] = readers
    for (let turns = 0; turns < 3; turns += 1) {
      const waiting = fast.map((reader) => reader.next())
      const [notice] = await publish(stage())
      for (const next of waiting) expect((await next).value).toEqual(notice)
      if (turns === 2) expect((await slow?.next())?.value).toEqual(notice)
    }
    stop.abort()
  })

  it('nothing of before they subscribed', async () => {
    await publish(stage(), 3)
    const stop = new AbortController()
    const reader = subscribed(stop.signal)
    const next = reader.next()
    const [notice] = await publish(stage())
    expect((await next).value).toEqual(notice)
    stop.abort()
  })

  it('what comes after they subscribed and before they read', async () => {
    const stop = new AbortController()
    const reader = subscribed(stop.signal)
    const [notice] = await publish(stage())
    expect((await reader.next()).value).toEqual(notice)
    stop.abort()
  })

  it('when they are slow, only the latest notice, and that once', async () => {
    const stop = new AbortController()
    const reader = subscribed(stop.signal)
    const first = await publish(stage(), 100)
    expect((await reader.next()).value).toEqual(first.at(-1))
    const second = await publish(stage(), 100)
    expect((await reader.next()).value).toEqual(second.at(-1))
    const next = reader.next()
    const [third] = await publish(stage())
    expect((await next).value).toEqual(third)
    stop.abort()
  })

  it('with or without any: publishing neither fails nor waits', async () => {
    await publish(stage(), 1_000)
    const stop = new AbortController()
    const asleep = [1, 2, 3].map(() => subscribed(stop.signal))
    const notices = await publish(stage(), 1_000)
    for (const reader of asleep) expect((await reader.next()).value).toEqual(notices.at(-1))
    stop.abort()
  })

  it('although another one leaves in the middle', async () => {
    const stop = new AbortController()
    const [leaving, staying] = [subscribed(stop.signal), subscribed(stop.signal)]
    const both = [leaving.next(), staying.next()]
    const [first] = await publish(stage())
    for (const next of both) expect((await next).value).toEqual(first)
    await leaving.return?.()
    const [second] = await publish(stage())
    expect((await staying.next()).value).toEqual(second)
    expect((await leaving.next()).done).toBe(true)
    stop.abort()
  })
}

const describeEnds = (stage: () => FeedStage): void => {
  const subscribed = (signal: AbortSignal) => readerOf(stage().subscriber.subscribe(signal))

  it('for a reader that waits when its signal aborts, and for good', async () => {
    const stop = new AbortController()
    const reader = subscribed(stop.signal)
    const next = reader.next()
    stop.abort()
    expect((await next).done).toBe(true)
    await publish(stage())
    expect((await reader.next()).done).toBe(true)
  })

  it('for a reader that has never read', async () => {
    const stop = new AbortController()
    const reader = subscribed(stop.signal)
    stop.abort()
    expect((await reader.next()).done).toBe(true)
  })

  it('for a reader that has not yet read what was published', async () => {
    const stop = new AbortController()
    const reader = subscribed(stop.signal)
    await publish(stage())
    stop.abort()
    expect((await reader.next()).done).toBe(true)
  })

  it('before it begins when the signal has aborted', async () => {
    const reader = subscribed(AbortSignal.abort())
    await publish(stage())
    expect((await reader.next()).done).toBe(true)
  })

  it('for one reader and not for the others', async () => {
    const [stop, other] = [new AbortController(), new AbortController()]
    const [ending, staying] = [subscribed(stop.signal), subscribed(other.signal)]
    const next = staying.next()
    stop.abort()
    expect((await ending.next()).done).toBe(true)
    const [notice] = await publish(stage())
    expect((await next).value).toEqual(notice)
    other.abort()
  })

  it('for a reader that leaves while it waits', async () => {
    const stop = new AbortController()
    const reader = subscribed(stop.signal)
    const next = reader.next()
    await reader.return?.()
    expect((await next).done).toBe(true)
    stop.abort()
  })

  it('for a reader that leaves, read or unread', async () => {
    for (const reads of [0, 1]) {
      const stop = new AbortController()
      const reader = subscribed(stop.signal)
      await publish(stage())
      for (let turn = 0; turn < reads; turn += 1) await reader.next()
      await reader.return?.()
      await publish(stage())
      expect((await reader.next()).done).toBe(true)
      stop.abort()
    }
  })
}
