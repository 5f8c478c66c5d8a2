/**
 * Does for the embedded database what a PostgreSQL server's autovacuum and checkpointer do by
 * themselves: without the one, rows that are updated again and again leave their old versions
 * behind, tables grow without bound, and plans rest on no statistics; without the other, the
 * write-ahead log is kept from the first start on, and replayed whole after a crash.
 */
import type { Pool } from 'pg'

export type Upkeep = Readonly<{
  /**
   * Looks at once instead of waiting: makes a checkpoint if one is due, and cleans a table.
   * Resolves to the table that was cleaned, null when none needed it.
   */
  now: () => Promise<string | null>
  /** Ends it; waits for a cleaning that is under way. */
  stop: () => Promise<void>
}>

export type UpkeepOptions = Readonly<{
  /** How long to rest between two tables. Default 30 s. */
  intervalMs?: number
  /** Write-ahead log beyond which a checkpoint is due, found at the next look. Default 64 MiB. */
  walBytesMax?: number
  /** A look that failed; the next one comes all the same. */
  onError: (error: unknown) => void
}>

/**
 * Begins to look after the tables of `pool`'s database, one table at a time: the others wait while
 * one is cleaned.
 */
export const startUpkeep = (pool: Pool, options: UpkeepOptions): Upkeep => {
  const { intervalMs = 30_000, walBytesMax = 64 * 2 ** 20, onError } = options
  let underWay: Promise<string | null> | null = null
  const now = (): Promise<string | null> => {
    underWay ??= lookAfter(pool, walBytesMax).finally(() => {
      underWay = null
    })
    return underWay
  }
  const timer = setInterval(() => void now().catch(onError), intervalMs)
  return {
    now,
    stop: async () => {
      clearInterval(timer)
      await Promise.allSettled([underWay]) // a failure is told to the caller of `now`
    },
  }
}

const lookAfter = async (pool: Pool, walBytesMax: number): Promise<string | null> => {
  const { rows } = await pool.query<{ isDue: boolean }>(CHECKPOINT_DUE, [walBytesMax])
  if (rows[0]?.isDue === true) await pool.query('CHECKPOINT')
  return cleanNeediest(pool)
}

/**
 * $1 bytes of the write-ahead log since the last checkpoint, which are what a start after a crash
 * has to replay.
 */
const CHECKPOINT_DUE = `
  SELECT pg_current_wal_lsn() - (pg_control_checkpoint()).redo_lsn > $1::bigint AS "isDue"`

const cleanNeediest = async (pool: Pool): Promise<string | null> => {
  const { rows } = await pool.query<{ name: string }>(NEEDIEST_TABLE)
  const name = rows[0]?.name
  if (name === undefined) return null
  await pool.query(`VACUUM (ANALYZE) ${name}`) // the database quoted the name
  return name
}

/**
 * The thresholds are autovacuum's defaults: 50 rows and a fifth of the table dead, or a tenth
 * changed since analysed.
 */
const NEEDIEST_TABLE = `
  SELECT format('%I.%I', schemaname, relname) AS name
  FROM pg_stat_user_tables
  WHERE n_dead_tup > 50 + 0.2 * n_live_tup OR n_mod_since_analyze > 50 + 0.1 * n_live_tup
  ORDER BY n_dead_tup + n_mod_since_analyze DESC
  LIMIT 1`
