/** Points of history: the head, and what `at` names. */
import type {
  AtInput,
  AtRejection,
  BlockView,
  ReadPoint,
} from '../../../../projections/world-reads.ts'
import type { ReadDatabase } from './read-database.ts'

export type HeadRow = Readonly<{ position: number; block: BlockView | null }>

/** Checkpoint and head as the projector left them. */
export const readHead = async ({ db, place }: ReadDatabase): Promise<HeadRow> => {
  const row = await db
    .selectFrom('progress')
    .select(['position', 'head_number', 'head_hash', 'head_time'])
    .where('world', '=', place.world)
    .executeTakeFirstOrThrow()
  const { position, head_number: number, head_hash: hash, head_time: time } = row
  return {
    position,
    block: number === null || hash === null || time === null ? null : { number, hash, time },
  }
}

/** Whether the current rows are those of this position. */
export const checkpointIsAt = async (
  { db, place }: ReadDatabase,
  position: number,
): Promise<boolean> => {
  const row = await db
    .selectFrom('progress')
    .select('position')
    .where('world', '=', place.world)
    .executeTakeFirstOrThrow()
  return row.position === position
}

const rejection = (rejected: AtRejection['rejected'], reason: string): AtRejection => ({
  rejected,
  reason,
})

/**
 * The point that `at` names under this head. A block reads the end of the last block with events up
 * to it, and keeps its own number for derived values; an instant after the head's is refused,
 * because blocks before it may still come.
 */
export const resolveAt = async (
  database: ReadDatabase,
  head: HeadRow,
  at: AtInput | null | undefined,
): Promise<ReadPoint | AtRejection> => {
  if (at === null || at === undefined)
    return { position: head.position, block: head.block?.number ?? 0 }
  const { block, time, position } = at
  const given = [block, time, position].filter((field) => field !== undefined)
  if (given.length !== 1)
    return rejection('AT_AMBIGUOUS', 'Give exactly one of block, time and position')
  if (head.block === null) return rejection('AT_BEFORE_START', 'There is no block yet')
  if (block !== undefined) {
    if (block > head.block.number) return aboveHead(`Block ${block}`, head.block)
    const end = await lastBlock(database, 'number', block)
    return end === null ? beforeStart(`block ${block}`) : { position: end.position, block }
  }
  if (time !== undefined) {
    if (time > head.block.time) return aboveHead(time.toISOString(), head.block)
    const end = await lastBlock(database, 'time', time)
    if (end === null) return beforeStart(time.toISOString())
    const isHead = time.getTime() === head.block.time.getTime()
    return { position: end.position, block: isHead ? head.block.number : end.number }
  }
  if (position === undefined || position > head.position)
    return aboveHead(`Position ${position}`, head.block)
  const end = await lastBlock(database, 'position', position)
  return end === null
    ? beforeStart(`position ${position}`)
    : { position: end.position, block: end.number }
}

const aboveHead = (what: string, { number, time }: BlockView): AtRejection =>
  rejection('AT_ABOVE_HEAD', `${what} is above the head: block ${number} at ${time.toISOString()}`)

const beforeStart = (what: string): AtRejection =>
  rejection('AT_BEFORE_START', `The world has no event at or before ${what}`)

/**
 * The last block at or before a number, an instant or a position, all of which ascend together. It
 * is taken from the column's own index: in the order of positions alone, all blocks after a
 * long-gone one would be passed over to find it.
 */
const lastBlock = async (
  { db, place }: ReadDatabase,
  column: 'number' | 'time' | 'position',
  upTo: number | Date,
): Promise<Readonly<{ position: number; number: number }> | null> => {
  const row = await db
    .selectFrom('blocks')
    .select(['position', 'number'])
    .where('world', '=', place.world)
    .where(column, '<=', upTo)
    .orderBy(column, 'desc')
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ?? null
}
