/** The embedded database of a data folder, and the event log in it or elsewhere. */
import { messageOf } from '../../domain/errors.ts'
import type { EventLog } from '../../domain/event-log/event-log.ts'
import type { Outages } from '../../domain/waiting/outage.ts'
import { upcastingLog } from '../../schemas/events/upcasting-log.ts'
import { openEventLog, waitingAloud } from '../event-log/open-event-log.ts'
import { startPglite } from '../pglite/pglite.ts'
import { createPool } from '../postgres/pool.ts'
import { startUpkeep } from '../postgres/upkeep.ts'
import type { Run } from './start.ts'

export type Storage = Readonly<{
  pool: ReturnType<typeof createPool>
  /** For readers that understand events: they see the newest shape of each type. */
  log: EventLog
  becomeWriter: () => Promise<EventLog>
  /** Where the log is, without credentials. */
  logPlace: string
}>

export type StorageOptions = Run &
  Readonly<{
    databaseFolder: string
    /** URL of the log; null: in the embedded database. */
    log: string | null
    /** Told of each step. */
    progress: (line: string) => void
    outages: Outages
  }>

/** Opens both; what is opened is closed by the run's shutdown. */
export const openStorage = async (options: StorageOptions): Promise<Storage> => {
  const { databaseFolder, shutdown, signal, fail, progress, outages } = options
  const pglite = await startPglite({ dataFolder: databaseFolder, signal })
  shutdown.add('database', pglite.close)
  pglite.failed.then(fail, fail)
  const pool = createPool(pglite.connection)
  shutdown.add('database connections', () => pool.end())
  const opened = await openEventLog(options.log, pool, waitingAloud({ outages, signal }))
  const { log, becomeWriter, place, close } = opened
  shutdown.add('event log', close)
  const upkeep = startUpkeep(pool, {
    onError: (error) => progress(`Database upkeep: ${messageOf(error)}`),
  })
  shutdown.add('database upkeep', upkeep.stop)
  progress(`The event log is open in ${place}`)
  return { pool, log: upcastingLog(log), becomeWriter, logPlace: place }
}
