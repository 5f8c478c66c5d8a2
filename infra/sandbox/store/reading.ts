/** Reads the sandbox's file. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Felt } from '../../../domain/felt.ts'
import type { BlockHeader } from '../chain/block.ts'
import type {
  ChainStore,
  EventPlace,
  StoredEvent,
  StoredTransaction,
} from '../chain/chain-store.ts'
import type { StoredRow } from '../chain/game.ts'
import { feltOf, integerOf, type Row, textOf, textOrNullOf } from './columns.ts'
import type { EmptyBlocks } from './empty-blocks.ts'
import { INJECTED } from './schema.ts'
import { bigintsOf, callsOf, eventsOf } from './text.ts'

/** The header as writing.ts stored it; null without a row. */
const headerOf = (row: Row | undefined): BlockHeader | null =>
  row === undefined ? null : JSON.parse(textOf(row, 'header'))

const storedOf = (row: Row): StoredTransaction => ({
  block: integerOf(row, 'block'),
  index: integerOf(row, 'transaction_index'),
  hash: feltOf(row, 'hash'),
  transaction: JSON.parse(textOf(row, 'body')),
  receipt: {
    revertReason: textOrNullOf(row, 'revert_reason'),
    l2Gas: integerOf(row, 'l2_gas'),
    events: eventsOf(textOf(row, 'events')),
  },
  calls: callsOf(textOf(row, 'calls')),
})

const oneOf = (row: Row | undefined): StoredTransaction | null =>
  row === undefined ? null : storedOf(row)

/** Events of the transactions that a statement yields, from a place on. */
function* placedEvents(rows: Iterable<Row>, from: EventPlace): Generator<StoredEvent> {
  for (const row of rows) {
    const block = integerOf(row, 'block')
    const transaction = integerOf(row, 'transaction_index')
    const blockHash = feltOf(row, 'block_hash')
    const transactionHash = feltOf(row, 'hash')
    const isFirst = block === from.block && transaction === from.transaction
    for (const [event, chainEvent] of eventsOf(textOf(row, 'events')).entries()) {
      if (isFirst && event < from.event) continue
      yield { ...chainEvent, block, transaction, event, blockHash, transactionHash }
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
  model: textOf(row, 'model'),
  modelSelector: BigInt(textOf(row, 'selector')),
  entityId: BigInt(textOf(row, 'entity_id')),
  keys: bigintsOf(textOf(row, 'keys')),
  values: bigintsOf(textOf(row, 'row_values')),
})

/** The newest version of every row, in the order in which the rows were first written. */
const newestVersions = (rows: Iterable<Row>): readonly StoredRow[] => {
  const newest = new Map<string, Row>()
  for (const row of rows) newest.set(`${row.model} ${row.entity_id}`, row)
  return Array.from(newest.values(), rowOf)
}

type Prepare = (sql: string) => StatementSync

type BlockReads = Pick<ChainStore, 'head' | 'header' | 'headerByHash' | 'reorgCount'>

const blockReads = (prepare: Prepare, empty: EmptyBlocks): BlockReads => {
  const byNumber = prepare('SELECT header FROM blocks WHERE number = ?')
  const byHash = prepare('SELECT header FROM blocks WHERE hash = ?')
  const last = prepare('SELECT header FROM blocks ORDER BY number DESC LIMIT 1')
  const countReorgs = prepare('SELECT count(*) AS n FROM reorgs')
  return {
    head: () => headerOf(last.get()),
    header: (number) => headerOf(byNumber.get(number)) ?? empty.header(number),
    headerByHash: (hash) => headerOf(byHash.get(hash)) ?? empty.headerByHash(hash),
    reorgCount: () => integerOf(countReorgs.get() ?? {}, 'n'),
  }
}

type TransactionReads = Pick<
  ChainStore,
  | 'transactions'
  | 'transactionHashes'
  | 'transactionByHash'
  | 'transactionAt'
  | 'hasTransaction'
  | 'events'
  | 'injectedEvents'
>

const transactionReads = (prepare: Prepare): TransactionReads => {
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
  const injected = prepare(
    `SELECT events FROM transactions WHERE ${INJECTED} AND block <= ? ORDER BY block, transaction_index`,
  )
  return {
    transactions: (block) => ofBlock.all(block).map(storedOf),
    transactionHashes: (block) => hashesOfBlock.all(block).map((row) => feltOf(row, 'hash')),
    transactionByHash: (hash) => oneOf(byHash.get(hash)),
    transactionAt: (block, index) => oneOf(byPlace.get(block, index)),
    hasTransaction: (hash) => known.get(hash) !== undefined,
    events: (from, toBlock, limit) =>
      take(placedEvents(eventsFrom.iterate(from.block, from.transaction, toBlock), from), limit),
    injectedEvents: (toBlock) =>
      injected.all(toBlock).flatMap((row) => eventsOf(textOf(row, 'events'))),
  }
}

type StateReads = Pick<ChainStore, 'rowsAt' | 'nonceAt' | 'nonces'>

const stateReads = (prepare: Prepare): StateReads => {
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
  return {
    rowsAt: (block) =>
      block === lastNumber.get()?.number
        ? newestRows.all().map(rowOf)
        : newestVersions(versionsTo.iterate(block)),
    nonceAt: (address, block) => {
      const row = nonceAt.get(address, block)
      return row === undefined ? null : integerOf(row, 'nonce')
    },
    nonces: () =>
      new Map(
        newestNonces
          .all()
          .map((row): [Felt, number] => [feltOf(row, 'address'), integerOf(row, 'nonce')]),
      ),
  }
}

/** The methods of a store that read its blocks, transactions and rows. */
export const storeReader = (
  database: DatabaseSync,
  empty: EmptyBlocks,
): BlockReads & TransactionReads & StateReads => {
  const prepare = (sql: string): StatementSync => database.prepare(sql)
  return { ...blockReads(prepare, empty), ...transactionReads(prepare), ...stateReads(prepare) }
}
