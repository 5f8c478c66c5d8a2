/**
 * Whether the server is ready for its users: the world has a first block, and the read models have
 * caught up with it.
 */
import type { HistoryReads } from '../../projections/reads/history-reads.ts'

/** What is missing, as sentences; nothing when the server is ready. */
export type Readiness = () => Promise<readonly string[]>

/** Once caught up, a short backlog is normal life; a long one means that answers are stale. */
const LAG_EVENTS_MAX = 10_000

/** `missingElsewhere` names what else the process still waits for. */
export const createReadiness = (
  reads: Pick<HistoryReads, 'meta'>,
  missingElsewhere: () => readonly string[],
): Readiness => {
  let hasCaughtUp = false
  return async () => {
    const { block, lag } = await reads.meta()
    if (block !== null && lag === 0) hasCaughtUp = true
    const lagMax = hasCaughtUp ? LAG_EVENTS_MAX : 0
    return [
      ...(block === null ? ['The world has no block yet'] : []),
      ...(lag > lagMax ? [`The read models are ${lag} events behind the log`] : []),
      ...missingElsewhere(),
    ]
  }
}
