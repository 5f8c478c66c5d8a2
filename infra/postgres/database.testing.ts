/**
 * An empty database with PostGIS for a test file. PGlite always; PostgreSQL when
 * CHRONOHEX_TEST_POSTGRES_URL names a server on which databases may be created. Under CI a missing
 * URL fails the suite instead of skipping it.
 */
import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg, { type Pool, type PoolConfig } from 'pg'
import { describe, it } from 'vitest'
import { RetryableError } from '../../domain/errors.ts'
import { NEVER } from '../../domain/waiting/pause.ts'
import { persistently } from '../../domain/waiting/persistently.ts'
import { startPglite } from '../pglite/pglite.ts'
import { claimDataFolder, type DataFolderClaim, DataFolderInUse } from '../run/data-folder.ts'
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
  cpSync(join(await pgliteTemplate(), 'pgdata'), join(folder, 'pgdata'), { recursive: true })
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

const TEMPLATE_WAIT_MS_MAX = 120_000

/**
 * A folder with a fresh database, made once per machine and PGlite version; the other processes
 * that want it wait for the one that makes it.
 */
const pgliteTemplate = (): Promise<string> => {
  const workshop = join(tmpdir(), `chronohex-pglite-${packageVersions()}`)
  const template = join(workshop, 'template')
  const take = async (): Promise<string> => {
    if (existsSync(template)) return template
    const claim = claimedForTemplate(workshop)
    try {
      if (!existsSync(template)) await makeTemplate(workshop, template)
    } finally {
      claim.release()
    }
    return template
  }
  return persistently(take, NEVER, { msMax: TEMPLATE_WAIT_MS_MAX })
}

const claimedForTemplate = (workshop: string): DataFolderClaim => {
  try {
    return claimDataFolder(workshop)
  } catch (error) {
    if (!(error instanceof DataFolderInUse)) throw error
    throw new RetryableError('Another process makes the template', { cause: error })
  }
}

const makeTemplate = async (workshop: string, template: string): Promise<void> => {
  const draft = join(workshop, 'draft')
  rmSync(draft, { recursive: true, force: true })
  const pglite = await startPglite({ dataFolder: draft })
  await pglite.close()
  renameSync(draft, template)
}

const packageVersions = (): string =>
  ['pglite', 'pglite-postgis'].map((name) => packageVersion(`@electric-sql/${name}`)).join('-')

const packageVersion = (name: string): string => {
  const path = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  // Npm's own format.
  const { version }: { version: string } = JSON.parse(readFileSync(path, 'utf8'))
  return version
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
