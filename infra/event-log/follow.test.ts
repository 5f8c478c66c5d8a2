import { expect, it, onTestFinished, vi } from 'vitest'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import { someEvents } from '../../domain/event-log/event-log.testing.ts'
import type { RecordedEvent, SubscriptionMessage } from '../../domain/event-log/event-log.ts'
import { createFollow, type FollowedPage, type FollowSource } from './follow.ts'

const { signal: neverAborted } = new AbortController()

const page = (first: number, count: number, isEnd: boolean): FollowedPage => {
  const events = someEvents(count).map(
    (event, at): RecordedEvent => ({
      ...event,
      stream: 'a-1',
      revision: first + at,
      logPosition: first + at,
      recordedAt: new Date(0),
    }),
  )
  return { events, position: first + count - 1, isEnd }
}

const sourceOf = (readAfter: FollowSource['readAfter']): FollowSource => ({
  readAfter,
  nextWakeUp: () => ({ woken: new Promise<void>(() => {}), cancel: () => {} }),
})

const taken = async (messages: AsyncIterable<SubscriptionMessage>): Promise<readonly unknown[]> => {
  const seen: unknown[] = []
  for await (const message of messages) {
    seen.push(
      message.kind === 'events' ? message.events.map(({ revision }) => revision) : message.position,
    )
    if (message.kind === 'caughtUp') break
  }
  return seen
}

it('tries a read again that may pass, from the same position, and tells of it', async () => {
  const trouble: Error[] = []
  const asked: number[] = []
  const follow = createFollow({
    closing: neverAborted,
    random: () => 0,
    onTrouble: ({ error }) => trouble.push(error),
  })
  const source = sourceOf(async (position) => {
    asked.push(position)
    if (asked.length % 3 !== 0) throw new RetryableError(`try ${asked.length}`)
    return position === -1 ? page(0, 2, false) : page(2, 1, true)
  })
  expect(await taken(follow(source, -1, neverAborted))).toEqual([[0, 1], [2], 2])
  expect(asked).toEqual([-1, -1, -1, 1, 1, 1])
  expect(trouble.map(({ message }) => message)).toEqual(['try 1', 'try 2', 'try 4', 'try 5'])
})

it.each([
  ['what no retry can help, at once', () => new FatalError('broken'), 0],
  ['what does not pass in half a minute', () => new RetryableError('still away'), 30_000],
])('gives its reader %s', async (_, failure, afterMs) => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let reads = 0
  const follow = createFollow({ closing: neverAborted, random: () => 0.999 })
  const source = sourceOf(async () => {
    reads += 1
    throw failure()
  })
  const reading = taken(follow(source, -1, neverAborted))
  const told = expect(reading).rejects.toThrow(failure().message)
  const startedMs = performance.now()
  await vi.runAllTimersAsync()
  await told
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(afterMs)
  expect(reads).toBe(afterMs === 0 ? 1 : 18)
})

it.each(['its signal aborts', 'the log is closed'])(
  'ends when %s, also in the middle of a read that hangs',
  async (by) => {
    const [closing, stopping] = [new AbortController(), new AbortController()]
    const follow = createFollow({ closing: closing.signal })
    const hanging = Promise.withResolvers<FollowedPage>()
    const reading = taken(
      follow(
        sourceOf(() => hanging.promise),
        -1,
        stopping.signal,
      ),
    )
    const controller = by === 'the log is closed' ? closing : stopping
    controller.abort()
    expect(await reading).toEqual([])
    hanging.reject(new RetryableError('too late for anybody'))
  },
)
