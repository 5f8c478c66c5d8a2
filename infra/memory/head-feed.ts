/**
 * The newest head that ingest has covered, for those that wait for it. Like the change feed it only
 * wakes.
 */
import type { CoveredHeads } from '../../commands/covered-heads.ts'
import type { Head } from '../../domain/world-stream/head.ts'
import { createMemoryChangeFeed } from './change-feed.ts'

/** Covered heads, and where ingest tells of them. */
export type HeadFeed = CoveredHeads &
  Readonly<{
    publish: (head: Head) => void
    /** The head that was published last; null before the first. */
    head: () => Head | null
  }>

/** A feed that knows no head yet. */
export const createHeadFeed = (): HeadFeed => {
  const feed = createMemoryChangeFeed()
  let newest: Head | null = null
  return {
    publish: (head) => {
      newest = head
      feed.publish({ block: head.number, position: head.position })
    },
    head: () => newest,
    latest: async () =>
      newest === null
        ? null
        : { block: newest.number, hash: newest.hash, position: newest.position },
    subscribe: feed.subscribe,
  }
}
