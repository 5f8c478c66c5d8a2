/**
 * An empty database with PostGIS for a test file. PGlite always; PostgreSQL when
 * CHRONOHEX_TEST_POSTGRES_URL names a server on which databases may be created. Under CI a missing
 * URL fails the suite instead of skipping it.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg, { type Pool, type PoolConfig } from 'pg'
import { describe, it } from 'vitest'
import { startPglite } from '../pglite/pglite.ts'
import { copyTemplate } from '../pglite/template.ts'
import { createPool } from './pool.ts'

export type DatabaseKind = 'pglite' | 'postgres'

export type TestDatabase = Readonly<{
  kind: DatabaseKind
  pool: Pool
  /** For further pools or processes on the same database. */
  connection: PoolConfig
  /** Ends the pool and drops the database. */
  close: () => Promise<void>
}>

const postgresUrl = process.env.CHRONOHEX_TEST_POSTGRES_URL

/**
 * Runs the suite on PGlite, and on PostgreSQL where there is one. `kind` is to be passed to
 * `testDatabase`.
 */
export const describeOnEachDatabase = (name: string, suite: (kind: DatabaseKind) => void): void => {
  describe(`${name} on PGlite`, () => suite('pglite'))
  describeOnPostgres(name, () => suite('postgres'))
}

/** Runs the suite on PostgreSQL alone, where there is one. */
export const describeOnPostgres = (name: string, suite: () => void): void => {
  if (postgresUrl !== undefined) describe(`${name} on PostgreSQL`, suite)
  else if (process.env.CI === undefined)
    describe.skip(`${name} on PostgreSQL (CHRONOHEX_TEST_POSTGRES_URL)`, suite)
  else
    it(`${name} on PostgreSQL`, () => {
      throw new Error('CHRONOHEX_TEST_POSTGRES_URL must be set under CI')
    })
}

/** A database of its own: empty, with PostGIS. Close it in `afterAll`. */
export const testDatabase = (kind: DatabaseKind): Promise<TestDatabase> =>
  kind === 'pglite' ? pgliteDatabase() : postgresDatabase()

/** A data folder with an empty embedded database in it, for `startPglite`. Remove it when done. */
export const testDataFolder = async (): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'chronohex-test-'))
  if (!(await copyTemplate(join(folder, 'pgdata'))))
    await (await startPglite({ dataFolder: folder })).close()
  return folder
}

const pgliteDatabase = async (): Promise<TestDatabase> => {
  const folder = await testDataFolder()
  const pglite = await startPglite({ dataFolder: folder })
  const pool = createPool(pglite.connection)
  return {
    kind: 'pglite',
    pool,
    connection: pglite.connection,
    close: async () => {
      await pool.end()
      await pglite.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const postgresDatabase = async (): Promise<TestDatabase> => {
  if (postgresUrl === undefined) throw new Error('CHRONOHEX_TEST_POSTGRES_URL is not set')
  const name = `chronohex_test_${randomUUID().replaceAll('-', '')}`
  await onServer(`CREATE DATABASE ${name}`)
  const url = new URL(postgresUrl)
  url.pathname = `/${name}`
  const connection: PoolConfig = { connectionString: url.href }
  const pool = createPool(connection)
  await pool.query('CREATE EXTENSION postgis')
  return {
    kind: 'postgres',
    pool,
    connection,
    close: async () => {
      await pool.end()
      await onServer(`DROP DATABASE ${name} WITH (FORCE)`)
    },
  }
}

const onServer = async (statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: postgresUrl })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
