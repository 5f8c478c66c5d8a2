/**
 * The newest head that ingest has covered, for those that wait on it. Like the change feed it only
 * wakes.
 */

import type { CoveredHeads } from '../../commands/covered-heads.ts'
import type { Head } from '../../domain/world-stream/head.ts'
import { createMemoryChangeFeed } from './change-feed.ts'

export type HeadFeed = CoveredHeads &
  Readonly<{ publish: (head: Head) => void; head: () => Head | null }>

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
      newest === null ? null : { block: newest.number, position: newest.position },
    subscribe: (signal) => feed.subscribe(signal),
  }
}
