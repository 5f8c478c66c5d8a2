/**
 * The thread in which PGlite lives, so that its work never stalls the API's event loop. Started by
 * pglite.ts only.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { FatalError, messageOf } from '../../domain/errors.ts'
import { databaseFolderOf } from './database-folder.ts'
import { slimPostgis } from './postgis-bundle.ts'
import { copyTemplate, keepTemplate } from './template.ts'
import { createWireServer } from './wire-server.ts'

/** `socketPath` null: a free loopback port. */
export type PgliteWorkerData = Readonly<{
  folder: string
  socketPath: string | null
  password: string
}>

export type PgliteWorkerMessage =
  | Readonly<{ kind: 'ready'; port: number | null }>
  | Readonly<{ kind: 'failed'; message: string }>
  | Readonly<{ kind: 'closed' }>

const port = parentPort
if (port === null) throw new FatalError('pglite-worker.ts runs only as a worker thread')

// Given by pglite.ts, of this very type.
const { folder, socketPath, password } = workerData as PgliteWorkerData

const send = (message: PgliteWorkerMessage): void => port.postMessage(message)

const start = async (): Promise<void> => {
  const db = await openDatabase()
  const server = createWireServer({
    db,
    password,
    onFailure: (error) => send({ kind: 'failed', message: error.message }),
  })
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  if (socketPath === null) server.listen(0, '127.0.0.1', resolve)
  else server.listen(socketPath, resolve)
  await listening
  port.once('message', () => {
    server.close()
    void db.close().then(
      () => send({ kind: 'closed' }),
      (error: unknown) => send({ kind: 'failed', message: messageOf(error) }),
    )
  })
  // Listens on TCP.
  send({ kind: 'ready', port: socketPath === null ? (server.address() as AddressInfo).port : null })
}

/**
 * Opens the database, or makes it: a mark stands beside it until it is complete, and a half-made
 * one is made anew.
 */
const openDatabase = async (): Promise<PGlite> => {
  const { database, incompleteMark: mark } = databaseFolderOf(folder)
  if (existsSync(mark)) rmSync(database, { recursive: true, force: true })
  else if (existsSync(database)) {
    // Without this file PGlite would take the folder for a new one and write over what is left.
    if (!existsSync(join(database, 'PG_VERSION')))
      throw new FatalError(`${database} holds no whole database`)
    return opened(database)
  }
  writeFileSync(
    mark,
    'The database beside this file was not completed and will be made anew at the next start.\n',
  )
  const db = await createDatabase(database)
  rmSync(mark)
  return db
}

const opened = (dataDir: string): Promise<PGlite> =>
  PGlite.create({ dataDir, extensions: { postgis: slimPostgis } })

const createDatabase = async (dataDir: string): Promise<PGlite> => {
  if (!(await copyTemplate(dataDir))) {
    const db = await opened(dataDir)
    await db.exec('CREATE EXTENSION IF NOT EXISTS postgis')
    await db.close()
    await keepTemplate(dataDir)
  }
  return opened(dataDir)
}

start().catch((error: unknown) => send({ kind: 'failed', message: reasonOf(error) }))

/**
 * PGlite throws objects of its own and texts for its authors; this leaves what a user can do
 * something with.
 */
const reasonOf = (error: unknown): string => {
  if (error instanceof FatalError) return error.message
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? ` (${String(error.code)})` : ''
  const text =
    error instanceof Error ? error.message.split('. Build with')[0] : 'its files cannot be read'
  return `PGlite says: ${text}${code}`
}
