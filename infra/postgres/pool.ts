/**
 * Pools of connections to PostgreSQL or to the embedded database, which behave alike. Nothing may rest on the state of a
 * session: a pool hands out any connection, and on the embedded database all of them are one session.
 */
import pg, { type Pool, type PoolConfig } from 'pg'
import { FatalError } from '../../domain/errors.ts'

export type PoolOptions = Readonly<{
  /** Default 10. */
  connectionsMax?: number
  /** A statement that runs longer fails with a RetryableError. Default 60 s. Not enforced by the embedded database. */
  statementMsMax?: number
  /** Called when an idle connection breaks; the pool replaces it by itself. */
  onIdleError?: (error: Error) => void
}>

const connectMsMax = 10_000
const transactionIdleMsMax = 60_000

/** A pool on a URL (`postgres://…`) or on the connection of an embedded database. Connects when first used. */
export const createPool = (where: string | PoolConfig, options: PoolOptions = {}): Pool => {
  const pool = new pg.Pool({
    ...(typeof where === 'string' ? { connectionString: checkedUrl(where) } : where),
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: connectMsMax,
    statement_timeout: options.statementMsMax ?? 60_000,
    idle_in_transaction_session_timeout: transactionIdleMsMax,
    application_name: 'chronohex',
    keepAlive: true,
  })
  pool.on('error', (error) => options.onIdleError?.(error)) // without a listener the process would end
  return pool
}

const checkedUrl = (url: string): string => {
  const protocol = URL.canParse(url) ? new URL(url).protocol : null
  if (protocol === 'postgres:' || protocol === 'postgresql:') return url
  throw new FatalError('A PostgreSQL URL looks like postgres://user:password@host:5432/database')
}
