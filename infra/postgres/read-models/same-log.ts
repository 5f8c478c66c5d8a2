/**
 * Whether a log is the one that read models were built from. Positions, and with them checkpoints
 * and the cursors of clients, mean the same only there and on its copies; on any other log they
 * would name other events without a word.
 */
import type { Pool } from 'pg'
import { FatalError } from '../../../domain/errors.ts'
import type { EventLog } from '../../../domain/event-log/event-log.ts'
import { framingOf } from '../../../domain/world-stream/entries.ts'
import { blockAt } from '../../../domain/world-stream/tail.ts'
import { classifiedPostgresError } from '../postgres-errors.ts'
import { rowTypes } from './row-types.ts'
import { coreSchema, type ReadModelPlace } from './schema.ts'

/**
 * The read models were built from another log. Nothing was read into them, and nothing written to
 * this one.
 */
export class AnotherLog extends FatalError {
  override name = 'AnotherLog'
}

type TakenIn = Readonly<{
  /** Of the block's last fact. */
  position: number
  /** Of its header. */
  header: number
  number: number
  hash: string
  /** Position of the last event taken in: the block's own, or of a retraction or mark after it. */
  checkpoint: number
  /** Whether that is a retraction. */
  isRetracted: boolean
}>

/**
 * Throws `AnotherLog` unless the newest block in the read models stands in `stream` of the log at
 * the same position, and what they have taken in after it is there too. Read models without any
 * block fit every log. `logPlace` names the log in the message.
 */
export const expectSameLog = async (
  pool: Pool,
  readModels: ReadModelPlace,
  {
    log,
    stream,
    logPlace,
  }: Readonly<{ log: Pick<EventLog, 'readStream' | 'head'>; stream: string; logPlace: string }>,
): Promise<void> => {
  const newest = await newestBlock(pool, readModels)
  if (newest === null) return
  const block = await blockAt(log, stream, newest.header)
  const isThere = block?.header.hash === newest.hash && block.position === newest.position
  if (isThere && (await hasCheckpoint(log, stream, newest))) return
  const isShorter = ((await log.head(stream)) ?? -1) < newest.checkpoint
  throw new AnotherLog(
    `The read models hold block ${newest.number} at position ${newest.position}, but the event log in ${logPlace} ${isShorter ? 'ends before that' : 'has something else there'}: they were built from another log. Copy that one there first (npm start -- log copy --from OLD --to NEW; the embedded one is named by its data folder), or use another data folder (--data)`,
  )
}

/**
 * Logs may part behind the newest block: one goes on with a block where the other has its
 * retraction.
 */
const hasCheckpoint = async (
  log: Pick<EventLog, 'readStream'>,
  stream: string,
  { position, checkpoint, isRetracted }: TakenIn,
): Promise<boolean> => {
  if (checkpoint === position) return true
  for await (const [event] of log.readStream(stream, { from: checkpoint, limit: 1 })) {
    const framing = event === undefined ? null : framingOf(event)
    if (framing === null || framing.kind === 'block') return false
    return (framing.kind === 'retraction') === isRetracted
  }
  return false
}

/** Whether anything of the world was ever taken in. */
export const holdsBlock = async (pool: Pool, place: ReadModelPlace): Promise<boolean> =>
  (await newestBlock(pool, place)) !== null

const newestBlock = async (pool: Pool, place: ReadModelPlace): Promise<TakenIn | null> => {
  const core = coreSchema(place)
  const text = `SELECT block.position, block.header, block.number, block.hash,
      progress.position AS checkpoint, EXISTS (SELECT FROM ${core}.points AS point
        WHERE point.world = $1 AND point.position = progress.position
          AND point.kind = 'retraction') AS "isRetracted"
    FROM ${core}.points AS block JOIN ${core}.progress AS progress ON progress.world = $1
    WHERE block.world = $1 AND block.kind = 'block' ORDER BY block.position DESC LIMIT 1`
  const values = [place.world]
  try {
    return (await pool.query<TakenIn>({ text, values, types: rowTypes })).rows[0] ?? null
  } catch (error) {
    throw classifiedPostgresError(error, "Reading the read models' newest block")
  }
}
