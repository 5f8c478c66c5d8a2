/**
 * Follows the world's events for the feed: what happens from now on, then what happened before,
 * joined without a gap.
 */
import { messageOf } from '../../../domain/errors.ts'
import { NEVER } from '../../../domain/waiting/pause.ts'
import {
  type EventsQueryVariables,
  eventsDocument,
  worldEventsDocument,
} from '../../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'
import type { Client } from '../../client/client.ts'
import type { FollowStatus } from '../../client/follow.ts'
import { readPersistently } from './reads.ts'
import { createSoon } from './soon.ts'
import type { EventMessage, FeedEvent } from './world-types.ts'

/** Told what the world's events bring. */
export type EventListeners = Readonly<{
  /** Messages that arrived since the last call, in order. */
  onMessages: (messages: readonly EventMessage[]) => void
  /** Events from before, and the cursor of those before them; null when there are none. */
  onOlder: (events: readonly FeedEvent[], before: string | null) => void
  onStatus: (status: FollowStatus) => void
  /** What happened before could not be asked for, and will be again. */
  onTrouble: (message: string) => void
  /** The server refused the subscription. */
  onRefusal: (message: string) => void
}>

/** Which events are meant, and as of when. */
export type EventFilter = Omit<EventsQueryVariables, 'first' | 'after'>

/** Events of a page when no number is given. */
const PAGE_EVENTS = 100
/** Messages are handed on in batches, so that a busy block costs one rendering. */
const BATCH_MS = 120

/** One page of past events, newest first, and the cursor of those before it; null for none. */
export const readEvents = async (
  client: Client,
  page: Partial<EventsQueryVariables>,
  signal: AbortSignal = NEVER,
): Promise<{ events: readonly FeedEvent[]; before: string | null }> => {
  const variables = { first: PAGE_EVENTS, ...page }
  const { events } = await client.query(eventsDocument, variables, { signal })
  const { hasNextPage, endCursor } = events.pageInfo
  return { events: events.edges.map(({ node }) => node), before: hasNextPage ? endCursor : null }
}

/** Follows until the signal aborts. */
export const followEvents = (
  client: Client,
  listeners: EventListeners,
  signal: AbortSignal,
): void => {
  const batch: EventMessage[] = []
  const flushing = createSoon(BATCH_MS, () => listeners.onMessages(batch.splice(0)))
  const readBack = async (): Promise<void> => {
    const { events, before } = await readPersistently(
      (limited) => readEvents(client, {}, limited),
      signal,
      listeners.onTrouble,
    )
    listeners.onOlder(events, before)
  }
  const run = async (): Promise<void> => {
    const messages = client.follow(worldEventsDocument, (since) => ({ since }), {
      signal,
      onStatus: (status) => listeners.onStatus(status),
    })
    for await (const message of messages) {
      // The subscription begins with an empty snapshot at its position: what came before is read
      // from there back.
      if (message.__typename === 'WorldEventSnapshot') await readBack()
      batch.push(message)
      flushing.ask()
    }
  }
  signal.addEventListener('abort', flushing.cancel)
  run().catch((error: unknown) => {
    if (!signal.aborted) listeners.onRefusal(messageOf(error))
  })
}
