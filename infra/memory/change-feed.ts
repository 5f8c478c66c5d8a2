/**
 * The change feed within one process. A reader that lags sees only the latest notice, so nothing
 * piles up.
 */
import type { ChangeFeed, ChangeNotice } from '../../projections/engine/change-feed.ts'

type Reader = { latest: ChangeNotice | null; wake: () => void }

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
      const reader: Reader = { latest: null, wake: () => {} }
      readers.add(reader)
      const leave = (): void => {
        readers.delete(reader)
        reader.wake()
      }
      if (signal.aborted) leave()
      else signal.addEventListener('abort', leave, { once: true })
      return notices(reader, signal, leave)
    },
  }
}

async function* notices(
  reader: Reader,
  signal: AbortSignal,
  leave: () => void,
): AsyncGenerator<ChangeNotice, void, undefined> {
  try {
    while (!signal.aborted) {
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
  } finally {
    signal.removeEventListener('abort', leave)
    leave()
  }
}
