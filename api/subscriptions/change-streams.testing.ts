/** What tests of subscriptions share: streams over a world in memory, and pulling from them. */
import type { FakeWorld } from '../graphql/worlds/infinite-hex-adventurers/fake-world.testing.ts'
import type { Change } from './change.ts'
import { type ChangeStreams, createChangeStreams } from './change-streams.ts'

/** The signal of an asker that stays. */
export const never = new AbortController().signal

/** Streams over a world; what they report is collected. */
export const streamsOver = (world: FakeWorld, reported: unknown[] = []): ChangeStreams =>
  createChangeStreams({
    reads: world.reads,
    feed: world.feed,
    report: (_message, error) => void reported.push(error),
  })

export type Stream = AsyncGenerator<Change, void, undefined>

/** The next change. Throws when the stream has ended. */
export const nextOf = async (stream: Stream): Promise<Change> => {
  const step = await stream.next()
  if (step.done === true) throw new Error('the stream ended')
  return step.value
}

/** The next changes, in order. */
export const take = async (stream: Stream, count: number): Promise<Change[]> => {
  const changes: Change[] = []
  while (changes.length < count) changes.push(await nextOf(stream))
  return changes
}
