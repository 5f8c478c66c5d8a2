/** Picks the facts of single transactions out of the world's stream, block by complete block. */

import type { EventLog, RecordedEvent } from '../domain/event-log/event-log.ts'
import type { Felt } from '../domain/felt.ts'
import { BLOCK_INGESTED, type BlockIngested } from '../domain/world-stream/world-facts.ts'
import { transactionOf } from './command/outcome.ts'

/** All facts of one transaction, in their order. */
export type TransactionFacts = Readonly<{
  transaction: Felt
  block: number
  facts: readonly RecordedEvent[]
}>

type OpenBlock = Readonly<{
  number: number
  lastRevision: number
  facts: Map<Felt, RecordedEvent[]>
}>

export type FactsFold = Readonly<{
  /** Takes the stream's events in order; returns wanted facts at the end of their block. */
  take: (event: RecordedEvent) => readonly TransactionFacts[]
  /** Whether a new fold could go on from after the event that was taken last. */
  isBetweenBlocks: () => boolean
}>

/**
 * Wants the transactions that `isWanted` accepts. Facts before the first header belong to an older
 * block: passed over.
 */
export const createFactsFold = (isWanted: (transaction: Felt) => boolean): FactsFold => {
  let open: OpenBlock | null = null
  const take: FactsFold['take'] = (event) => {
    if (event.type === BLOCK_INGESTED) {
      // Written by ingest only.
      const { number, eventCount } = event.data as unknown as BlockIngested
      open = { number, lastRevision: event.revision + eventCount, facts: new Map() }
    } else if (open !== null) {
      const transaction = transactionOf(event)
      if (transaction !== null && isWanted(transaction)) {
        const facts = open.facts.get(transaction)
        if (facts === undefined) open.facts.set(transaction, [event])
        else facts.push(event)
      }
    }
    if (open === null || event.revision < open.lastRevision) return []
    const { number, facts } = open
    open = null
    return [...facts].map(([transaction, events]) => ({
      transaction,
      block: number,
      facts: events,
    }))
  }
  return { take, isBetweenBlocks: () => open === null }
}

/**
 * The facts of a transaction of `block`, read after a position that lies before it; none when it
 * left none.
 */
export const readFacts = async (
  log: EventLog,
  worldStream: string,
  transaction: Felt,
  block: number,
  afterPosition: number,
): Promise<readonly RecordedEvent[]> => {
  const fold = createFactsFold((other) => other === transaction)
  for await (const page of log.readStream(worldStream, { from: afterPosition + 1 })) {
    for (const event of page) {
      const [found] = fold.take(event)
      if (found !== undefined) return found.facts
      // Written by ingest only.
      if (event.type === BLOCK_INGESTED && (event.data as unknown as BlockIngested).number > block)
        return []
    }
  }
  return []
}
