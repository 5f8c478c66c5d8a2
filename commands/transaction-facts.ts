/** The facts of single transactions, picked out of the blocks of the world's stream. */
import type { EventLog, RecordedEvent } from '../domain/event-log/event-log.ts'
import type { Felt } from '../domain/felt.ts'
import { type BlockEntry, createEntryReader } from '../domain/world-stream/entries.ts'
import { chainMetaOf } from '../domain/world-stream/facts.ts'

/** All facts that one transaction left in a block, in their order. */
export type TransactionFacts = Readonly<{
  transaction: Felt
  block: number
  facts: readonly RecordedEvent[]
}>

/** The facts of those transactions of a block that `isWanted` accepts, in the order of the block. */
export const transactionsOf = (
  { header, facts }: BlockEntry,
  isWanted: (transaction: Felt) => boolean,
): readonly TransactionFacts[] => {
  const wanted = facts.filter((fact) => isWanted(chainMetaOf(fact).transaction))
  const byTransaction = Map.groupBy(wanted, (fact) => chainMetaOf(fact).transaction)
  return [...byTransaction].map(([transaction, own]) => ({
    transaction,
    block: header.number,
    facts: own,
  }))
}

/** Where to look for a transaction. */
export type TransactionPlace = Readonly<{
  transaction: Felt
  /** The block in which the node says it is. */
  block: number
  /** Position that lies before all its facts … */
  afterPosition: number
  /** … and one up to which the log is known to hold the block. */
  upToPosition: number
}>

/**
 * What a transaction left in the log, in a block that still stands; without any fact when it left
 * none.
 */
export const readFacts = async (
  log: Pick<EventLog, 'readStream'>,
  worldStream: string,
  { transaction, block, afterPosition, upToPosition }: TransactionPlace,
): Promise<TransactionFacts> => {
  const none = { transaction, block, facts: [] }
  const limit = Math.max(0, upToPosition - afterPosition)
  let found: Readonly<{ headerPosition: number; facts: TransactionFacts }> | null = null
  const reader = createEntryReader({ after: afterPosition, isBoundary: false })
  for await (const page of log.readStream(worldStream, { from: afterPosition + 1, limit })) {
    for (const entry of reader.take(page)) {
      if (entry.kind === 'retraction' && entry.retracted.position === found?.headerPosition)
        found = null
      if (entry.kind !== 'block') continue
      const [facts] = transactionsOf(entry, (other) => other === transaction)
      if (facts !== undefined) found = { headerPosition: entry.headerPosition, facts }
    }
  }
  return found?.facts ?? none
}
