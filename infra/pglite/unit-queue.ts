/**
 * Whose unit of work the embedded database does next. It does one at a time, and none can be
 * stopped once it runs (PGlite 0.5.8 runs a statement to its end on its thread, where neither a
 * cancel request nor statement_timeout is looked at), so the order is all that keeps readers from
 * holding up writers: writers go before readers, and just after one of them has been served,
 * readers are kept waiting a moment for its next unit, as a block is written in several.
 */

/** Who waits, and since when. */
export type Waiting = Readonly<{ isReader: boolean; sinceMs: number }>

export type UnitQueue<Unit extends Waiting> = Readonly<{
  add: (unit: Unit) => void
  /**
   * The unit to do now, which leaves the queue; of those alone that pass `isOwn` when it is given,
   * as inside a transaction. A number: none, but a reader may go in so many milliseconds. Null:
   * none.
   */
  take: (nowMs: number, isOwn: ((unit: Unit) => boolean) | null) => Unit | number | null
  /** A unit has been done, and left no transaction open. */
  served: (unit: Unit, nowMs: number) => void
}>

/** What a writer takes from an answer to its next unit, with some room. */
const WRITER_PAUSE_MS_MAX = 4
/** However busy writers are, a reader goes once in this time. */
const READER_WAIT_MS_MAX = 50

export const createUnitQueue = <Unit extends Waiting>(): UnitQueue<Unit> => {
  const writers: Unit[] = []
  const readers: Unit[] = []
  let writerServedMs = Number.NEGATIVE_INFINITY
  let readerServedMs = Number.NEGATIVE_INFINITY

  return {
    add: (unit) => void (unit.isReader ? readers : writers).push(unit),
    take: (nowMs, isOwn) => {
      if (isOwn !== null) return firstOf(writers, isOwn) ?? firstOf(readers, isOwn)
      const [reader] = readers
      if (reader === undefined) return writers.shift() ?? null
      const waitsSinceMs = Math.max(reader.sinceMs, readerServedMs)
      const isOverdue = nowMs - waitsSinceMs >= READER_WAIT_MS_MAX
      if (writers.length > 0) return (isOverdue ? readers : writers).shift() ?? null
      const pauseLeftMs = writerServedMs + WRITER_PAUSE_MS_MAX - nowMs
      return isOverdue || pauseLeftMs <= 0 ? (readers.shift() ?? null) : pauseLeftMs
    },
    served: ({ isReader }, nowMs) => {
      if (isReader) readerServedMs = nowMs
      else writerServedMs = nowMs
    },
  }
}

const firstOf = <Unit>(queue: Unit[], isOwn: (unit: Unit) => boolean): Unit | null => {
  const index = queue.findIndex(isOwn)
  return index < 0 ? null : (queue.splice(index, 1)[0] ?? null)
}
