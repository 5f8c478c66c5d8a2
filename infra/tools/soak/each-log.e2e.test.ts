/**
 * The whole loop on each event log: bots play, the system stops, starts again on the same log, and
 * goes on.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventLog, RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { SANDBOX_CHAIN_ID } from '../../../domain/sandbox-chain.ts'
import { worldStream } from '../../../domain/world-stream/facts.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { withOwnNames } from '../../event-log/own-names.testing.ts'
import { type EventStoreDouble, startEventStoreDouble } from '../../eventstoredb/double.testing.ts'
import { testDatabase } from '../../postgres/database.testing.ts'
import { dataLayout } from '../../run/data-layout.ts'
import { logOpener } from '../../run/log-at.ts'
import { playLockstep } from './lockstep-world.testing.ts'

const STREAM = worldStream({
  chainId: SANDBOX_CHAIN_ID,
  address: infiniteHexAdventurers.worldAddress,
})
const ROUNDS = 25

/** Two plays of the whole system, on machines that do other things beside. */
const PLAYS_MS_MAX = 600_000

/** `withinLog`: what others have put there is not seen. */
type PlacedLog = Readonly<{
  url: string | undefined
  withinLog?: (log: EventLog) => EventLog
  close: () => Promise<unknown>
}>

/** A world of its own each time: the server may hold those of earlier runs. */
const onServer = (url: string | undefined, close: () => Promise<unknown>): PlacedLog => {
  const prefix = `run${randomUUID().replaceAll('-', '')}`
  return { url, withinLog: (log) => withOwnNames(log, prefix), close }
}

const embedded = async (): Promise<PlacedLog> => ({ url: undefined, close: async () => {} })

const onPostgres = async (): Promise<PlacedLog> => {
  const database = await testDatabase('postgres')
  return { url: database.connection.connectionString, close: database.close }
}

const onEventStoreDouble = async (): Promise<PlacedLog> => {
  const double: EventStoreDouble = await startEventStoreDouble()
  return onServer(double.connectionString, double.close)
}

const onEventStore = async (): Promise<PlacedLog> =>
  onServer(process.env.CHRONOHEX_TEST_EVENTSTOREDB_URL, async () => {})

const LOGS: readonly (readonly [name: string, open: () => Promise<PlacedLog>, isThere: boolean])[] =
  [
    ['the embedded database', embedded, true],
    [
      'PostgreSQL',
      onPostgres,
      process.env.CHRONOHEX_TEST_POSTGRES_URL !== undefined || process.env.CI !== undefined,
    ],
    ['the double of EventStoreDB', onEventStoreDouble, true],
    ['EventStoreDB', onEventStore, process.env.CHRONOHEX_TEST_EVENTSTOREDB_URL !== undefined],
  ]

describe.each(LOGS)('the whole system with its log in %s', (_name, open, isThere) => {
  let folder: string
  let placed: PlacedLog
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'chx-log-'))
    if (isThere) placed = await open()
  })
  afterAll(async () => {
    await placed?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const storedEvents = async (): Promise<RecordedEvent[]> => {
    const place = placed.url ?? folder
    const { log, close } = await logOpener(new AbortController().signal)(place, {
      mayCreate: false,
    })
    try {
      const events: RecordedEvent[] = []
      const { withinLog = (whole) => whole } = placed
      for await (const page of withinLog(log).readStream(STREAM)) events.push(...page)
      return events
    } finally {
      await close()
    }
  }

  it.runIf(isThere)(
    'plays, stops, and goes on where it stopped',
    { timeout: PLAYS_MS_MAX },
    async () => {
      const options = { dataFolder: dataLayout(folder).folder, seed: 5, bots: 3, blocks: ROUNDS }
      const { url, withinLog } = placed
      const play = () =>
        playLockstep({
          ...options,
          ...(url === undefined ? {} : { log: url }),
          ...(withinLog === undefined ? {} : { withinLog }),
        })
      const first = await play()
      const before = await storedEvents()
      const second = await play()
      const after = await storedEvents()

      expect(first.deeds).toBeGreaterThan(0)
      expect(second.lastBlock).toBeGreaterThan(first.lastBlock)
      expect(after.length).toBeGreaterThan(before.length)
      expect(after.slice(0, before.length).map(({ id }) => id)).toEqual(before.map(({ id }) => id))
      expect(after.map(({ revision }) => revision)).toEqual(after.map((_, at) => at))
    },
  )
})
