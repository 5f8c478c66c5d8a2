/**
 * Points of history: the head, and what `at` names. A point is the end of a block, or a retraction,
 * after which the world is as it was at the end of the block that remains. Blocks that were
 * retracted are passed over; nothing rests on their numbers or times.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Rejection } from '../../domain/decider.ts'
import type { Felt } from '../../domain/felt.ts'
import type { Finality } from '../../domain/world-stream/facts.ts'
import type { Block } from '../../schemas/graphql/types.ts'
import type { ReadDatabase } from './read-database.ts'

/**
 * A point of history that was resolved: rows are read at `position`, derived values are computed
 * for `block`.
 */
export type ReadPoint = Readonly<{ position: number; block: number; finality: Finality }>

/** Exactly one of them. */
export type AtInput = Readonly<{ block?: number; time?: Date; position?: number }>
export type AtRejection = Rejection<'AT_ABOVE_HEAD' | 'AT_BEFORE_START' | 'AT_AMBIGUOUS'>

export type HeadRow = Readonly<{
  /** Position of the last event taken in; -1 for none. */
  position: number
  block: Block | null
  finality: Finality
  /** Number of the newest block that is accepted on L1; null while none is known to be. */
  finalNumber: number | null
}>

/**
 * Blocks that ingest covers are accepted on L2 at least. Before the first block there is nothing
 * that a reorg could change.
 */
const ACCEPTED: Finality = 'ACCEPTED_ON_L2'

/** Checkpoint and head as the projector left them. */
export const readHead = async ({ db, world }: ReadDatabase): Promise<HeadRow> => {
  const row = await db
    .selectFrom('progress')
    .selectAll()
    .where('world', '=', world)
    .executeTakeFirstOrThrow()
  const { position, head_number: number, head_hash: hash, head_time: time } = row
  const block = number === null || hash === null || time === null ? null : { number, hash, time }
  const finalNumber = row.final_number
  const told = row.head_finality ?? ACCEPTED
  return {
    position,
    block,
    finalNumber,
    finality: finalityOf(block?.number ?? -1, told, finalNumber),
  }
}

const finalityOf = (number: number, told: Finality, finalNumber: number | null): Finality =>
  finalNumber !== null && number <= finalNumber ? 'ACCEPTED_ON_L1' : told

/**
 * Finality of the row `point` of the points, as it is known now, in SQL. A retraction after which no
 * block stands names none.
 */
export const pointFinality = ({ core, world }: ReadDatabase): RawBuilder<Finality> =>
  sql<Finality>`CASE WHEN point.retracted_at IS NULL AND point.number <=
    (SELECT final_number FROM ${core('progress')} WHERE world = ${world})
    THEN 'ACCEPTED_ON_L1' ELSE coalesce(point.finality, ${ACCEPTED}) END`

/** Whether the current rows are those of this position. */
export const checkpointIsAt = async (
  { db, world }: ReadDatabase,
  position: number,
): Promise<boolean> => {
  const row = await db
    .selectFrom('progress')
    .select('position')
    .where('world', '=', world)
    .executeTakeFirstOrThrow()
  return row.position === position
}

/**
 * Hash of the first block that the read models ever held: it tells one history of a world from
 * another. Null before it.
 */
export const readHistory = async ({ db, world }: ReadDatabase): Promise<Felt | null> => {
  const row = await db
    .selectFrom('points')
    .select('hash')
    .where('world', '=', world)
    .where('kind', '=', 'block')
    .orderBy('position')
    .limit(1)
    .executeTakeFirst()
  return row?.hash ?? null
}

/** The end of a block, by what no other block of any history has together. */
export type Landmark = Readonly<{ position: number; hash: Felt }>

