/**
 * The embedded database of a data folder, for tools: opened without anything else of the system, and
 * never beside a process that runs on the same folder, because it takes one process at a time.
 */
import { startPglite } from '../pglite/pglite.ts'
import { createPool } from '../postgres/pool.ts'
import type { DataLayout } from './data-layout.ts'
import { holdDataFolder } from './hold-folder.ts'
import type { Shutdown } from './shutdown.ts'

/**
 * Claims the folder and opens its database, making both if need be; what has to be closed again is
 * added to `shutdown` step by step. Throws `DataFolderInUse` with the pid of the process that runs
 * on the folder.
 */
export const openEmbeddedDatabase = async (
  layout: DataLayout,
  shutdown: Shutdown,
): Promise<ReturnType<typeof createPool>> => {
  holdDataFolder(layout, shutdown)
  const pglite = await startPglite({ dataFolder: layout.databaseFolder })
  shutdown.add('database', pglite.close)
  const pool = createPool(pglite.connection)
  shutdown.add('database connections', () => pool.end())
  return pool
}
