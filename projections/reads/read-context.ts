/**
 * What the reads of a world share. A point of history is read from the versions, which never
 * change; only the newest point is read from the current rows, and that answer counts only if the
 * checkpoint is still there afterwards. So no read needs a transaction to be of one point.
 */
import { checkpointIsAt, type HeadRow, type ReadPoint, readHead } from './points.ts'
import type { ReadDatabase } from './read-database.ts'
import { type RowReader, type RowsAt, rowReader } from './row-reader.ts'

export type ReadContext = Readonly<{
  rows: RowReader
  head: () => Promise<HeadRow>
  /** Number of the head block; 0 before the first. */
  headBlock: () => Promise<number>
  /** Reads rows as they were at a point. `read` may be called twice. */
  atPoint: <T>(point: ReadPoint, read: (at: RowsAt) => Promise<T>) => Promise<T>
}>

/** What contexts of the same process know together. */
export type NewestPosition = {
  /**
   * Position that the checkpoint had when it was last read: where trying the current rows is worth
   * it.
   */
  position: number
}

/** A context on a pool, or within a snapshot. */
export const readContext = (database: ReadDatabase, newest: NewestPosition): ReadContext => {
  const head = async (): Promise<HeadRow> => {
    const row = await readHead(database)
    newest.position = Math.max(newest.position, row.position)
    return row
  }
  return {
    rows: rowReader(database),
    head,
    headBlock: async () => (await head()).block?.number ?? 0,
    atPoint: async ({ position }, read) => {
      if (position === newest.position) {
        const result = await read('now')
        if (await checkpointIsAt(database, position)) return result
      }
      return read({ position })
    },
  }
}
