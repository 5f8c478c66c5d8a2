/**
 * The change feed within one process. A reader that lags sees only the latest notice, so nothing
 * piles up.
 */
import type { ChangeFeed, ChangeNotice } from '../../projections/engine/change-feed.ts'

type Reader = {
  /** Published and not yet read. */
  latest: ChangeNotice | null
  hasLeft: boolean
  wake: () => void
}

/** A feed without readers. */
export const createMemoryChangeFeed = (): ChangeFeed => {
  const readers = new Set<Reader>()
  return {
    publish: (notice) => {
      for (const reader of readers) {
        reader.latest = notice
        reader.wake()
      }
    },
    subscribe: (signal) => {
      // The reader is registered here and not at the first pull, so that no notice after this call
      // is missed.
      const reader: Reader = { latest: null, hasLeft: signal.aborted, wake: () => {} }
      const leave = (): void => {
        signal.removeEventListener('abort', leave)
        readers.delete(reader)
        reader.hasLeft = true
        reader.wake()
      }
      if (!reader.hasLeft) {
        readers.add(reader)
        signal.addEventListener('abort', leave)
      }
      const reading = notices(reader)
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => reading.next(),
          // A generator that was never begun would not run its own end.
          return: async () => {
            leave()
            return reading.return()
          },
        }),
      }
    },
  }
}

async function* notices(reader: Reader): AsyncGenerator<ChangeNotice, void, undefined> {
  while (!reader.hasLeft) {
    const notice = reader.latest
    if (notice !== null) {
      reader.latest = null
      yield notice
      continue
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    reader.wake = resolve
    await promise
  }
}
