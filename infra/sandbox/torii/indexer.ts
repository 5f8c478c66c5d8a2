/**
 * The indexing loop of the sandbox's Torii: fetches blocks after its head from the node, writes a
 * fetch cycle as one transaction of the database, and tells subscribers after the commit. It never
 * looks back: what it wrote before a reorganisation stays, and so does a pre-confirmed transaction
 * that is later sealed differently or never.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { Felt } from '../../../domain/felt.ts'
import { repeatedly } from '../../../domain/waiting/persistently.ts'
import type { BlockFeed, FedBlock } from './block-feed.ts'
import type { BlockWriter, Change } from './block-writer.ts'
import type { ToriiDefects } from './options.ts'
import type { Schemas } from './registrar.ts'
import { registeredContract } from './world-event.ts'

export type IndexerOptions = Readonly<{
  database: DatabaseSync
  writer: BlockWriter
  feed: BlockFeed
  /** Whether transactions are written before their block is sealed. */
  preConfirmed: boolean
  defects: Pick<ToriiDefects, 'lostAfterVanished' | 'skippedUpdates'>
  historical: ReadonlySet<string>
  publish: (changes: readonly Change[]) => void
  /** Told once of what ends the loop: a full disk, a bug. */
  onFailure: (error: unknown) => void
}>

export type Indexer = Readonly<{
  /** Resolves once this block, and all before it, are committed. */
  indexed: (block: number) => Promise<void>
  /** Ends the loop; resolves when it has ended. */
  close: () => Promise<void>
}>

/** How long Torii waits after a failed cycle: twice as long each time, without randomness. */
const RETRY = { backoff: { firstMs: 1_000, maxMs: 60_000 }, random: () => 0 } as const

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

/**
 * The schemas of the contracts that these blocks' registrations name, as they are now: Torii does
 * not ask for those of that time.
 */
const schemasOf = async (
  blocks: readonly FedBlock[],
  feed: BlockFeed,
  signal: AbortSignal,
): Promise<Schemas> => {
  const schemas = new Map<Felt, readonly Felt[] | null>()
  for (const { receipt } of blocks.flatMap(({ transactions }) => transactions)) {
    for (const event of receipt.events) {
      const address = registeredContract(event)
      if (address !== null && !schemas.has(address))
        schemas.set(address, await feed.schemaOf(address, signal))
    }
  }
  return schemas
}

/** What identifies a row among changes; null for rows of which every change is told. */
const rowOf = (change: Change, historical: ReadonlySet<string>): string | null =>
  'tag' in change && !historical.has(change.tag) ? `${change.tag} ${change.id}` : null

/** Changes without those that a later change of the same row follows. */
const lastOfRows = (
  changes: readonly Change[],
  historical: ReadonlySet<string>,
): readonly Change[] => {
  const last = new Map(changes.map((change) => [rowOf(change, historical), change]))
  return changes.filter((change) => {
    const row = rowOf(change, historical)
    return row === null || last.get(row) === change
  })
}

/**
 * Transactions of a block that were not written before. Under the defect all of them are lost when
 * the last one that was written before has vanished.
 */
const newTransactions = (
  { transactions }: FedBlock,
  told: ReadonlySet<Felt>,
  lostAfterVanished: boolean,
) => {
  const last = [...told].at(-1)
  const hasVanished = last !== undefined && !transactions.some(({ hash }) => hash === last)
  return lostAfterVanished && hasVanished ? [] : transactions.filter(({ hash }) => !told.has(hash))
}

/** Starts the loop at block 0; the database must be fresh. */
export const startIndexer = (options: IndexerOptions): Indexer => {
  const { database, writer, feed, preConfirmed, defects, historical, publish, onFailure } = options
  const stop = new AbortController()
  let head = -1
  /** Transactions of the block after the head that were written before it is sealed. */
  const told = new Set<Felt>()
  let waiting: { block: number; resolve: () => void }[] = []

  const cycle = (blocks: readonly FedBlock[], schemas: Schemas): void => {
    const changes = inTransaction(database, () =>
      blocks.flatMap((block) => {
        if (block.number === 0) writer.register(block.timestamp)
        if (block.number !== head + 1) return writer.write(block, schemas)
        const transactions = newTransactions(block, told, defects.lostAfterVanished)
        return writer.write({ ...block, transactions }, schemas)
      }),
    )
    const last = blocks.at(-1)
    if (last?.hash === null) for (const { hash } of last.transactions) told.add(hash)
    else if (last !== undefined) {
      told.clear()
      head = last.number
    }
    publish(defects.skippedUpdates ? lastOfRows(changes, historical) : changes)
    for (const { block, resolve } of waiting) if (block <= head) resolve()
    waiting = waiting.filter(({ block }) => block > head)
  }

  const turn = async (): Promise<void> => {
    const wanted = { from: head + 1, told: preConfirmed ? told : null }
    const blocks = await feed.next(wanted, stop.signal)
    cycle(blocks, await schemasOf(blocks, feed, stop.signal))
  }

  const running = repeatedly(turn, stop.signal, RETRY).catch((error: unknown) => {
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
