/** What stands where in the folder of an embedded database. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export type DatabaseFolder = Readonly<{
  /** PostgreSQL's own files. */
  database: string
  /** Stands beside them until they are complete. */
  incompleteMark: string
}>

export const databaseFolderOf = (folder: string): DatabaseFolder => ({
  database: join(folder, 'pgdata'),
  incompleteMark: join(folder, 'pgdata-incomplete'),
})

/** Whether there is a database that was completed once, damaged or not. */
export const holdsDatabase = (folder: string): boolean => {
  const { database, incompleteMark } = databaseFolderOf(folder)
  return existsSync(database) && !existsSync(incompleteMark)
}
