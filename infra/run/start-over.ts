/**
 * Where a world begins: `--fresh` deletes the one that was there, unless that would leave its log on
 * a server without its chain; `--from` puts the chain of a file in its place.
 */
import { existsSync, renameSync } from 'node:fs'
import { FatalError } from '../../domain/errors.ts'
import { type OpenEventLogOptions, openEventLog } from '../event-log/open-event-log.ts'
import { copyChain } from '../sandbox/store/copied-chain.ts'
import { type DataLayout, deleteWorld } from './data-layout.ts'

type Beginning = Readonly<{
  fresh: boolean
  /** A chain's file; null: a new chain, or the folder's own. */
  from: string | null
  /** URL of the log; null: in the embedded database. */
  log: string | null
}>

/**
 * Prepares the folder for the world that is asked for. Throws FatalError, and leaves the folder's
 * world alone, when it cannot be had. To be called while holding the folder's claim.
 */
export const beginWorld = async (
  layout: DataLayout,
  { fresh, from, log }: Beginning,
  options: OpenEventLogOptions,
): Promise<void> => {
  const hasWorld = existsSync(layout.chainFile) || existsSync(layout.databaseFolder)
  if (from !== null && hasWorld && !fresh)
    throw new FatalError(
      `${layout.folder} holds a world already. Start without --from to go on with it, name another folder (--data), or replace it (--fresh)`,
    )
  if (from !== null) await copyChain(from, layout.chainDraft)
  if (fresh) await startOver(layout, log, options)
  if (from !== null) renameSync(layout.chainDraft, layout.chainFile)
}

/**
 * Deletes the world in the folder. Throws FatalError, and deletes nothing, when the log at the URL
 * (null: the embedded one, which goes too) holds a world: a new chain could never go on with it. To
 * be called while holding the folder's claim.
 */
const startOver = async (
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
