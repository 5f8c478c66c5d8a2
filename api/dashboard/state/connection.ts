/** The connection in one word, from what each subscription and the head say. */
import type { FollowStatus } from '../../client/follow.ts'
import type { Connection } from './app-state.ts'

/** Events behind the log from which the picture is no longer called live. */
const LAG_EVENTS_MAX = 200

/** What the connection is judged by. */
export type Signals = Readonly<{
  statuses: Iterable<FollowStatus>
  /** Whether the browser itself has a network. */
  isOnline: boolean
  isMapComplete: boolean
  /** Events that the read models have not taken in; null while unknown. */
  lag: number | null
}>

/** The worst of what is going on decides. */
export const connectionOf = ({ statuses, isOnline, isMapComplete, lag }: Signals): Connection => {
  const all = new Set(statuses)
  if (!isOnline || all.has('offline')) return 'offline'
  if (all.has('resuming')) return 'resuming'
  return isMapComplete && lag !== null && lag <= LAG_EVENTS_MAX ? 'live' : 'catching up'
}
