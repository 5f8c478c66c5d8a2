/**
 * Whether the server is ready for its users: the world has a first block, the read models have
 * caught up with it, and the source of blocks is followed.
 */
import { shownDuration } from '../../domain/shown.ts'
import type { SourceState } from '../../domain/world-stream/source-state.ts'
import type { HistoryReads, MetaView } from '../../projections/reads/history-reads.ts'
import { sourceLag } from '../graphql/source-lag.ts'

/** What is missing, as sentences; nothing when the server is ready. */
export type Readiness = () => Promise<readonly string[]>

/** Once caught up, a short backlog is normal life; a long one means that answers are stale. */
const LAG_EVENTS_MAX = 10_000
/** Behind the source by more than both: a chain may make many blocks a second, or few an hour. */
const SOURCE_LAG_BLOCKS_MAX = 16
const SOURCE_LAG_SECONDS_MAX = 30

/** `missingElsewhere` names what else the process still waits for. */
export const createReadiness = (
  reads: Pick<HistoryReads, 'meta'>,
  source: (() => SourceState) | null,
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
      ...(source === null ? [] : missingOfSource(source(), block)),
      ...missingElsewhere(),
    ]
  }
}

const missingOfSource = (state: SourceState, block: MetaView['block']): readonly string[] => {
  const { stall } = state
  if (stall !== null) return [`${stall.reason} (since ${new Date(stall.sinceMs).toISOString()})`]
  const { blocks, seconds } = sourceLag(state, block) ?? { blocks: 0, seconds: 0 }
  return blocks > SOURCE_LAG_BLOCKS_MAX && seconds > SOURCE_LAG_SECONDS_MAX
    ? [`The read models are ${blocks} blocks (${shownDuration(seconds * 1_000)}) behind the source`]
    : []
}
