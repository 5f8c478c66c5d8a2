/** The last events of one hex or adventurer, read again when something about it changed. */
import type { JSX } from 'preact'
import { entryOf } from '../state/feed.ts'
import { type EventFilter, readEvents } from '../state/follow-events.ts'
import type { FeedEvent } from '../state/world-types.ts'
import { type Detail, useDetail, useNow, useSession } from './context.ts'
import { Entries } from './sentence.tsx'

const EVENTS_SHOWN = 25

/** The events that `filter` names, newest first; `revision` changes when there may be others. */
export const useHistory = (
  subject: string,
  revision: string,
  filter: EventFilter,
): Detail<readonly FeedEvent[]> => {
  const session = useSession()
  return useDetail(`history ${subject}`, revision, async (signal) => {
    const { events } = await readEvents(session.client, { ...filter, first: EVENTS_SHOWN }, signal)
    return events
  })
}

/** The list of events, or what stands in its place. */
export const History = ({ history }: { history: Detail<readonly FeedEvent[]> }): JSX.Element => {
  const now = useNow(5_000)
  if (history.trouble !== null && history.data === null)
    return <p class="trouble">{history.trouble}</p>
  if (history.data === null) return <p class="empty">Reading…</p>
  if (history.data.length === 0) return <p class="empty">Nothing has happened here yet.</p>
  return <Entries entries={history.data.map(entryOf)} now={now} kind="timeline" />
}
