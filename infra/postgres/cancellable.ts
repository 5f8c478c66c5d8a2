/** Statements that can be ended while they run. */
import pg, { type Pool, type PoolClient } from 'pg'

export type Cancelling = Readonly<{ pool: Pool; client: PoolClient; signal: AbortSignal }>

/**
 * Runs a statement on the client, which nobody else uses meanwhile. When the signal aborts, the
 * server is asked to cancel it, over a connection of its own, and the signal's reason is thrown. The
 * embedded database cannot end a statement; what its readers send is short.
 */
export const cancellable = async <T>(
  { pool, client, signal }: Cancelling,
  statement: () => Promise<T>,
): Promise<T> => {
  let cancelled: Promise<void> | undefined
  const cancel = (): void => {
    cancelled = cancelStatement(pool, client)
  }
  if (isServer(pool)) signal.addEventListener('abort', cancel, { once: true })
  try {
    return await statement()
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', cancel)
    await cancelled // so that it cannot hit the client's next statement
  }
}

/** The embedded database is reached by a connection of its own making, not by a URL. */
const isServer = ({ options }: Pool): boolean => options.connectionString !== undefined

const cancelStatement = async (pool: Pool, client: PoolClient): Promise<void> => {
  // The driver keeps it on every connected client; its types leave it out.
  const { processID } = client as unknown as Readonly<{ processID: number | null }>
  const canceller = new pg.Client(pool.options)
  canceller.on('error', () => undefined) // what matters of it is what its query says
  try {
    await canceller.connect()
    await canceller.query('SELECT pg_cancel_backend($1)', [processID])
  } catch {
    // Nothing is lost: the statement then ends by itself, or by its timeout.
  } finally {
    await canceller.end()
  }
}
