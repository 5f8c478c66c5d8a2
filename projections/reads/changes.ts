/** What changed for those who follow keys of a subject, point by point. */
import { sql } from 'kysely'
import type { Finality } from '../../domain/world-stream/facts.ts'
import { pointFinality } from './points.ts'
import type { ReadDatabase } from './read-database.ts'

/** What is seen under a key of a subject is another from this point on. */
export type ChangeNotice = Readonly<{
  /** Of the point: the end of a block, or a retraction. */
  position: number
  block: number
  finality: Finality
  key: string
}>

/** Which changes: of these keys, or of all (null), after a position. */
export type ChangesQuery = Readonly<{
  subject: string
  keys: readonly string[] | null
  after: number
  limit: number
}>

/** By position, then by key as a number; at most one per key and point. */
export const readChanges = async (
  database: ReadDatabase,
  { subject, keys, after, limit }: ChangesQuery,
): Promise<readonly ChangeNotice[]> => {
  if (keys?.length === 0 || limit <= 0) return []
  const { db, world, core, changesOf } = database
  const isWanted = keys === null ? sql`true` : sql`key = ANY (${[...keys]}::text[])`
  const { rows } = await sql<ChangeNotice>`
    SELECT change.position, change.key, coalesce(point.number, 0) AS block,
      ${pointFinality(database)} AS finality
    FROM (
      SELECT position, key FROM ${changesOf(subject)}
      WHERE world = ${world} AND subject = ${subject} AND position > ${after} AND ${isWanted}
      ORDER BY position, length(key), key LIMIT ${limit}
    ) AS change
    JOIN ${core('points')} AS point ON point.world = ${world} AND point.position = change.position
    ORDER BY change.position, length(change.key), change.key`.execute(db)
  return rows
}
