/**
 * The event log that a command line names: a data folder, or the URL of a database or of an
 * EventStoreDB.
 */
import { isLogUrl, openEventLog } from '../event-log/open-event-log.ts'
import { type OpenedLog, openEmbeddedLog } from './embedded-log.ts'

/** A tool does not wait for a server that is away; its user can. */
const START_MS_MAX = 5_000

/**
 * Opens logs for tools. `mayCreate`: it is about to be written, so a data folder or a database need
 * not hold one yet.
 */
export const logOpener =
  (signal: AbortSignal) =>
  (place: string, { mayCreate }: Readonly<{ mayCreate: boolean }>): Promise<OpenedLog> =>
    isLogUrl(place)
      ? openEventLog(place, null, { signal, startMsMax: START_MS_MAX, mayCreate })
      : openEmbeddedLog(place, mayCreate)
