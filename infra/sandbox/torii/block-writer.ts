/**
 * Writes blocks into the index, each event in the order of the chain, and returns what changed. The
 * caller opens and commits the transaction. The index is Torii's: it holds current rows and is no
 * log; only raw events and tags that are marked historical keep earlier states.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../../../domain/clock.ts'
import { RetryableError } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import type { ChainEvent, ExecutedTransaction } from '../chain/block.ts'
import type { FedBlock } from './block-feed.ts'
import {
  createEntityWriter,
  type EntityWriter,
  type Erased,
  type EventPlace,
} from './entity-writer.ts'
import {
  eventIdOf,
  executedAtText,
  joinedFelts,
  paddedFelt,
  scopedId,
  wallClockText,
} from './ids.ts'
import {
  createIndexReader,
  type EntityNode,
  type EntityTable,
  entityNode,
  eventNode,
  type IndexReader,
  registeredModelNode,
  transactionNode,
} from './index-reader.ts'
import type { ToriiDefects } from './options.ts'
import type { ToriiRecord, ToriiWorld } from './records.ts'
import { createRegistrar, type Schemas } from './registrar.ts'
import { createTransactionWriter } from './transaction-writer.ts'
import { createEventReader, type IndexOperation } from './world-event.ts'

/** What a block changed, for subscribers. Times are spelled as subscriptions spell them. */
export type Change =
  | Readonly<{ topic: 'event'; node: ReturnType<typeof eventNode> }>
  | Readonly<{ topic: 'model'; id: string; node: ReturnType<typeof registeredModelNode> }>
  | Readonly<{
      topic: 'transaction'
      node: ReturnType<typeof transactionNode>
      callers: readonly Felt[]
    }>
  /**
   * `node` is null where the row is read only when the change is delivered. `tag` is that of the
   * row that changed.
   */
  | Readonly<{ topic: EntityTable; id: string; tag: string; node: EntityNode | null }>

/** The sandbox's world has no tokens: subscribers of this topic receive nothing. */
export type Topic = Change['topic'] | 'token'

/**
 * An event that the world's definition cannot explain, where such an event stops the indexer:
 * retryable, because Torii repeats the cycle for ever.
 */
class MalformedEvent extends RetryableError {
  override name = 'MalformedEvent'
}

export type WriterOptions = Readonly<{
  rawEvents: boolean
  transactions: boolean
  historical: ReadonlySet<string>
  defects: ToriiDefects
  clock: Clock
  /** Whether a change of this kind has subscribers; a change without any is not read. */
  isWatched: (topic: Topic) => boolean
}>

export type BlockWriter = Readonly<{
  /**
   * Registers the models and events of the world's definition, as of a time in seconds since 1970.
   */
  register: (seconds: number) => void
  /** `schemas` are those of the contracts that the block's registrations name. */
  write: (block: FedBlock, schemas: Schemas) => readonly Change[]
}>

const OWNER_TABLES = { model: 'entities', event: 'event_messages' } as const

/** The World's events of a transaction; their index in this list is their ordinal. */
const eventsOfWorld = (
  world: ToriiWorld,
  { receipt }: ExecutedTransaction,
): readonly ChainEvent[] => receipt.events.filter((event) => event.from_address === world.address)

/**
 * Tells of an entity as it is now; under the defect, as it will be when the change is delivered.
 */
const entityTeller =
  (reader: IndexReader, { defects, isWatched }: WriterOptions) =>
  (record: ToriiRecord, id: string): Change[] => {
    const table = OWNER_TABLES[record.kind]
    if (!isWatched(table)) return []
    const { tag } = record
    if (defects.coalescedUpdates) return [{ topic: table, id, tag, node: null }]
    const row = reader.entity(table, id)
    if (row === null) return []
    return [
      {
        topic: table,
        id,
        tag,
        node: { ...entityNode(table, row, 'Z'), $models: reader.modelsOf(table, id) },
      },
    ]
  }

const rawEventWriter = (database: DatabaseSync, isWatched: WriterOptions['isWatched']) => {
  const insert = database.prepare('INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?)')
  return (
    event: ChainEvent,
    transactionHash: string,
    { eventId, executedAt, now }: EventPlace,
  ): Change[] => {
    const [keys, data] = [joinedFelts(event.keys), joinedFelts(event.data)]
    insert.run(eventId, keys, data, transactionHash, executedAt, now)
    if (!isWatched('event')) return []
    const row = {
      id: eventId,
      keys,
      data,
      transaction_hash: transactionHash,
      executed_at: executedAt,
      created_at: now,
    }
    return [{ topic: 'event', node: eventNode(row, 'Z') }]
  }
}

