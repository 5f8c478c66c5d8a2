/**
 * Reads the sandbox's file. Casts of columns hold because only writing.ts writes them, from
 * those very types.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Felt } from '../../../domain/felt.ts'
import type { BlockHeader } from '../chain/block.ts'
import type { StoredRow } from '../chain/game.ts'
import type { L1Acceptance } from './l1-acceptance.ts'
import { INJECTED } from './schema.ts'
import type { ChainStore, EventPlace, StoredEvent, StoredTransaction } from './store.ts'
import { bigintsOf, callsOf, eventsOf } from './text.ts'

type Row = Record<string, unknown>

const headerOf = (row: Row | undefined): BlockHeader | null =>
  row === undefined ? null : (JSON.parse(row.header as string) as BlockHeader)

const storedOf = (row: Row): StoredTransaction => ({
  block: row.block as number,
  index: row.transaction_index as number,
  hash: row.hash as Felt,
  transaction: JSON.parse(row.body as string),
  receipt: {
    revertReason: row.revert_reason as string | null,
    l2Gas: row.l2_gas as number,
    events: eventsOf(row.events as string),
  },
  calls: callsOf(row.calls as string),
})

const oneOf = (row: Row | undefined): StoredTransaction | null =>
  row === undefined ? null : storedOf(row)

/** Events of the transactions that a statement yields, from a place on. */
function* placedEvents(rows: Iterable<Row>, from: EventPlace): Generator<StoredEvent> {
  for (const row of rows) {
    const block = row.block as number
    const transaction = row.transaction_index as number
    const isFirst = block === from.block && transaction === from.transaction
    for (const [event, chainEvent] of eventsOf(row.events as string).entries()) {
      if (isFirst && event < from.event) continue
      const blockHash = row.block_hash as Felt
      yield {
        ...chainEvent,
        block,
        transaction,
        event,
        blockHash,
        transactionHash: row.hash as Felt,
      }
    }
  }
}

const take = <T>(items: Iterable<T>, limit: number): T[] => {
  const taken: T[] = []
  for (const item of items) {
    if (taken.length === limit) break
    taken.push(item)
  }
  return taken
}

const rowOf = (row: Row): StoredRow => ({
  model: row.model as string,
  modelSelector: BigInt(row.selector as string),
  entityId: BigInt(row.entity_id as string),
  keys: bigintsOf(row.keys as string),
  values: bigintsOf(row.row_values as string),
})

/** The newest version of every row, in the order in which the rows were first written. */
const newestVersions = (rows: Iterable<Row>): readonly StoredRow[] => {
  const newest = new Map<string, Row>()
  for (const row of rows) newest.set(`${row.model} ${row.entity_id}`, row)
  return Array.from(newest.values(), rowOf)
}

/** The methods of a store that read. */
export const storeReader = (
  database: DatabaseSync,
): Omit<ChainStore, keyof L1Acceptance | 'seed' | 'close' | 'commitBlock' | 'abandonFrom'> => {
  const prepare = (sql: string): StatementSync => database.prepare(sql)
  const blockByNumber = prepare('SELECT header FROM blocks WHERE number = ?')
  const blockByHash = prepare('SELECT header FROM blocks WHERE hash = ?')
  const lastBlock = prepare('SELECT header FROM blocks ORDER BY number DESC LIMIT 1')
  const ofBlock = prepare('SELECT * FROM transactions WHERE block = ? ORDER BY transaction_index')
  const hashesOfBlock = prepare(
    'SELECT hash FROM transactions WHERE block = ? ORDER BY transaction_index',
  )
  const byHash = prepare('SELECT * FROM transactions WHERE hash = ?')
  const byPlace = prepare('SELECT * FROM transactions WHERE block = ? AND transaction_index = ?')
  const known = prepare('SELECT 1 FROM transactions WHERE hash = ?')
  const eventsFrom = prepare(
    `SELECT t.block, t.transaction_index, t.hash, t.events, b.hash AS block_hash
     FROM transactions t JOIN blocks b ON b.number = t.block
     WHERE (t.block, t.transaction_index) >= (?, ?) AND t.block <= ?
     ORDER BY t.block, t.transaction_index`,
  )
  const versionsTo = prepare(
    `SELECT v.model, m.selector, v.entity_id, v.keys, v.row_values
     FROM row_versions v JOIN models m ON m.name = v.model WHERE v.block <= ? ORDER BY v.block, v.ordinal`,
  )
  const newestRows = prepare(
    `SELECT r.model, m.selector, r.entity_id, r.keys, r.row_values
     FROM rows r JOIN models m ON m.name = r.model ORDER BY r.first_written`,
  )
  const lastNumber = prepare('SELECT max(number) AS number FROM blocks')
  const nonceAt = prepare(
    'SELECT nonce FROM nonces WHERE address = ? AND block <= ? ORDER BY block DESC LIMIT 1',
  )
  const newestNonces = prepare('SELECT address, max(nonce) AS nonce FROM nonces GROUP BY address')
  const countReorgs = prepare('SELECT count(*) AS n FROM reorgs')
  const injected = prepare(
    `SELECT events FROM transactions WHERE ${INJECTED} AND block <= ? ORDER BY block, transaction_index`,
  )
  return {
    head: () => headerOf(lastBlock.get()),
    header: (number) => headerOf(blockByNumber.get(number)),
    headerByHash: (hash) => headerOf(blockByHash.get(hash)),
    transactions: (block) => ofBlock.all(block).map(storedOf),
    transactionHashes: (block) => hashesOfBlock.all(block).map((row) => row.hash as Felt),
    transactionByHash: (hash) => oneOf(byHash.get(hash)),
    transactionAt: (block, index) => oneOf(byPlace.get(block, index)),
    hasTransaction: (hash) => known.get(hash) !== undefined,
    events: (from, toBlock, limit) =>
      take(placedEvents(eventsFrom.iterate(from.block, from.transaction, toBlock), from), limit),
    rowsAt: (block) =>
      block === lastNumber.get()?.number
        ? newestRows.all().map(rowOf)
        : newestVersions(versionsTo.iterate(block)),
    nonceAt: (address, block) => (nonceAt.get(address, block)?.nonce as number | undefined) ?? null,
    nonces: () =>
      new Map(newestNonces.all().map((row) => [row.address as Felt, row.nonce as number])),
    reorgCount: () => countReorgs.get()?.n as number,
    injectedEvents: (toBlock) =>
      injected.all(toBlock).flatMap((row) => eventsOf(row.events as string)),
  }
}
