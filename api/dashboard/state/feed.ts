/**
 * The feed as a value: events newest first, each once, at most `EVENTS_MAX`. Retracted events stay,
 * marked.
 */
import type { FeedEntry } from './app-state.ts'
import type { EventMessage, FeedEvent } from './world-types.ts'

/** Kept for the feed and for the histogram of the time bar. */
export const EVENTS_MAX = 3_000

const byPosition = (one: FeedEntry, other: FeedEntry): number => other.position - one.position

/** An event as it enters the feed. */
export const entryOf = (event: FeedEvent): FeedEntry => ({ ...event, isRetracted: false })

/** Adds events in any order; one that is there already is replaced. */
export const withEvents = (
  feed: readonly FeedEntry[],
  added: readonly FeedEvent[],
): readonly FeedEntry[] => {
  if (added.length === 0) return feed
  const fresh = new Map(added.map((event) => [event.id, entryOf(event)]))
  const kept = feed.filter(({ id }) => !fresh.has(id))
  return [...fresh.values(), ...kept].sort(byPosition).slice(0, EVENTS_MAX)
}

/** Marks an event whose block was dropped. */
const withRetraction = (feed: readonly FeedEntry[], id: string): readonly FeedEntry[] =>
  feed.map((entry) => (entry.id === id ? { ...entry, isRetracted: true } : entry))

/** Takes in the messages of the subscription in order. */
export const foldEvents = (
  feed: readonly FeedEntry[],
  messages: readonly EventMessage[],
): readonly FeedEntry[] => {
  let folded = feed
  let run: FeedEvent[] = []
  for (const message of messages) {
    if (message.__typename === 'WorldEventUpsert') run.push(message.node)
    else if (message.__typename === 'WorldEventRemoval') {
      folded = withRetraction(withEvents(folded, run), message.id)
      run = []
    }
  }
  return withEvents(folded, run)
}

/** Events per bin of blocks, oldest first, over `bins` bins that end with `head`. */
export const activityBins = (
  feed: readonly FeedEntry[],
  span: Readonly<{ from: number; head: number; bins: number }>,
): readonly number[] => {
  const counts = new Array<number>(span.bins).fill(0)
  const width = Math.max(1, span.head - span.from + 1) / span.bins
  for (const { block, isRetracted } of feed) {
    if (isRetracted || block.number < span.from || block.number > span.head) continue
    const bin = Math.min(span.bins - 1, Math.floor((block.number - span.from) / width))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts
}