/** Remembers how far the index has come. */
const headWriter = (database: DatabaseSync, world: ToriiWorld) => {
  const address = paddedFelt(world.address)
  const setHead = database.prepare(
    `INSERT INTO contracts (id, contract_address, contract_type, head, last_block_timestamp, last_pending_block_tx,
       updated_at, created_at) VALUES (?1, ?1, 'WORLD', ?2, ?3, ?4, ?5, ?5) ON CONFLICT (id) DO UPDATE SET
       head = excluded.head, last_block_timestamp = excluded.last_block_timestamp,
       last_pending_block_tx = excluded.last_pending_block_tx, updated_at = excluded.updated_at`,
  )
  /**
   * Torii's head is its last sealed block; of the pre-confirmed one it remembers the last
   * transaction of the world. `lastTransaction` is null when the block has none.
   */
  return ({ number, hash, timestamp }: FedBlock, lastTransaction: string | null, now: string) => {
    if (hash !== null) setHead.run(address, number, timestamp, null, now)
    else if (lastTransaction !== null)
      setHead.run(address, number - 1, timestamp, lastTransaction, now)
  }
}

/** Writes what an event means to the index, and says what changed. */
const operationWriter = (
  database: DatabaseSync,
  world: ToriiWorld,
  entities: EntityWriter,
  options: WriterOptions,
) => {
  const { defects, isWatched } = options
  const register = createRegistrar(database, world, entities)
  const touched = entityTeller(createIndexReader(database, world), options)

  const malformed = (reason: string, { eventId }: EventPlace): Change[] => {
    if (defects.stuckOnMalformedEvents) throw new MalformedEvent(`${eventId}: ${reason}`)
    return []
  }

  const erase = (operation: Erased, at: EventPlace): Change[] => {
    const { record, entityId } = operation
    const id = scopedId(world.address, entityId)
    const erasure = entities.erase(operation, at)
    if (erasure === 'nothing') return []
    if (erasure.last === null) return touched(record, id)
    if (defects.undeliveredDeletions || !isWatched('entities')) return []
    const node = { ...entityNode('entities', erasure.last, 'Z'), $models: [] }
    return [{ topic: 'entities', id, tag: record.tag, node }]
  }

  return (operation: IndexOperation, schemas: Schemas, at: EventPlace): Change[] => {
    switch (operation.kind) {
      case 'written':
        entities.write(operation, at)
        return touched(operation.record, scopedId(world.address, operation.entityId))
      case 'erased':
        return erase(operation, at)
      case 'registered': {
        const registered = register(operation, schemas, at)
        if (registered === 'nothing') return []
        if ('malformed' in registered) return malformed(registered.malformed, at)
        const node = registeredModelNode(registered.row, 'Z')
        return [{ topic: 'model', id: node.id, node }]
      }
      case 'malformed':
        return malformed(operation.reason, at)
      case 'ignored':
        return []
      default:
        return operation satisfies never
    }
  }
}

/** A writer through one connection, which must be inside a transaction whenever it is called. */
export const createBlockWriter = (
  database: DatabaseSync,
  world: ToriiWorld,
  options: WriterOptions,
): BlockWriter => {
  const { clock, isWatched } = options
  const interpret = createEventReader(world)
  const entities = createEntityWriter(database, world, options.historical)
  const apply = operationWriter(database, world, entities, options)
  const transactions = options.transactions ? createTransactionWriter(database, world) : null
  const writeRaw = rawEventWriter(database, isWatched)
  const setHead = headWriter(database, world)
  const nowText = (): string => wallClockText(clock.nowMs())

  const writeTransaction = (
    block: FedBlock,
    transaction: ExecutedTransaction,
    times: Pick<EventPlace, 'executedAt' | 'now'>,
  ): Change[] => {
    const kept = transactions?.write(block, transaction, times)
    return kept !== undefined && isWatched('transaction')
      ? [{ topic: 'transaction', node: transactionNode(kept.row), callers: kept.callers }]
      : []
  }

  return {
    register: (seconds) => {
      const at = { executedAt: executedAtText(seconds), now: nowText() }
      for (const record of world.records())
        entities.register(record, record.classHash, record.contractAddress, at)
    },
    write: (block, schemas) => {
      const times = { executedAt: executedAtText(block.timestamp), now: nowText() }
      let lastTransaction: string | null = null
      const changes = block.transactions.flatMap((transaction) => {
        const events = eventsOfWorld(world, transaction)
        if (events.length === 0) return []
        const hash = paddedFelt(transaction.hash)
        lastTransaction = hash
        const told = writeTransaction(block, transaction, times)
        const changed = events.flatMap((event, index) => {
          const eventId = eventIdOf(block.number, transaction.hash, world.address, index)
          const at = { eventId, ...times }
          const raw = options.rawEvents ? writeRaw(event, hash, at) : []
          return [...raw, ...apply(interpret(event), schemas, at)]
        })
        return [...told, ...changed]
      })
      setHead(block, lastTransaction, times.now)
      return changes
    },
  }
}
