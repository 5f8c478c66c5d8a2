/**
 * `--fresh`: a data folder without a world, unless that would leave the world's log on a server
 * without its chain.
 */
import { FatalError } from '../../domain/errors.ts'
import { type OpenEventLogOptions, openEventLog } from '../event-log/open-event-log.ts'
import { type DataLayout, deleteWorld } from './data-layout.ts'

/**
 * Deletes the world in the folder. Throws FatalError, and deletes nothing, when the log at the URL
 * (null: the embedded one, which goes too) holds a world: a new chain could never go on with it. To
 * be called while holding the folder's claim.
 */
export const startOver = async (
  layout: DataLayout,
  logUrl: string | null,
  options: OpenEventLogOptions,
): Promise<void> => {
  if (logUrl !== null) await expectNoWorld(logUrl, options)
  deleteWorld(layout)
}

const expectNoWorld = async (logUrl: string, options: OpenEventLogOptions): Promise<void> => {
  const { log, place, close } = await openEventLog(logUrl, null, options)
  try {
    const [first] = await log.readCategory('world', { afterLogPosition: -1, limit: 1 })
    if (first === undefined) return
    throw new FatalError(
      `The event log in ${place} holds a world, and --fresh would delete the chain that it is of, but not the log. Nothing was deleted: name an empty log, or use another data folder (--data)`,
    )
  } finally {
    await close()
  }
}
