/**
 * Pools of connections to PostgreSQL or to the embedded database, which behave alike. Nothing may
 * rest on the state of a session: a pool hands out any connection, and on the embedded database all
 * of them are one session.
 */
import pg, { type Pool, type PoolClient, type PoolConfig } from 'pg'
import { FatalError } from '../../domain/errors.ts'
import { classifiedPostgresError } from './postgres-errors.ts'

export type PoolOptions = Readonly<{
  /** Default 10. */
  connectionsMax?: number
  /**
   * A statement that runs longer fails with a RetryableError. Default 60 s. Not enforced by the
   * embedded database.
   */
  statementMsMax?: number
  /**
   * A connection that owes an answer for so long counts as lost, as half-open ones are: a
   * RetryableError. Default: five seconds after the server itself would have ended the statement;
   * on the embedded database, none.
   */
  answerMsMax?: number
  /**
   * Whether it serves readers, before whom the embedded database serves all others. Default: no.
   */
  isForReaders?: boolean
  /** Called when an idle connection breaks; the pool replaces it by itself. */
  onIdleError?: (error: Error) => void
}>

/** What connections of readers are called, which is how the embedded database tells them. */
export const READERS_NAME = 'chronohex-readers'
const CONNECT_MS_MAX = 10_000
const ANSWER_GRACE_MS = 5_000
const TRANSACTION_IDLE_MS_MAX = 60_000

/**
 * A pool on a URL (`postgres://…`) or on the connection of an embedded database. Connects when
 * first used.
 */
export const createPool = (where: string | PoolConfig, options: PoolOptions = {}): Pool => {
  const statementMsMax = options.statementMsMax ?? 60_000
  const answerMsMax =
    options.answerMsMax ?? (typeof where === 'string' ? statementMsMax + ANSWER_GRACE_MS : 0)
  const pool = new pg.Pool({
    ...(typeof where === 'string' ? { connectionString: checkedUrl(where) } : where),
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: statementMsMax,
    query_timeout: answerMsMax, // 0: none
    idle_in_transaction_session_timeout: TRANSACTION_IDLE_MS_MAX,
    // PGAPPNAME and the URL may name it otherwise, but not readers.
    ...(options.isForReaders
      ? { application_name: READERS_NAME }
      : { fallback_application_name: 'chronohex' }),
    keepAlive: true,
  })
  // Without a listener the process would end.
  pool.on('error', (error) => options.onIdleError?.(error))
  return pool
}

const checkedUrl = (url: string): string => {
  const protocol = URL.canParse(url) ? new URL(url).protocol : null
  if (protocol === 'postgres:' || protocol === 'postgresql:') return url
  throw new FatalError('A PostgreSQL URL looks like postgres://user:password@host:5432/database')
}

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it throws. On the
 * embedded database all others wait meanwhile, so `work` must await nothing but its client. `doing`
 * opens the message of a failure.
 */
export const inTransaction = async <T>(
  pool: Pool,
  doing: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> => {
  let client: PoolClient | undefined
  let isBroken = true
  try {
    client = await pool.connect()
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    isBroken = false
    return result
  } catch (error) {
    throw classifiedPostgresError(error, doing)
  } finally {
    client?.release(isBroken) // a connection that is thrown away takes its transaction with it
  }
}
