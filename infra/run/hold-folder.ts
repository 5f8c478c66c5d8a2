/**
 * A data folder in the hands of this process, and its owner's alone: it holds keys, the token, and
 * whatever an agent was told. New ones are made so; folders of earlier versions, which every user of
 * the machine could read, are mended.
 */
import { chmodSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { claimDataFolder, isClaimFile } from './data-folder.ts'
import { chainCompanions, type DataLayout } from './data-layout.ts'
import type { Shutdown } from './shutdown.ts'

const FOLDER_MODE = 0o700
const FILE_MODE = 0o600

/**
 * Claims the folder until the shutdown: to be done before anything in it is opened. Throws
 * `DataFolderInUse` or `DataFolderUnusable`.
 */
export const holdDataFolder = (layout: DataLayout, shutdown: Shutdown): void => {
  const claim = claimDataFolder(layout.folder)
  shutdown.add('data folder', claim.release)
  keepToOwner(layout)
}

/**
 * Takes the rights of group and others from the folder and from the world in it. A folder that holds
 * other things too (a home, a project) keeps its own rights; what is the world's in it does not.
 */
const keepToOwner = (layout: DataLayout): void => {
  if (process.platform === 'win32') return // rights are inherited there, and not these
  const { folder, chainFile, databaseFolder, tokenFile, endpointsFile } = layout
  const files = [chainFile, ...chainCompanions(chainFile), tokenFile, endpointsFile]
  for (const file of files) restrict(file, FILE_MODE)
  restrict(databaseFolder, FOLDER_MODE)
  const names = new Set(
    [...files, databaseFolder, `${endpointsFile}.partial`, layout.dashboardCacheFolder].map(
      (each) => path.basename(each),
    ),
  )
  if (readdirSync(folder).every((name) => names.has(name) || isClaimFile(name)))
    restrict(folder, FOLDER_MODE)
}

/** Where the file belongs to another user, or is not there, nothing can or need be done. */
const restrict = (file: string, mode: number): void => {
  try {
    chmodSync(file, mode)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code !== 'ENOENT' && code !== 'EPERM' && code !== 'EROFS') throw error
  }
}
