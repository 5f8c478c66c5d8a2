/**
 * Torii's indexing loop: fetches blocks after its head, writes a fetch cycle as one transaction of the database, and
 * tells subscribers after the commit. It never looks back: a reorganisation leaves what it wrote before.
 */
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import type { Block } from '../block.ts'
import type { BlockFeed } from './block-feed.ts'
import { type BlockWriter, type Change, MalformedEvent } from './block-writer.ts'

export type IndexerOptions = Readonly<{
  database: DatabaseSync
  writer: BlockWriter
  feed: BlockFeed
  publish: (changes: readonly Change[]) => void
  /** Told of what ends the loop: a full disk, a bug. Never more than once. */
  onFailure: (error: unknown) => void
}>

export type Indexer = Readonly<{
  /** Resolves once this block, and all before it, are committed. */
  indexed: (block: number) => Promise<void>
  /** Ends the loop; resolves when it has ended. */
  close: () => Promise<void>
}>

/** Waits of Torii after a cycle that failed. */
const RETRY_MS_MIN = 1_000
const RETRY_MS_MAX = 60_000

const inTransaction = <T>(database: DatabaseSync, body: () => T): T => {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = body()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** Starts the loop at block 0; the database must be fresh. */
export const startIndexer = ({ database, writer, feed, publish, onFailure }: IndexerOptions): Indexer => {
  const stop = new AbortController()
  let head = -1
  let waiting: { block: number; resolve: () => void }[] = []

  const cycle = (blocks: readonly Block[]): void => {
    const changes = inTransaction(database, () =>
      blocks.flatMap((block) => {
        if (block.header.number === 0) writer.register(block.header.timestamp)
        return writer.write(block)
      }),
    )
    head = blocks.at(-1)?.header.number ?? head
    publish(changes)
    for (const { block, resolve } of waiting) if (block <= head) resolve()
    waiting = waiting.filter(({ block }) => block > head)
  }

  const run = async (): Promise<void> => {
    let retryMs = RETRY_MS_MIN
    while (!stop.signal.aborted) {
      const blocks = await feed.next(head + 1, stop.signal)
      try {
        cycle(blocks)
        retryMs = RETRY_MS_MIN
      } catch (error) {
        if (!(error instanceof MalformedEvent)) throw error
        await wait(retryMs, undefined, { signal: stop.signal })
        retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)
      }
    }
  }

  const running = run().catch((error: unknown) => {
    if (!stop.signal.aborted) onFailure(error)
  })
  return {
    indexed: (block) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      if (block <= head) resolve()
      else waiting.push({ block, resolve })
      return promise
    },
    close: async () => {
      stop.abort()
      await running
    },
  }
}
