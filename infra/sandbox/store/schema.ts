/**
 * Tables of the sandbox's SQLite file, and the marks that distinguish such a file from any other.
 */

/** "CHEX" in ASCII, in SQLite's header field for this purpose. */
export const STORE_APPLICATION_ID = 0x43_48_45_58
/** Raised with every change of SCHEMA; files older than READABLE_REVISION are refused. */
export const SCHEMA_REVISION = 3
/** Files of this revision lack nothing but EMPTY_BLOCKS, and get it when they are opened. */
export const READABLE_REVISION = 2
/** Stands in the revision's place until a file that is written in one go is whole. */
export const UNFINISHED_REVISION = 0

/**
 * Transactions of accounts make calls; a successful one without calls carries events that a control
 * request injected.
 */
export const INJECTED = "calls = '' AND revert_reason IS NULL"

/**
 * Lists of felts are text separated by blanks; a receipt's events are lines (text.ts).
 * Transactions are the JSON of JSON-RPC. Everything is keyed by block and only ever appended, so
 * that blocks can be abandoned from the end; `rows` repeats the newest versions, for a quick start.
 * Old empty blocks are kept in fewer words (emptyBlocksSchema).
 */
export const SCHEMA = `
  CREATE TABLE identity (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE blocks (
    number INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    header TEXT NOT NULL
  ) STRICT;
  CREATE TABLE transactions (
    block INTEGER NOT NULL REFERENCES blocks,
    transaction_index INTEGER NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    revert_reason TEXT,
    l2_gas INTEGER NOT NULL,
    events TEXT NOT NULL,
    calls TEXT NOT NULL,
    PRIMARY KEY (block, transaction_index)
  ) STRICT;
  CREATE INDEX injected_transactions ON transactions (block, transaction_index) WHERE ${INJECTED};
  CREATE TABLE nonces (
    address TEXT NOT NULL,
    block INTEGER NOT NULL,
    nonce INTEGER NOT NULL,
    PRIMARY KEY (address, block)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE models (name TEXT PRIMARY KEY, selector TEXT NOT NULL) STRICT;
  CREATE TABLE rows (
    first_written INTEGER PRIMARY KEY,
    model TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    keys TEXT NOT NULL,
    row_values TEXT NOT NULL,
    UNIQUE (entity_id, model)
  ) STRICT;
  CREATE TABLE row_versions (
    block INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    model TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    keys TEXT NOT NULL,
    row_values TEXT NOT NULL,
    PRIMARY KEY (block, ordinal)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE reorgs (
    number INTEGER PRIMARY KEY,
    first_number INTEGER NOT NULL,
    first_hash TEXT NOT NULL,
    last_number INTEGER NOT NULL,
    last_hash TEXT NOT NULL
  ) STRICT;
`

/**
 * Empty blocks that were put away (empty-blocks.ts): by chunk what the first block's header follows
 * from, in JSON, and the seconds of each block after its parent, for those blocks of the chunk in
 * their order that are not in `blocks`. Where nothing is to be written the tables are temporary.
 */
export const emptyBlocksSchema = (temporary: 'TEMP' | ''): string => `
  CREATE ${temporary} TABLE empty_blocks (
    chunk INTEGER PRIMARY KEY,
    parent TEXT NOT NULL,
    seconds TEXT NOT NULL
  ) STRICT;
  CREATE ${temporary} TABLE empty_block_hashes (
    hash_part INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (hash_part, number)
  ) STRICT, WITHOUT ROWID;
`
