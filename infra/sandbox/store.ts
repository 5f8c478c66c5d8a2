/**
 * The chain on disk: one SQLite file. A block with its transactions, receipts, events, nonces and changed rows is one
 * transaction, flushed to disk before `commitBlock` returns (WAL, synchronous = FULL). Pending transactions are not
 * kept: as on any node, a crash may lose them, and their senders send the same bytes again.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { FatalError, messageOf } from '../../domain/errors.ts'
import type { Felt } from '../../domain/felt.ts'
import type { Block, BlockHeader, ChainEvent, ExecutedTransaction } from './block.ts'
import type { StoredRow } from './game.ts'
import { SCHEMA, SCHEMA_REVISION, STORE_APPLICATION_ID } from './store-schema.ts'

/** What a file is made for; it is not opened for anything else. */
export type ChainIdentity = Readonly<{ chainId: Felt; worldAddress: Felt; seed: Felt }>

/** What a caller asks for: a null is filled from the file, or with the default when the file is new. */
export type WantedIdentity = Readonly<{ chainId: Felt; worldAddress: Felt; seed: Felt | null; defaultSeed: Felt }>

/** Place of an event on the chain: block, transaction in the block, event in the receipt; all from 0. */
export type EventPlace = Readonly<{ block: number; transaction: number; event: number }>

export type StoredEvent = EventPlace & ChainEvent & Readonly<{ blockHash: Felt; transactionHash: Felt }>
export type StoredTransaction = ExecutedTransaction & Readonly<{ block: number; index: number }>

export type ChainStore = Readonly<{
  /** The seed of the world in the file. */
  seed: Felt
  /** The last block's header; null on a fresh file. */
  head: () => BlockHeader | null
  commitBlock: (block: Block, changedRows: readonly StoredRow[], nonces: ReadonlyMap<Felt, number>) => void
  header: (number: number) => BlockHeader | null
  headerByHash: (hash: Felt) => BlockHeader | null
  /** A block's transactions in order, with their receipts. */
  transactions: (block: number) => readonly ExecutedTransaction[]
  /** Hashes of a block's transactions in order. */
  transactionHashes: (block: number) => readonly Felt[]
  transactionByHash: (hash: Felt) => StoredTransaction | null
  transactionAt: (block: number, index: number) => StoredTransaction | null
  hasTransaction: (hash: Felt) => boolean
  /** At most `limit` events from a place on, up to the end of block `toBlock`, in chain order. */
  events: (from: EventPlace, toBlock: number, limit: number) => readonly StoredEvent[]
  /** Every row of the world's state, in the order in which they were first written. */
  rows: () => Iterable<StoredRow>
  nonces: () => ReadonlyMap<Felt, number>
  close: () => void
}>

const createTables = (database: DatabaseSync, identity: ChainIdentity): void => {
  database.exec(`BEGIN; ${SCHEMA} PRAGMA application_id = ${STORE_APPLICATION_ID};
    PRAGMA user_version = ${SCHEMA_REVISION}`)
  const insert = database.prepare('INSERT INTO identity (name, value) VALUES (?, ?)')
  for (const [name, value] of Object.entries(identity)) insert.run(name, value)
  database.exec('COMMIT')
}

const checkFormat = (file: string, database: DatabaseSync): void => {
  const pragma = (name: string): unknown => database.prepare(`PRAGMA ${name}`).get()?.[name]
  if (pragma('application_id') !== STORE_APPLICATION_ID) {
    throw new FatalError(`${file} is a database of something else, not a sandbox chain.`)
  }
  const revision = pragma('user_version')
  if (revision !== SCHEMA_REVISION) {
    throw new FatalError(
      `${file} was written in format ${revision}, and this program reads format ${SCHEMA_REVISION}. Start over with a fresh data folder.`,
    )
  }
}

/** Makes a new file the wanted world's, or checks that an old one is; returns the seed. */
const identify = (file: string, database: DatabaseSync, { defaultSeed, ...wanted }: WantedIdentity): Felt => {
  const tables = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n
  if (tables === 0) {
    const seed = wanted.seed ?? defaultSeed
    createTables(database, { ...wanted, seed })
    return seed
  }
  checkFormat(file, database)
  const stored = Object.fromEntries(
    database
      .prepare('SELECT name, value FROM identity')
      .all()
      .map(({ name, value }) => [name, value]),
  )
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== null && stored[name] !== value) {
      throw new FatalError(
        `${file} holds a world with ${name} ${stored[name]}, but ${value} was asked for. Start without that setting, or start over with a fresh data folder.`,
      )
    }
  }
  return stored.seed as Felt // written by createTables
}

