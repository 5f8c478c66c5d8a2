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

export type Storage = LogStorage & Readonly<{ pool: Pool }>

export type StorageOptions = Run &
  Readonly<{
    databaseFolder: string
    /** URL of the log; null: in the embedded database. */
    log: string | null
    /** Told of each step. */
    progress: (line: string) => void
    outages: Outages
    /** For tests: the part of the log that is the system's own. */
    withinLog?: ((log: EventLog) => EventLog) | undefined
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
  const { becomeWriter, place, close } = opened
  const { withinLog = (log) => log } = options
  shutdown.add('event log', close)
  const report = reportingRarely(outages, 'Database upkeep')
  const upkeep = startUpkeep(pool, { onError: (error) => report('A table waits for it', error) })
  shutdown.add('database upkeep', upkeep.stop)
  progress(`The event log is open in ${place}`)
  return {
    pool,
    log: upcastingLog(withinLog(opened.log)),
    becomeWriter: async () => withinLog(await becomeWriter()),
    logPlace: place,
  }
}
