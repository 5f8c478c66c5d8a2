/**
 * What the reads of a world share. A point of history is read from the versions, which never
 * change; only the newest point is read from the current rows, and that answer counts only if the
 * checkpoint is still there afterwards. So no read needs a transaction to be of one point, and each
 * can be cut into short statements.
 */
import { checkpointIsAt, type HeadRow, type ReadPoint, readHead } from './points.ts'
import type { ReadDatabase, RowsAt } from './read-database.ts'
import { type RowReader, rowReader } from './row-reader.ts'

export type ReadContext = Readonly<{
  rows: RowReader
  head: () => Promise<HeadRow>
  /** Reads rows as they were at a point. `read` may be called twice. */
  atPoint: <T>(point: Pick<ReadPoint, 'position'>, read: (at: RowsAt) => Promise<T>) => Promise<T>
  /** Reads rows as they are at the head. `read` may be called several times. */
  atHead: <T>(read: (at: RowsAt, head: HeadRow) => Promise<T>) => Promise<T>
}>

/** The number of the head's block; 0 before the first. */
export const numberOf = ({ block }: HeadRow): number => block?.number ?? 0

/** While the head moves on as one reads, the current rows are tried again; then the versions are read. */
const HEAD_TRIES_MAX = 3

/** What contexts of the same process know together. */
export type NewestPosition = {
  /**
   * Position that the checkpoint had when it was last read: where trying the current rows is worth
   * it.
   */
  position: number
}

/** A context on a pool. */
export const readContext = (database: ReadDatabase, newest: NewestPosition): ReadContext => {
  const head = async (): Promise<HeadRow> => {
    const row = await readHead(database)
    newest.position = Math.max(newest.position, row.position)
    return row
  }
  return {
    rows: rowReader(database),
    head,
    atPoint: async ({ position }, read) => {
      if (position === newest.position) {
        const result = await read('now')
        if (await checkpointIsAt(database, position)) return result
      }
      return read({ position })
    },
    atHead: async (read) => {
      for (let tries = 0; tries < HEAD_TRIES_MAX; tries += 1) {
        const current = await head()
        const result = await read('now', current)
        if (await checkpointIsAt(database, current.position)) return result
      }
      const current = await head()
      return read({ position: current.position }, current)
    },
  }
}
