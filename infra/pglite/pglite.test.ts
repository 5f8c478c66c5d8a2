import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { FatalError } from '../../domain/errors.ts'
import { allEvents, asGiven } from '../../domain/event-log/event-log.testing.ts'
import { testDataFolder } from '../postgres/database.testing.ts'
import { createPostgresEventLog, type PostgresEventLog } from '../postgres/event-log/event-log.ts'
import { migrateEventLog } from '../postgres/event-log/schema.ts'
import { createPool } from '../postgres/pool.ts'
import { DataFolderInUse } from '../run/data-folder.ts'
import { CRASH_BATCH_EVENTS, CRASH_STREAM, crashBatch } from './crash-writer.testing.ts'
import { EmbeddedDatabaseFailed, startPglite } from './pglite.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const databaseFolder = async (): Promise<string> => {
  const folder = await testDataFolder()
  folders.push(folder)
  return folder
}

const startWriter = (folder: string): ChildProcess & { stdout: NodeJS.ReadableStream } => {
  const script = fileURLToPath(new URL('./crash-writer.testing.ts', import.meta.url))
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  return child
}

const killed = async (child: ChildProcess): Promise<void> => {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

const withLog = async (
  folder: string,
  use: (log: PostgresEventLog) => Promise<void>,
): Promise<void> => {
  const pglite = await startPglite({ dataFolder: folder })
  const pool = createPool(pglite.connection)
  try {
    await migrateEventLog(pool)
    await use(createPostgresEventLog(pool))
  } finally {
    await pool.end()
    await pglite.close()
  }
}

describe('a process killed while it appends', () => {
  it('leaves every acknowledged event, no gap and no half batch, each time; a retry settles the last one', async () => {
    const folder = await databaseFolder()
    let floor = -1
    for (const acknowledgements of [1, 40, 7]) {
      const child = startWriter(folder)
      let acknowledged = -1
      let count = 0
      for await (const line of createInterface(child.stdout)) {
        acknowledged = Number(line)
        count += 1
        if (count === 1)
          await expect(startPglite({ dataFolder: folder })).rejects.toThrow(
            new DataFolderInUse(folder, `process ${child.pid}`),
          )
        if (count >= acknowledgements) break
      }
      await killed(child)
      await withLog(folder, async (log) => {
        const stored = await allEvents(log.readStream(CRASH_STREAM))
        expect(stored.length - 1).toBeGreaterThanOrEqual(acknowledged)
        expect(acknowledged).toBeGreaterThan(floor)
        expect(stored.length % CRASH_BATCH_EVENTS).toBe(0)
        expect(stored.map(({ revision }) => revision)).toEqual(stored.map((_, index) => index))
        expect(stored.map(({ logPosition }) => logPosition)).toEqual(
          stored.map((_, index) => index),
        )
        expect(stored.map(({ data }) => data.number)).toEqual(stored.map((_, index) => index))
        expect(
          await log.append(
            CRASH_STREAM,
            acknowledged - CRASH_BATCH_EVENTS < 0 ? 'no-stream' : acknowledged - CRASH_BATCH_EVENTS,
            crashBatch(acknowledged - CRASH_BATCH_EVENTS),
          ),
        ).toEqual({ kind: 'already-appended', lastRevision: acknowledged })
        const retried = await log.append(CRASH_STREAM, acknowledged, crashBatch(acknowledged))
        expect(retried.kind).toBe(
          stored.length - 1 > acknowledged ? 'already-appended' : 'appended',
        )
        floor = acknowledged
      })
    }
  })

  it('is no obstacle when it was killed while making the database', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chx-init-'))
    folders.push(folder)
    const child = startWriter(folder)
    await appeared(join(folder, 'pgdata', 'PG_VERSION'))
    await killed(child)
    expect(existsSync(join(folder, 'pgdata-incomplete'))).toBe(true)
    await withLog(folder, async (log) => {
      expect(asGiven(await allEvents(log.readStream(CRASH_STREAM)))).toEqual([])
      expect(await log.append(CRASH_STREAM, 'no-stream', crashBatch(-1))).toMatchObject({
        kind: 'appended',
      })
    })
    expect(existsSync(join(folder, 'pgdata-incomplete'))).toBe(false)
  })
})

/** Resolves when the file exists; its folder may not exist yet. */
const appeared = async (path: string): Promise<void> => {
  const watcher = watch(join(path, '..', '..'), { recursive: true })
  try {
    while (!existsSync(path)) await once(watcher, 'change')
  } finally {
    watcher.close()
  }
}

describe('a damaged database', () => {
  const damages: readonly (readonly [string, (database: string) => void])[] = [
    ['its version file is gone', (database) => rmSync(join(database, 'PG_VERSION'))],
    [
      'it is of another PostgreSQL',
      (database) => writeFileSync(join(database, 'PG_VERSION'), '12\n'),
    ],
    [
      'its control file is blank',
      (database) => writeFileSync(join(database, 'global', 'pg_control'), Buffer.alloc(8192)),
    ],
    ['its tables are gone', (database) => rmSync(join(database, 'base'), { recursive: true })],
  ]
  it.each(damages)(
    'is refused with a clear message and left as it is when %s',
    async (_, damage) => {
      const folder = await databaseFolder()
      damage(join(folder, 'pgdata'))
      const failure: unknown = await startPglite({ dataFolder: folder }).catch(
        (error: unknown) => error,
      )
      expect(failure).toBeInstanceOf(EmbeddedDatabaseFailed)
      expect(failure).toBeInstanceOf(FatalError)
      expect(String(failure)).toContain(folder)
      expect(String(failure)).not.toMatch(/\bat .*:\d+|undefined|\[object/)
      expect(existsSync(join(folder, 'pgdata', 'global'))).toBe(true)
    },
  )
})

it('is reached whatever the environment says of other PostgreSQL servers', async () => {
  const pglite = await startPglite({ dataFolder: await databaseFolder() })
  const environment = process.env
  /** What the driver would connect with; it reads PGBINARY too, but does not use it. */
  const settings = () => {
    const client = new Client({ ...pglite.connection, connectionTimeoutMillis: 1_000 })
    // The driver's own field; its types leave it out.
    const { connectionParameters } = client as unknown as { connectionParameters: object }
    return { ...connectionParameters, binary: null }
  }
  const own = settings()
  process.env = new Proxy(environment, {
    get: (values, name) => (/^PG/.test(String(name)) ? 'require' : Reflect.get(values, name)),
  })
  try {
    expect(settings()).toEqual(own)
    const pool = createPool(pglite.connection)
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await pool.end()
  } finally {
    process.env = environment
    await pglite.close()
  }
})
