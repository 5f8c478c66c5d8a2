/**
 * The embedded database: PostgreSQL (PGlite, with PostGIS) in a worker thread, reached through the
 * ordinary `pg` driver over a Unix socket, or a loopback port where there are none. It serialises
 * transactions: keep them short, and never hold one across an await on something else. It delivers
 * no notifications. Committed rows survive the death of this process at any moment; PGlite 0.5.8
 * never asks the system to sync its files, so a power failure may cost the last ones or the
 * database; where that must not happen, use a PostgreSQL server.
 */
import { randomBytes } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { PoolConfig } from 'pg'
import { FatalError } from '../../domain/errors.ts'
import { claimDataFolder, type DataFolderClaim } from '../run/data-folder.ts'
import type { PgliteWorkerData, PgliteWorkerMessage } from './pglite-worker.ts'
import { makeSocketFolder } from './socket-folder.ts'

/** The database could not be opened, or stopped by itself. */
export class EmbeddedDatabaseFailed extends FatalError {
  override name = 'EmbeddedDatabaseFailed'
}

export type Pglite = Readonly<{
  connection: PoolConfig
  /**
   * Resolves when the database stops by itself; never when it is closed. From then on every query
   * fails.
   */
  failed: Promise<EmbeddedDatabaseFailed>
  /** Closes the database and gives its folder up. End the pools first. */
  close: () => Promise<void>
}>

export type PgliteOptions = Readonly<{
  dataFolder: string
  /** Gives an opening up, with the signal's reason; it has no effect on an open database. */
  signal?: AbortSignal
}>

/** What was committed survives the end of the thread at any moment. */
const CLOSE_MS_MAX = 1_500

/**
 * Opens the database in `dataFolder`, making both if need be. Throws `DataFolderInUse`,
 * `DataFolderUnusable` or `EmbeddedDatabaseFailed`.
 */
export const startPglite = async ({ dataFolder, signal }: PgliteOptions): Promise<Pglite> => {
  signal?.throwIfAborted()
  const claim = claimDataFolder(dataFolder)
  const socket = await makeSocketFolder().catch((error: unknown) => {
    claim.release()
    throw error
  })
  const password = randomBytes(24).toString('base64url')
  const workerData: PgliteWorkerData = {
    folder: claim.folder,
    socketPath: socket?.socketPath ?? null,
    password,
  }
  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), { workerData })
  const cleanUp = (): void => {
    socket?.remove()
    claim.release()
  }
  try {
    const port = await Promise.race([
      readyPort(worker),
      ...(signal === undefined ? [] : [rejectedBy(signal)]),
    ])
    return {
      connection: connectionTo({ host: socket?.folder ?? null, port, password }),
      failed: failureOf(worker),
      close: async () => {
        await closed(worker)
        cleanUp()
      },
    }
  } catch (error) {
    await worker.terminate()
    cleanUp()
    throw describeStartFailure(error, claim)
  }
}

type Place = Readonly<{ host: string | null; port: number | null; password: string }>

/**
 * Says everything that `pg` would otherwise take from the environment (PGUSER, PGSSLMODE,
 * PGOPTIONS, …): those variables mean other servers. What `pg` counts as missing when it is empty
 * has a value that changes nothing.
 */
const connectionTo = ({ host, port, password }: Place): PoolConfig & { replication: string } => ({
  host: host ?? '127.0.0.1',
  port: port ?? 5432,
  user: 'postgres',
  database: 'postgres',
  password,
  ssl: false,
  sslnegotiation: 'postgres',
  options: ' ',
  client_encoding: 'UTF8',
  replication: 'false',
  application_name: 'chronohex',
})

const readyPort = async (worker: Worker): Promise<number | null> => {
  const message = await nextMessage(worker)
  if (message.kind === 'ready') return message.port
  throw new EmbeddedDatabaseFailed(
    message.kind === 'failed' ? message.message : 'it closed while starting',
  )
}

const rejectedBy = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )

const closed = async (worker: Worker): Promise<void> => {
  const timeout = setTimeout(() => void worker.terminate(), CLOSE_MS_MAX)
  const answer = nextMessage(worker)
  worker.postMessage('close')
  try {
    await answer
  } catch (error) {
    // It has stopped: that is what was wanted.
    if (!(error instanceof EmbeddedDatabaseFailed)) throw error
  } finally {
    clearTimeout(timeout)
    await worker.terminate()
  }
}

/** The worker's next message; throws when it stops instead. */
const nextMessage = (worker: Worker): Promise<PgliteWorkerMessage> => {
  const { promise, resolve, reject } = Promise.withResolvers<PgliteWorkerMessage>()
  const onMessage = (message: PgliteWorkerMessage): void => settle(() => resolve(message))
  const onError = (error: Error): void =>
    settle(() => reject(new EmbeddedDatabaseFailed(error.message, { cause: error })))
  const onExit = (code: number): void =>
    settle(() => reject(new EmbeddedDatabaseFailed(`its thread ended (${code})`)))
  const settle = (settlement: () => void): void => {
    worker.off('message', onMessage).off('error', onError).off('exit', onExit)
    settlement()
  }
  worker.on('message', onMessage).on('error', onError).on('exit', onExit)
  return promise
}

const failureOf = (worker: Worker): Promise<EmbeddedDatabaseFailed> => {
  const { promise, resolve } = Promise.withResolvers<EmbeddedDatabaseFailed>()
  const fail = (reason: string): void =>
    resolve(new EmbeddedDatabaseFailed(`The embedded database stopped: ${reason}`))
  worker.on('error', (error) => fail(error.message))
  worker.on('message', (message: PgliteWorkerMessage) => {
    if (message.kind === 'failed') fail(message.message)
  })
  return promise
}

const describeStartFailure = (error: unknown, { folder }: DataFolderClaim): unknown => {
  if (!(error instanceof EmbeddedDatabaseFailed)) return error
  return new EmbeddedDatabaseFailed(
    `The embedded database in ${folder} could not be opened; ${error.message}. If its files are damaged, restore a copy of ` +
      'them or start over (--fresh).',
    { cause: error },
  )
}
