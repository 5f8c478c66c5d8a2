/**
 * The blocks that cursors name beside their position. Two worlds that began alike, such as copies of
 * one folder, have other blocks at the same position from where they went apart.
 */
import type { HistoryReads } from '../../projections/reads/history-reads.ts'
import type { Landmark } from '../../projections/reads/points.ts'

export type Landmarks = (position: number) => Promise<Landmark | null>

/** All tails ask for the blocks that come in now, one after the other. */
const REMEMBERED_MAX = 256

/** Landmarks at or below the head, which never change; the last ones asked for are remembered. */
export const createLandmarks = ({ landmark }: Pick<HistoryReads, 'landmark'>): Landmarks => {
  const known = new Map<number, Promise<Landmark | null>>()
  return (position) => {
    const found = known.get(position) ?? landmark(position)
    known.delete(position)
    known.set(position, found)
    found.catch(() => known.delete(position)) // the next one asks anew; this one is told
    for (const oldest of known.keys()) {
      if (known.size <= REMEMBERED_MAX) break
      known.delete(oldest)
    }
    return found
  }
}
