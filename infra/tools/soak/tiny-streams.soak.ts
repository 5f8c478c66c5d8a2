/** A hundred thousand streams of one event, on every log that is there. */
import { rmSync } from 'node:fs'
import type { EventLog } from '../../../domain/event-log/event-log.ts'
import { holdTinyStreams } from '../../../domain/event-log/tiny-streams.testing.ts'
import { startEventStoreDouble } from '../../eventstoredb/double.testing.ts'
import { createEventStoreLog } from '../../eventstoredb/event-log.ts'
import { createMemoryEventLog } from '../../memory/event-log.testing.ts'
import { startPglite } from '../../pglite/pglite.ts'
import { testDatabase } from '../../postgres/database.testing.ts'
import { createPostgresEventLog } from '../../postgres/event-log/event-log.ts'
import { migrateEventLog } from '../../postgres/event-log/schema.ts'
import { createPool } from '../../postgres/pool.ts'

type OpenedLog = Readonly<{ log: EventLog; close: () => Promise<void> }>

const inMemory = async (): Promise<OpenedLog> => {
  const log = createMemoryEventLog()
  return { log, close: log.close }
}

const embedded = async (dataFolder: string): Promise<OpenedLog> => {
  const pglite = await startPglite({ dataFolder })
  const pool = createPool(pglite.connection)
  await migrateEventLog(pool)
  const log = createPostgresEventLog(pool)
  return {
    log,
    close: async () => {
      await log.close()
      await pool.end()
      await pglite.close()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

const onPostgres = async (): Promise<OpenedLog> => {
  const database = await testDatabase('postgres')
  await migrateEventLog(database.pool)
  const log = createPostgresEventLog(database.pool, { signals: true })
  return {
    log,
    close: async () => {
      await log.close()
      await database.close()
    },
  }
}

const onEventStoreDouble = async (): Promise<OpenedLog> => {
  const double = await startEventStoreDouble()
  const log = createEventStoreLog(double.connectionString)
  return {
    log,
    close: async () => {
      await log.close()
      await double.close()
    },
  }
}

const onEventStore = async (url: string): Promise<OpenedLog> => {
  const log = createEventStoreLog(url)
  return { log, close: log.close }
}

export type TinyStreamsSoak = Readonly<{
  dataFolder: string
  streams: number
  print: (line: string) => void
}>

/**
 * Throws when a log loses or doubles anything. PostgreSQL and EventStoreDB take part where the
 * tests' URLs name them.
 */
export const tinyStreamsSoak = async ({
  dataFolder,
  streams,
  print,
}: TinyStreamsSoak): Promise<void> => {
  const {
    CHRONOHEX_TEST_POSTGRES_URL: postgresUrl,
    CHRONOHEX_TEST_EVENTSTOREDB_URL: eventStoreUrl,
  } = process.env
  const logs: readonly (readonly [name: string, open: () => Promise<OpenedLog>])[] = [
    ['memory', inMemory],
    ['the embedded database', () => embedded(dataFolder)],
    ...(postgresUrl === undefined ? [] : [['PostgreSQL', onPostgres] as const]),
    ['the double of EventStoreDB', onEventStoreDouble],
    ...(eventStoreUrl === undefined
      ? []
      : [['EventStoreDB', () => onEventStore(eventStoreUrl)] as const]),
  ]
  for (const [name, open] of logs) {
    const { log, close } = await open()
    try {
      const { appendsPerSecond, readsPerSecond } = await holdTinyStreams(log, streams)
      print(
        `${streams} streams in ${name}: ${appendsPerSecond} appends and ${readsPerSecond} reads a second, all found`,
      )
    } finally {
      await close()
    }
  }
}
