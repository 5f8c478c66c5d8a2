/** The embedded database of a data folder, and the event log in it or elsewhere. */
import type { EventLog } from '../../domain/event-log/event-log.ts'
import { type Outages, reportingRarely } from '../../domain/waiting/outage.ts'
import { upcastingLog } from '../../schemas/events/upcasting-log.ts'
import { openEventLog, waitingAloud } from '../event-log/open-event-log.ts'
import { startPglite } from '../pglite/pglite.ts'
import { createPool } from '../postgres/pool.ts'
import { startUpkeep } from '../postgres/upkeep.ts'
import type { Run } from './start.ts'

type Pool = ReturnType<typeof createPool>

export type LogStorage = Readonly<{
  /** For readers that understand events: they see the newest shape of each type. */
  log: EventLog
  becomeWriter: () => Promise<EventLog>
  /** Where the log is, without credentials. */
  logPlace: string
}>

/** Connections to the embedded database: readers wait until nobody else has anything to do. */
export type Databases = Readonly<{ pool: Pool; readers: Pool }>

export type Storage = LogStorage & Databases

export type StorageOptions = Run &
  Readonly<{
    databaseFolder: string
    /** URL of the log; null: in the embedded database. */
    logUrl: string | null
    /** Told of each step. */
    progress: (line: string) => void
    outages: Outages
    /** For tests: the part of the log that is the system's own. */
    withinLog?: ((log: EventLog) => EventLog) | undefined
  }>

/** Opens the database, making it if need be; what is opened is closed by the run's shutdown. */
export const openDatabase = async (options: StorageOptions): Promise<Databases> => {
  const { databaseFolder, shutdown, signal, fail, outages } = options
  const pglite = await startPglite({ dataFolder: databaseFolder, signal })
  shutdown.add('database', pglite.close)
  pglite.failed.then(fail, fail)
  const pool = createPool(pglite.connection)
  shutdown.add('database connections', () => pool.end())
  const readers = createPool(pglite.connection, { isForReaders: true })
  shutdown.add('readers of the database', () => readers.end())
  const report = reportingRarely(outages, 'Database upkeep')
  const upkeep = startUpkeep(pool, { onError: (error) => report('A table waits for it', error) })
  shutdown.add('database upkeep', upkeep.stop)
  return { pool, readers }
}

/** Opens the log at its URL, or in the embedded database that is given; closed by the shutdown. */
export const openLog = async (
  options: StorageOptions,
  embedded: Pool | null,
): Promise<LogStorage> => {
  const { logUrl, shutdown, signal, progress, outages, withinLog = (log) => log } = options
  const opened = await openEventLog(logUrl, embedded, waitingAloud({ outages, signal }))
  const { log, becomeWriter, place, close } = opened
  shutdown.add('event log', close)
  progress(`The event log is open in ${place}`)
  return {
    log: upcastingLog(withinLog(log)),
    becomeWriter: async () => withinLog(await becomeWriter()),
    logPlace: place,
  }
}
