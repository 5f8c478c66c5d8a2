/** The event log of a data folder, for tools. */
import { existsSync } from 'node:fs'
import { FatalError } from '../../domain/errors.ts'
import type { EventLog } from '../../domain/event-log/event-log.ts'
import { createPostgresEventLog } from '../postgres/event-log/event-log.ts'
import { migrateEventLog } from '../postgres/event-log/schema.ts'
import { dataLayout } from './data-layout.ts'
import { openEmbeddedDatabase } from './embedded-database.ts'
import { createShutdown } from './shutdown.ts'

/** A log, and what has to be done with it in the end. */
export type OpenedLog = Readonly<{
  log: EventLog
  /** Closes the log and all that was opened for it. */
  close: () => Promise<void>
}>

const STOP_STEP_MS_MAX = 5_000

/**
 * Opens the log in `dataFolder`. Unless `mayCreate`, a folder without one is refused, so that a
 * misspelt path does not become an empty world. Throws `DataFolderInUse` with the pid of the
 * process that runs on it.
 */
export const openEmbeddedLog = async (
  dataFolder: string,
  mayCreate = false,
): Promise<OpenedLog> => {
  const layout = dataLayout(dataFolder)
  if (!mayCreate && !existsSync(layout.databaseFolder)) {
    throw new FatalError(`There is no event log in ${dataFolder}`)
  }
  const shutdown = createShutdown({ stepMsMax: STOP_STEP_MS_MAX })
  const close = async (): Promise<void> => {
    const faults = await shutdown.close()
    if (faults.length > 0) throw new FatalError(`Closing ${dataFolder}: ${faults.join('; ')}`)
  }
  try {
    const pool = await openEmbeddedDatabase(layout, shutdown)
    await migrateEventLog(pool)
    const log = createPostgresEventLog(pool)
    shutdown.add('event log', log.close)
    return { log, close }
  } catch (error) {
    await shutdown.close()
    throw error
  }
}
