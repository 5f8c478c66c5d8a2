/**
 * A fresh database with PostGIS, kept when the first one has been made: making one is ten seconds of
 * work, copying one less than half a second.
 */
import { constants, existsSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { keep, keptPath, versionOf } from './kept-files.ts'

const template = (): string => {
  const [database, postgis] = ['pglite', 'pglite-postgis'].map((name) =>
    versionOf(`@electric-sql/${name}`),
  )
  return keptPath(`database-${database}-${postgis}`)
}

/** Not by cpSync: where too few files may be open, it ends the process instead of throwing. */
const copy = (from: string, to: string): Promise<void> =>
  cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE })

/** Copies the template to a folder that does not exist yet; false where there is none. */
export const copyTemplate = async (database: string): Promise<boolean> => {
  if (!existsSync(template())) return false
  await copy(template(), database)
  return true
}

/** Keeps a copy of a fresh database that nothing has open. */
export const keepTemplate = (database: string): Promise<void> =>
  keep(template(), (draft) => copy(database, draft))
