/** Points of history and changes in memory, written anew beside the SQL that it is compared with. */
import type { Finality } from '../../domain/world-stream/facts.ts'
import type { HistoryQueries } from './history-reads.ts'
import { finalityIn, type MemoryPoint, type MemoryState } from './memory-models.testing.ts'
import type { AtInput, AtRejection, HeadRow, ReadPoint } from './points.ts'

export const memoryHistory = (state: () => MemoryState): HistoryQueries => ({
  firstBlock: async () => state().blocks[0]?.header.hash ?? null,
  pointUnder: async (head, at) => pointUnder(state(), head, at),
  landmark: async (position) => {
    const isBefore = ({ kind, position: end }: MemoryPoint) => kind === 'block' && end <= position
    const point = state().points.findLast(isBefore)
    return point?.block ? { position: point.position, hash: point.block.hash } : null
  },
  changesAfter: async ({ subject, keys, after, limit }) =>
    state()
      .changes.filter((change) => change.subject === subject && change.position > after)
      .filter(({ key }) => keys === null || keys.includes(key))
      .sort((a, b) => a.position - b.position || compareKeys(a.key, b.key))
      .slice(0, Math.max(0, limit))
      .map(({ position, key }) => ({ position, key, ...pointAt(state(), position) })),
})

/** In the order of what they are as numbers. */
const compareKeys = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1)

/** What is said of the point at just this position. */
export const pointAt = (
  state: MemoryState,
  position: number,
): Readonly<{ block: number; finality: Finality }> => {
  const point = state.points.find((each) => each.position === position)
  if (point === undefined) throw new Error(`position ${position} is no point of history`)
  return { block: point.block?.number ?? 0, finality: finalityOf(state, point) }
}

const finalityOf = (state: MemoryState, { block, retractedAt }: MemoryPoint): Finality => {
  const told = block?.finality ?? 'ACCEPTED_ON_L2'
  return block === null || retractedAt !== null ? told : finalityIn(state, block.number, told)
}

const refused = (rejected: AtRejection['rejected'], reason: string): AtRejection => ({
  rejected,
  reason,
})

const pointUnder = (
  state: MemoryState,
  head: HeadRow,
  at: AtInput | null | undefined,
): ReadPoint | AtRejection => {
  const { position, finality } = head
  if (at === null || at === undefined) return { position, block: head.block?.number ?? 0, finality }
  const { block, time, position: upTo } = at
  const isOne = [block, time, upTo].filter((field) => field !== undefined).length === 1
  if (!isOne) return refused('AT_AMBIGUOUS', 'Not one field is given')
  if (head.block === null) return refused('AT_BEFORE_START', 'There is no block yet')
  const { number, time: headTime } = head.block
  const isAbove =
    (block !== undefined && block > number) ||
    (time !== undefined && time > headTime) ||
    (upTo !== undefined && upTo > position)
  if (isAbove) return refused('AT_ABOVE_HEAD', `This is above the head, block ${number}`)
  const end = endUpTo(state, at)
  if (end === null) return refused('AT_BEFORE_START', 'This is before the first block')
  if (upTo !== undefined) return { position: end.position, ...pointAt(state, end.position) }
  const own = end.block?.number ?? 0
  const asked = block ?? (time?.getTime() === headTime.getTime() ? number : own)
  const known = asked === own ? finalityOf(state, end) : finalityIn(state, asked)
  return { position: end.position, block: asked, finality: asked === number ? finality : known }
}

/** The point with the greatest block, time or position up to what is asked for, or the last of them. */
const endUpTo = (
  { points }: MemoryState,
  { block, time, position }: AtInput,
): MemoryPoint | null => {
  if (position !== undefined) return points.findLast((each) => each.position <= position) ?? null
  const rankOf = (point: MemoryPoint): number =>
    (block === undefined ? point.block?.timestamp : point.block?.number) ?? Number.NaN
  const bound = block ?? (time?.getTime() ?? Number.NaN) / 1_000
  return points
    .filter(({ kind, retractedAt }) => kind === 'block' && retractedAt === null)
    .filter((point) => rankOf(point) <= bound)
    .reduce<MemoryPoint | null>(
      (best, point) => (best === null || rankOf(point) >= rankOf(best) ? point : best),
      null,
    )
}