/** The last block that ends at the position or before it, whether it stands or not. */
export const readLandmark = async (
  { db, world }: ReadDatabase,
  position: number,
): Promise<Landmark | null> => {
  const row = await db
    .selectFrom('points')
    .select(['position', 'hash'])
    .where('world', '=', world)
    .where('kind', '=', 'block')
    .where('position', '<=', position)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined || row.hash === null ? null : { position: row.position, hash: row.hash }
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
    return { position: head.position, block: head.block?.number ?? 0, finality: head.finality }
  const given = [at.block, at.time, at.position].filter((field) => field !== undefined)
  if (given.length !== 1)
    return rejection('AT_AMBIGUOUS', 'Give exactly one of block, time and position')
  if (head.block === null) return rejection('AT_BEFORE_START', 'There is no block yet')
  const known = { ...head, block: head.block }
  if (at.block !== undefined) return resolveBlock(database, known, at.block)
  if (at.time !== undefined) return resolveTime(database, known, at.time)
  return resolvePosition(database, known, at.position ?? -1)
}

type KnownHead = HeadRow & Readonly<{ block: Block }>

const resolveBlock = async (
  database: ReadDatabase,
  head: KnownHead,
  block: number,
): Promise<ReadPoint | AtRejection> => {
  if (block > head.block.number) return aboveHead(`Block ${block}`, head.block)
  const end = await lastStandingBlock(database, 'number', block)
  if (end === null) return beforeStart(`block ${block}`)
  return { position: end.position, block, finality: finalityIn(head, block, end) }
}

const resolveTime = async (
  database: ReadDatabase,
  head: KnownHead,
  time: Date,
): Promise<ReadPoint | AtRejection> => {
  if (time > head.block.time) return aboveHead(time.toISOString(), head.block)
  const end = await lastStandingBlock(database, 'time', time)
  if (end === null) return beforeStart(time.toISOString())
  const isHead = time.getTime() === head.block.time.getTime()
  const block = isHead ? head.block.number : end.number
  return { position: end.position, block, finality: finalityIn(head, block, end) }
}

const resolvePosition = async (
  { db, world }: ReadDatabase,
  head: KnownHead,
  position: number,
): Promise<ReadPoint | AtRejection> => {
  if (position > head.position) return aboveHead(`Position ${position}`, head.block)
  const row = await db
    .selectFrom('points')
    .select(['position', 'number', 'finality', 'retracted_at'])
    .where('world', '=', world)
    .where('position', '<=', position)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return beforeStart(`position ${position}`)
  const { number, retracted_at: retractedAt } = row
  const told = row.finality ?? ACCEPTED
  // What was retracted is final in nothing, and neither is a world in which no block stands.
  const canBeFinal = number !== null && retractedAt === null
  const finality = canBeFinal ? finalityOf(number, told, head.finalNumber) : told
  return { position: row.position, block: number ?? 0, finality }
}

/** Finality of a block, of which more is known when it is the head or the one with events. */
const finalityIn = (head: KnownHead, block: number, end: StandingBlock): Finality => {
  if (block === head.block.number) return head.finality
  return finalityOf(block, block === end.number ? end.finality : ACCEPTED, head.finalNumber)
}

const aboveHead = (what: string, { number, time }: Block): AtRejection =>
  rejection('AT_ABOVE_HEAD', `${what} is above the head: block ${number} at ${time.toISOString()}`)

const beforeStart = (what: string): AtRejection =>
  rejection('AT_BEFORE_START', `The world has no event at or before ${what}`)

type StandingBlock = Readonly<{ position: number; number: number; finality: Finality }>

/**
 * The block that stands with the greatest number or time up to a bound; of those of the same time,
 * the last one. It is taken from the column's own index: in the order of positions alone, all blocks
 * after a long-gone one would be passed over to find it.
 */
const lastStandingBlock = async (
  { db, world }: ReadDatabase,
  column: 'number' | 'time',
  upTo: number | Date,
): Promise<StandingBlock | null> => {
  const row = await db
    .selectFrom('points')
    .select(['position', 'number', 'finality'])
    .where('world', '=', world)
    .where('kind', '=', 'block')
    .where('retracted_at', 'is', null)
    .where(column, '<=', upTo)
    .orderBy(column, 'desc')
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined || row.number === null) return null
  return { position: row.position, number: row.number, finality: row.finality ?? ACCEPTED }
}
