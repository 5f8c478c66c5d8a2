/**
 * The change feed only wakes: it says that the read models moved, never what changed. What changed
 * is read from the versions after a position, so a lost or repeated notice does no harm. Adapters:
 * in-process (infra/memory); every one passes change-feed.contract.ts.
 */

/** The read models now hold everything up to `position`, and the head is `block`. */
export type ChangeNotice = Readonly<{ position: number; block: number }>

/** One side publishes, any number of readers hear of it. */
export type ChangeFeed = Readonly<{
  /** Returns at once and never throws, whatever its readers do. */
  publish: (notice: ChangeNotice) => void
  /**
   * Notices from this call on; slow readers get only the latest one. Ends when the signal aborts,
   * without what was not read by then. To be read by one reader.
   */
  subscribe: (signal: AbortSignal) => AsyncIterable<ChangeNotice>
}>
