/** How far readers are behind the chain: the distance of two blocks, not a queue of this program. */
import type { SourceState } from '../../domain/world-stream/source-state.ts'
import type { MetaView } from '../../projections/reads/history-reads.ts'

/** How far the read models are behind the source's newest block; null while either is not known. */
export type SourceLag = Readonly<{ blocks: number; seconds: number }> | null

/** Never below zero: the source is asked at intervals, and the read models may have gone on since. */
export const sourceLag = ({ head }: SourceState, block: MetaView['block']): SourceLag => {
  if (head === null || block === null) return null
  const blocks = Math.max(0, head.number - block.number)
  const seconds = Math.round(head.timestamp - block.time.getTime() / 1_000)
  return { blocks, seconds: blocks === 0 ? 0 : Math.max(0, seconds) }
}
