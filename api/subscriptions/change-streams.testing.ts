/** What tests of subscriptions share: streams over a world in memory, and pulling from them. */
import type { WorldReads } from '../../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import { createTurnstile } from '../access/turnstile.ts'
import type { WatchedWorld } from '../graphql/worlds/infinite-hex-adventurers/watched-world.testing.ts'
import type { Change } from './change.ts'
import { type ChangeStreams, createChangeStreams } from './change-streams.ts'

/** The signal of an asker that stays. */
export const never = new AbortController().signal

/** Streams over a world; what they report is collected. */
export const streamsOver = (
  world: Pick<WatchedWorld, 'reads' | 'feed'>,
  reported: unknown[] = [],
): ChangeStreams<WorldReads> =>
  createChangeStreams({
    reads: world.reads,
    feed: world.feed,
    turnstile: createTurnstile({ runningMax: 4, waitingMax: 100, waitMsMax: 60_000 }),
    report: (_message, error) => void reported.push(error),
  })

export type Stream<Node = unknown> = AsyncGenerator<Change<Node>, void, undefined>

/** The next change. Throws when the stream has ended. */
export const nextOf = async <Node>(stream: Stream<Node>): Promise<Change<Node>> => {
  const step = await stream.next()
  if (step.done === true) throw new Error('the stream ended')
  return step.value
}

/** The next changes, in order. */
export const take = async <Node>(stream: Stream<Node>, count: number): Promise<Change<Node>[]> => {
  const changes: Change<Node>[] = []
  while (changes.length < count) changes.push(await nextOf(stream))
  return changes
}

/** What a cursor holds. */
export const contentOf = (cursor: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(cursor, 'base64url').toString())

/** A cursor that holds something else. */
export const forged = (cursor: string, content: object): string =>
  Buffer.from(JSON.stringify({ ...contentOf(cursor), ...content })).toString('base64url')
