/**
 * What lies where in a data folder, and how a world is deleted from it. Nothing else decides names
 * in there.
 */
import { rmSync } from 'node:fs'
import path from 'node:path'

/** Paths in a data folder; absolute where the folder's own is. */
export type DataLayout = Readonly<{
  folder: string
  /** The sandbox chain's blocks (SQLite). */
  chainFile: string
  /** A chain that is being copied into the folder; of no use when that was broken off. */
  chainDraft: string
  /** The embedded database: event log and read models. */
  databaseFolder: string
  /** Secret that lets its holder act; owner-only. */
  tokenFile: string
  /** Where everything is, while the system runs. */
  endpointsFile: string
  /** Bundles of the dashboard; may be deleted at any time. */
  dashboardCacheFolder: string
}>

/** The paths; nothing has to be there. */
export const dataLayout = (folder: string): DataLayout => ({
  folder,
  chainFile: path.join(folder, 'chain.sqlite'),
  chainDraft: path.join(folder, 'chain-draft.sqlite'),
  databaseFolder: path.join(folder, 'database'),
  tokenFile: path.join(folder, 'operator-token'),
  endpointsFile: path.join(folder, 'endpoints.json'),
  dashboardCacheFolder: path.join(folder, 'dashboard-cache'),
})

/** What SQLite puts beside its file. */
export const chainCompanions = (chainFile: string): readonly string[] =>
  ['-wal', '-shm', '-journal'].map((suffix) => `${chainFile}${suffix}`)

/**
 * Deletes the world: chain and database. The token stays. To be called while holding the folder's
 * claim.
 */
export const deleteWorld = ({ chainFile, databaseFolder, endpointsFile }: DataLayout): void => {
  for (const file of [chainFile, ...chainCompanions(chainFile)]) rmSync(file, { force: true })
  rmSync(databaseFolder, { recursive: true, force: true })
  rmSync(endpointsFile, { force: true })
}
