/** Tables of the sandbox's SQLite file, and the marks by which such a file is told from any other. */

/** "CHEX" in ASCII, in SQLite's header field for this purpose. */
export const STORE_APPLICATION_ID = 0x43_48_45_58
/** Raised with every change of SCHEMA; older files are refused. */
export const SCHEMA_REVISION = 1

/** Lists of felts are text separated by blanks. Transactions are the JSON of JSON-RPC. */
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
    PRIMARY KEY (block, transaction_index)
  ) STRICT;
  CREATE TABLE events (
    block INTEGER NOT NULL,
    transaction_index INTEGER NOT NULL,
    event_index INTEGER NOT NULL,
    from_address TEXT NOT NULL,
    keys TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (block, transaction_index, event_index)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE nonces (address TEXT PRIMARY KEY, nonce INTEGER NOT NULL) STRICT;
  CREATE TABLE rows (
    first_written INTEGER PRIMARY KEY,
    model TEXT NOT NULL,
    model_selector TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    keys TEXT NOT NULL,
    row_values TEXT NOT NULL,
    UNIQUE (model_selector, entity_id)
  ) STRICT;
`
