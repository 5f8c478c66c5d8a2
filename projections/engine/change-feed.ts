/**
 * The change feed only wakes: it says that the read models moved, never what changed. What changed
 * is read from the versions after a position, so a lost or repeated notice does no harm. Adapters:
 * in-process (infra/memory).
 */

/** The read models now hold everything up to `position`, and the head is `block`. */
export type ChangeNotice = Readonly<{ position: number; block: number }>

export type ChangeFeed = Readonly<{
  publish: (notice: ChangeNotice) => void
  /** Notices from now on; slow readers get only the latest one. Ends when the signal aborts. */
  subscribe: (signal: AbortSignal) => AsyncIterable<ChangeNotice>
}>
