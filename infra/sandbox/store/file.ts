/**
 * Opens the sandbox's SQLite file and checks that it belongs to the wanted world; messages are for
 * the user.
 */
import { chmodSync, existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { FatalError, messageOf } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import { feltOf } from './columns.ts'
import {
  emptyBlocksSchema,
  READABLE_REVISION,
  SCHEMA,
  SCHEMA_REVISION,
  STORE_APPLICATION_ID,
  UNFINISHED_REVISION,
} from './schema.ts'

const OWNER_ONLY = 0o600

/** The world that a file was made for; it is opened for no other. */
type ChainIdentity = Readonly<{ chainId: Felt; worldAddress: Felt; seed: Felt }>

/**
 * What a caller asks for. A null is filled from the file, or with the default when the file is new.
 */
export type WantedIdentity = Readonly<{
  chainId: Felt
  worldAddress: Felt
  seed: Felt | null
  defaultSeed: Felt
}>

/**
 * `every-block`: a block is on disk before its commit returns. `when-finished`: for a new file that
 * is written in one go (chain-writer.ts); it is refused until it is marked as whole. `none`: for a
 * file that is only read.
 */
export type Durability = 'every-block' | 'when-finished' | 'none'

const UNJOURNALLED = 'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size'

/**
 * Bytes. A transaction and its events take some 3 KB: large pages hold a few whole ones, and are
 * written a third faster.
 */
const BULK_PAGE_SIZE = 16_384

const PRAGMAS: Readonly<Record<Durability, string>> = {
  'every-block':
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000;',
  'when-finished': `PRAGMA page_size = ${BULK_PAGE_SIZE}; ${UNJOURNALLED} = -128000;`,
  none: `${UNJOURNALLED} = -16000;`,
}

const createTables = (database: DatabaseSync, identity: ChainIdentity, revision: number): void => {
  database.exec(`BEGIN; ${SCHEMA} ${emptyBlocksSchema('')} PRAGMA application_id = ${STORE_APPLICATION_ID};
    PRAGMA user_version = ${revision}`)
  const insert = database.prepare('INSERT INTO identity (name, value) VALUES (?, ?)')
  for (const [name, value] of Object.entries(identity)) insert.run(name, value)
  database.exec('COMMIT')
}

/** Gives a file of the revision before what it lacks; one that is only read keeps its bytes. */
const bringUpToDate = (database: DatabaseSync, durability: Durability): void =>
  database.exec(
    durability === 'none'
      ? emptyBlocksSchema('TEMP')
      : `BEGIN; ${emptyBlocksSchema('')} PRAGMA user_version = ${SCHEMA_REVISION}; COMMIT`,
  )

/**
 * The revision of the format that the chain is in. Throws FatalError, with advice for the user, when
 * the database is no whole chain, or in a format that cannot be read.
 */
export const checkedRevision = (file: string, database: DatabaseSync): number => {
  const pragma = (name: string): unknown => database.prepare(`PRAGMA ${name}`).get()?.[name]
  if (pragma('application_id') !== STORE_APPLICATION_ID) {
    throw new FatalError(`${file} is a database of something else, not a sandbox chain.`)
  }
  const revision = pragma('user_version')
  if (revision === UNFINISHED_REVISION) {
    throw new FatalError(
      `${file} is only a part of a chain: its generation was broken off. Generate it again.`,
    )
  }
  if (revision !== SCHEMA_REVISION && revision !== READABLE_REVISION) {
    throw new FatalError(
      `${file} was written in format ${revision}, and this program reads format ${SCHEMA_REVISION}. Use the Chronohex that wrote it, another data folder (--data), or start over (--fresh).`,
    )
  }
  return revision
}

/**
 * Prepares a new file for the wanted world, or checks that an old one belongs to it; returns the
 * seed.
 */
const identify = (
  file: string,
  database: DatabaseSync,
  { defaultSeed, ...wanted }: WantedIdentity,
  durability: Durability,
): Felt => {
  const tables = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n
  if (tables === 0) {
    const seed = wanted.seed ?? defaultSeed
    createTables(
      database,
      { ...wanted, seed },
      durability === 'when-finished' ? UNFINISHED_REVISION : SCHEMA_REVISION,
    )
    return seed
  }
  if (checkedRevision(file, database) === READABLE_REVISION) bringUpToDate(database, durability)
  const stored = Object.fromEntries(
    database
      .prepare('SELECT name, value FROM identity')
      .all()
      .map(({ name, value }) => [name, value]),
  )
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== null && stored[name] !== value) {
      throw new FatalError(
        `${file} holds a world with ${name} ${stored[name]}, but ${value} was asked for. Start without that setting, with another data folder (--data), or start over (--fresh).`,
      )
    }
  }
  return feltOf(stored, 'seed')
}

/**
 * Opens the file and holds its lock until it is closed. Throws FatalError, with advice for the
 * user, when that is impossible.
 */
export const openStoreFile = (
  file: string,
  wanted: WantedIdentity,
  durability: Durability,
): Readonly<{ database: DatabaseSync; seed: Felt }> => {
  let database: DatabaseSync | undefined
  try {
    const isNew = file !== ':memory:' && !existsSync(file)
    database = new DatabaseSync(file)
    if (isNew) chmodSync(file, OWNER_ONLY) // its journal will have the same rights
    database.exec(`PRAGMA locking_mode = EXCLUSIVE; ${PRAGMAS[durability]}
      PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;`)
    return { database, seed: identify(file, database, wanted, durability) }
  } catch (error) {
    database?.close()
    if (error instanceof FatalError) throw error
    const reason = messageOf(error)
    const meaning = /locked|busy/i.test(reason)
      ? 'is in use by another process'
      : 'cannot be opened as a sandbox chain: it is damaged or of another kind, or its folder is not writable'
    throw new FatalError(
      `${file} ${meaning} (${reason}).${/locked|busy/i.test(reason) ? '' : ' Restore a copy of it, or start over (--fresh).'}`,
      { cause: error },
    )
  }
}
