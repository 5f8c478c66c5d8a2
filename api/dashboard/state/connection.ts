/** The connection in one word, from what each subscription, the pulse and the head say. */
import type { FollowStatus } from '../../client/follow.ts'
import type { Connection } from './app-state.ts'

/** Events behind the log from which the picture is no longer called live. */
const LAG_EVENTS_MAX = 200
/** Pulses without an answer, one after the other, from which the server counts as gone. */
const PULSES_MISSED_MAX = 2
/** A head that is older is not called live … */
const HEAD_AGE_MS_MAX = 20_000
/** … unless blocks take so long that fewer than these could have come. */
const HEAD_AGE_BLOCKS_MAX = 4

/** What the connection is judged by. */
export type Signals = Readonly<{
  statuses: Iterable<FollowStatus>
  /** Whether the browser itself has a network. */
  isOnline: boolean
  isMapComplete: boolean
  /** Events that the read models have not taken in; null while unknown. */
  lag: number | null
  /** Questions for the head that had no answer since the last that had one. */
  pulsesMissed: number
  /** How long ago the head was made; null while unknown. */
  headAgeMs: number | null
  /** Milliseconds from block to block; null while unknown. */
  blockMs: number | null
}>

/** The worst of what is going on decides. */
export const connectionOf = (signals: Signals): Connection => {
  const { statuses, isOnline, isMapComplete, lag, pulsesMissed } = signals
  const all = new Set(statuses)
  if (!isOnline || all.has('offline') || pulsesMissed >= PULSES_MISSED_MAX) return 'offline'
  if (all.has('resuming') || pulsesMissed > 0) return 'resuming'
  if (!isMapComplete || lag === null || lag > LAG_EVENTS_MAX) return 'catching up'
  return isHeadOld(signals) ? 'quiet' : 'live'
}

const isHeadOld = ({ headAgeMs, blockMs }: Signals): boolean =>
  headAgeMs !== null && headAgeMs > Math.max(HEAD_AGE_MS_MAX, (blockMs ?? 0) * HEAD_AGE_BLOCKS_MAX)

/** When the head was made, and when this page saw it come; null for the first that it saw. */
export type SeenHead = Readonly<{ number: number; time: string; cameAtMs: number | null }>

/**
 * How long ago the head was made. Clocks differ: a head that this page saw come is no older than
 * that. Times are milliseconds on the page's clock.
 */
export const headAgeOf = ({ time, cameAtMs }: SeenHead, nowMs: number): number => {
  const byClocks = nowMs - Date.parse(time)
  return Math.max(0, cameAtMs === null ? byClocks : Math.min(byClocks, nowMs - cameAtMs))
}
