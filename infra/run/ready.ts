/** The end of a start. */
import type { ChangeFeed } from '../../projections/engine/change-feed.ts'

/** Resolves when `/ready` would say yes, or when the signal aborts. */
export const whenReady = async (
  missing: () => Promise<readonly string[]>,
  feed: ChangeFeed,
  signal: AbortSignal,
): Promise<void> => {
  const notices = feed.subscribe(signal)[Symbol.asyncIterator]()
  while ((await missing()).length > 0 && !signal.aborted) await notices.next()
  await notices.return?.()
}
