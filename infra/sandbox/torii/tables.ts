/**
 * The tables of Torii's SQLite file (torii-and-starknet.md §2.2), and the file itself: an index of
 * the chain, rebuilt at every start of the sandbox, and so not worth flushing to disk.
 */
import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { EMPTY_TABLES } from './empty-tables.ts'
import type { MemberColumn } from './member-column.ts'
import type { ToriiRecord, ToriiWorld } from './records.ts'

const TIMES = `created_at TEXT NOT NULL, updated_at TEXT NOT NULL`

/** `models` and `entities` alike: the id is scoped by the world, the parts stand beside it. */
const entityTable = (name: string): string => `
  CREATE TABLE ${name} (
    id TEXT NOT NULL PRIMARY KEY, keys TEXT, event_id TEXT NOT NULL, executed_at TEXT NOT NULL, ${TIMES},
    world_address TEXT NOT NULL, entity_id TEXT NOT NULL
  );
  CREATE INDEX idx_${name}_event_id ON ${name} (event_id);
  CREATE INDEX idx_${name}_world_entity ON ${name} (world_address, entity_id);
  CREATE TABLE ${name}_historical (
    id TEXT NOT NULL, keys TEXT, event_id TEXT NOT NULL, data TEXT NOT NULL, model_id TEXT NOT NULL,
    executed_at TEXT NOT NULL, ${TIMES}, world_address TEXT NOT NULL, entity_id TEXT NOT NULL
  );
  CREATE INDEX idx_${name}_historical_id ON ${name}_historical (id);`

const relationTable = (name: string): string => `
  CREATE TABLE ${name} (
    entity_id TEXT NOT NULL, model_id TEXT NOT NULL, historical_counter INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (entity_id, model_id)
  );`

const WORLD_TABLES = `
  CREATE TABLE contracts (
    id TEXT NOT NULL PRIMARY KEY, contract_address TEXT NOT NULL, contract_type TEXT NOT NULL, head INTEGER,
    tps INTEGER, last_block_timestamp INTEGER, last_pending_block_tx TEXT, updated_at TEXT, created_at TEXT
  );
  CREATE TABLE models (
    id TEXT NOT NULL PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, class_hash TEXT NOT NULL,
    contract_address TEXT NOT NULL, transaction_hash TEXT, layout TEXT NOT NULL, schema TEXT NOT NULL,
    packed_size INTEGER NOT NULL, unpacked_size INTEGER NOT NULL, legacy_store INTEGER NOT NULL DEFAULT 0,
    executed_at TEXT NOT NULL, created_at TEXT NOT NULL, world_address TEXT NOT NULL, model_selector TEXT NOT NULL
  );
  CREATE TABLE events (
    id TEXT NOT NULL PRIMARY KEY, keys TEXT NOT NULL, data TEXT NOT NULL, transaction_hash TEXT NOT NULL,
    executed_at TEXT NOT NULL, created_at TEXT NOT NULL
  );
  ${entityTable('entities')} ${relationTable('entity_model')}
  ${entityTable('event_messages')} ${relationTable('event_model')}`

const TRANSACTION_TABLES = `
  CREATE TABLE transactions (
    id TEXT NOT NULL PRIMARY KEY, transaction_hash TEXT NOT NULL UNIQUE, sender_address TEXT, calldata TEXT,
    max_fee TEXT, signature TEXT, nonce TEXT, executed_at TEXT NOT NULL, created_at TEXT NOT NULL,
    block_number INTEGER NOT NULL, transaction_type TEXT NOT NULL
  );
  CREATE TABLE transaction_calls (
    transaction_hash TEXT NOT NULL, contract_address TEXT NOT NULL, entrypoint TEXT NOT NULL, calldata TEXT NOT NULL,
    call_type TEXT NOT NULL, caller_address TEXT NOT NULL
  );
  CREATE INDEX idx_transaction_calls_hash ON transaction_calls (transaction_hash);
  CREATE TABLE transaction_contract (
    transaction_hash TEXT NOT NULL, contract_address TEXT NOT NULL, UNIQUE (transaction_hash, contract_address)
  );
  CREATE TABLE transaction_models (
    transaction_hash TEXT NOT NULL, model_id TEXT NOT NULL, UNIQUE (transaction_hash, model_id)
  );
  CREATE TABLE transaction_receipts (
    id TEXT NOT NULL PRIMARY KEY, transaction_hash TEXT NOT NULL UNIQUE, actual_fee_amount TEXT NOT NULL,
    actual_fee_unit TEXT NOT NULL, execution_status TEXT NOT NULL, finality_status TEXT NOT NULL, revert_reason TEXT,
    execution_resources TEXT NOT NULL, block_hash TEXT, block_number INTEGER NOT NULL, block_timestamp INTEGER NOT NULL,
    created_at TEXT NOT NULL
  );`

export const columnDeclaration = ({ name, sqlType }: MemberColumn): string => `[${name}] ${sqlType}`

/**
 * One table per model and per event: members stand under their own names between Torii's own
 * columns.
 */
export const recordTable = ({ tag, ownerColumn, members }: ToriiRecord): string => `
  CREATE TABLE [${tag}] (
    internal_id TEXT NOT NULL PRIMARY KEY, internal_event_id TEXT NOT NULL, internal_entity_id TEXT,
    internal_event_message_id TEXT, ${members.map(columnDeclaration).join(', ')},
    internal_executed_at TEXT NOT NULL, internal_created_at TEXT NOT NULL, internal_updated_at TEXT NOT NULL
  );
  CREATE INDEX [idx_${tag}_event] ON [${tag}] (internal_event_id);
  CREATE INDEX [idx_${tag}_owner] ON [${tag}] (${ownerColumn});`

/**
 * Ids are long texts in many indexes: with SQLite's 2 MB of cache, a backfill would read more than
 * it writes.
 */
const CACHE_KIB = 65_536
const CHECKPOINT_PAGES = 10_000

/** Makes the index file anew, with empty tables, and opens it for writing. */
export const createIndexFile = (file: string, world: ToriiWorld): DatabaseSync => {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, { force: true })
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -${CACHE_KIB}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  database.exec(
    `BEGIN; ${WORLD_TABLES} ${TRANSACTION_TABLES} ${EMPTY_TABLES} ${world.records().map(recordTable).join('')} COMMIT`,
  )
  return database
}

/** Opens the index for reading alone, with the REGEXP operator that Torii's SQLite has. */
export const openForReading = (file: string): DatabaseSync => {
  const database = new DatabaseSync(file, { readOnly: true })
  database.exec('PRAGMA query_only = ON')
  const compiled = { pattern: '', regexp: /(?:)/ }
  database.function('regexp', { deterministic: true }, (pattern, text) => {
    if (typeof pattern !== 'string' || typeof text !== 'string') return null
    if (compiled.pattern !== pattern)
      Object.assign(compiled, { pattern, regexp: new RegExp(pattern) })
    return compiled.regexp.test(text) ? 1 : 0
  })
  return database
}