/** Opens the file, its lock held until it is closed; a message that a user can act on when that cannot be. */
const openDatabase = (file: string, wanted: WantedIdentity): Readonly<{ database: DatabaseSync; seed: Felt }> => {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file)
    database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;`)
    return { database, seed: identify(file, database, wanted) }
  } catch (error) {
    database?.close()
    if (error instanceof FatalError) throw error
    const reason = messageOf(error)
    const meaning = /locked|busy/i.test(reason)
      ? 'is in use by another process'
      : 'cannot be opened as a sandbox chain: it is damaged or of another kind, or its folder is not writable'
    throw new FatalError(`${file} ${meaning} (${reason}).`, { cause: error })
  }
}

const felts = (values: readonly bigint[]): string => values.map((value) => `0x${value.toString(16)}`).join(' ')
const bigintsOf = (text: unknown): bigint[] => (text === '' ? [] : String(text).split(' ').map(BigInt))
// Lists of felts are stored as text separated by blanks; only this module writes them.
const feltsOf = (text: unknown): Felt[] => (text === '' ? [] : (String(text).split(' ') as Felt[]))

type Row = Record<string, unknown>

// The casts below hold because only `commitBlock` writes these columns, from values of those very types.
const headerOf = (row: Row | undefined): BlockHeader | null =>
  row === undefined ? null : (JSON.parse(row.header as string) as BlockHeader)

const eventOf = (row: Row): ChainEvent => ({
  from_address: row.from_address as Felt,
  keys: feltsOf(row.keys),
  data: feltsOf(row.data),
})

const storedEventOf = (row: Row): StoredEvent => ({
  ...eventOf(row),
  block: row.block as number,
  transaction: row.transaction_index as number,
  event: row.event_index as number,
  blockHash: row.block_hash as Felt,
  transactionHash: row.transaction_hash as Felt,
})

const rowOf = (row: Row): StoredRow => ({
  model: row.model as string,
  modelSelector: BigInt(row.model_selector as string),
  entityId: BigInt(row.entity_id as string),
  keys: bigintsOf(row.keys),
  values: bigintsOf(row.row_values),
})

const writerOf = (database: DatabaseSync): ChainStore['commitBlock'] => {
  const insertBlock = database.prepare('INSERT INTO blocks (number, hash, header) VALUES (?, ?, ?)')
  const insertTransaction = database.prepare('INSERT INTO transactions VALUES (?, ?, ?, ?, ?, ?)')
  const insertEvent = database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)')
  const upsertNonce = database.prepare(
    'INSERT INTO nonces VALUES (?, ?) ON CONFLICT (address) DO UPDATE SET nonce = excluded.nonce',
  )
  const upsertRow = database.prepare(
    'INSERT INTO rows (model, model_selector, entity_id, keys, row_values) VALUES (?, ?, ?, ?, ?) ON CONFLICT (model_selector, entity_id) DO UPDATE SET keys = excluded.keys, row_values = excluded.row_values',
  )
  const write = (
    { header, transactions }: Block,
    rows: readonly StoredRow[],
    nonces: ReadonlyMap<Felt, number>,
  ): void => {
    insertBlock.run(header.number, header.hash, JSON.stringify(header))
    for (const [index, { hash, transaction, receipt }] of transactions.entries()) {
      insertTransaction.run(
        header.number,
        index,
        hash,
        JSON.stringify(transaction),
        receipt.revertReason,
        receipt.l2Gas,
      )
      for (const [event, { from_address, keys, data }] of receipt.events.entries()) {
        insertEvent.run(header.number, index, event, from_address, keys.join(' '), data.join(' '))
      }
    }
    for (const [address, nonce] of nonces) upsertNonce.run(address, nonce)
    for (const { model, modelSelector, entityId, keys, values } of rows) {
      upsertRow.run(model, felts([modelSelector]), felts([entityId]), felts(keys), felts(values))
    }
  }
  return (block, changedRows, nonces) => {
    database.exec('BEGIN IMMEDIATE')
    try {
      write(block, changedRows, nonces)
      database.exec('COMMIT')
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw new FatalError(`Block ${block.header.number} could not be stored: ${messageOf(error)}`, { cause: error })
    }
  }
}

/** Text of the lists, for `executedOf`: receipts without their events, which stand in a table of their own. */
const TRANSACTION_COLUMNS = 'block, transaction_index, hash, body, revert_reason, l2_gas'

const readerOf = (database: DatabaseSync) => {
  const prepare = (sql: string): StatementSync => database.prepare(sql)
  const blockByNumber = prepare('SELECT header FROM blocks WHERE number = ?')
  const blockByHash = prepare('SELECT header FROM blocks WHERE hash = ?')
  const lastBlock = prepare('SELECT header FROM blocks ORDER BY number DESC LIMIT 1')
  const ofBlock = prepare(`SELECT ${TRANSACTION_COLUMNS} FROM transactions WHERE block = ? ORDER BY transaction_index`)
  const hashesOfBlock = prepare('SELECT hash FROM transactions WHERE block = ? ORDER BY transaction_index')
  const byHash = prepare(`SELECT ${TRANSACTION_COLUMNS} FROM transactions WHERE hash = ?`)
  const byPlace = prepare(`SELECT ${TRANSACTION_COLUMNS} FROM transactions WHERE block = ? AND transaction_index = ?`)
  const known = prepare('SELECT 1 FROM transactions WHERE hash = ?')
  const eventsOf = prepare('SELECT * FROM events WHERE block = ? AND transaction_index = ? ORDER BY event_index')
  const eventsFrom = prepare(
    `SELECT e.*, b.hash AS block_hash, t.hash AS transaction_hash FROM events e
       JOIN blocks b ON b.number = e.block
       JOIN transactions t ON t.block = e.block AND t.transaction_index = e.transaction_index
     WHERE (e.block, e.transaction_index, e.event_index) >= (?, ?, ?) AND e.block <= ?
     ORDER BY e.block, e.transaction_index, e.event_index LIMIT ?`,
  )
  const storedOf = (row: Row): StoredTransaction => ({
    block: row.block as number,
    index: row.transaction_index as number,
    hash: row.hash as Felt,
    transaction: JSON.parse(row.body as string),
    receipt: {
      revertReason: row.revert_reason as string | null,
      l2Gas: row.l2_gas as number,
      events: eventsOf.all(row.block as number, row.transaction_index as number).map(eventOf),
    },
  })
  const oneOf = (row: Row | undefined): StoredTransaction | null => (row === undefined ? null : storedOf(row))
  return {
    head: () => headerOf(lastBlock.get()),
    header: (number: number) => headerOf(blockByNumber.get(number)),
    headerByHash: (hash: Felt) => headerOf(blockByHash.get(hash)),
    transactions: (block: number) => ofBlock.all(block).map(storedOf),
    transactionHashes: (block: number) => hashesOfBlock.all(block).map((row) => row.hash as Felt),
    transactionByHash: (hash: Felt) => oneOf(byHash.get(hash)),
    transactionAt: (block: number, index: number) => oneOf(byPlace.get(block, index)),
    hasTransaction: (hash: Felt) => known.get(hash) !== undefined,
    events: (from: EventPlace, toBlock: number, limit: number) =>
      eventsFrom.all(from.block, from.transaction, from.event, toBlock, limit).map(storedEventOf),
  }
}

/** Every method as it is, but with SQLite's errors told apart from bugs: the file is what failed. */
const naming = <T extends object>(file: string, methods: T): T =>
  Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      (...args: unknown[]) => {
        try {
          return method(...args)
        } catch (error) {
          if (error instanceof FatalError) throw error
          throw new FatalError(`${file} cannot be read (${messageOf(error)}): it is damaged.`, { cause: error })
        }
      },
    ]),
  ) as T // the same names with the same signatures

/**
 * Opens or creates a chain's file; `file` null keeps the chain in memory. Throws FatalError, with a message for the
 * user, when the file is damaged, of another kind, in use, or of another world than `wanted`.
 */
export const openStore = (file: string | null, wanted: WantedIdentity): ChainStore => {
  const path = file ?? ':memory:'
  const { database, seed } = openDatabase(path, wanted)
  const methods = naming(path, {
    ...readerOf(database),
    commitBlock: writerOf(database),
    rows: () => database.prepare('SELECT * FROM rows ORDER BY first_written').all().map(rowOf),
    nonces: () =>
      new Map(
        database
          .prepare('SELECT address, nonce FROM nonces')
          .all()
          .map((row) => [row.address as Felt, row.nonce as number]),
      ),
    close: () => database.close(),
  })
  return { seed, ...methods }
}
