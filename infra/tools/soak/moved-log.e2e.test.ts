/**
 * A system that moves to another event log, as docs/exports.md says: its clients go on from their
 * cursors.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Variables } from '../../../api/client/transport.ts'
import { flagsOf, runToEnd, type System, startSystem } from '../../../app.testing.ts'
import type { TypedDocument } from '../../../schemas/graphql/typed-document.ts'
import { type EventStoreDouble, startEventStoreDouble } from '../../eventstoredb/double.testing.ts'
import { testDatabase } from '../../postgres/database.testing.ts'
import { logOpener } from '../../run/log-at.ts'

const EVENTS = 12

let folder: string
let double: EventStoreDouble
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'chx-moved-'))
  double = await startEventStoreDouble()
})
afterAll(async () => {
  await double.close()
  rmSync(folder, { recursive: true, force: true })
})

type Told = Readonly<{ __typename: string; cursor: string; node?: Readonly<{ id: string }> }>

const EVENTS_SINCE = `subscription ($since: Cursor) { worldEvents(since: $since) {
  __typename ... on Change { cursor } ... on WorldEventUpsert { node { id } } } }` as TypedDocument<
  { worldEvents: Told },
  Variables
>

/**
 * The messages that a client is told after a cursor, until it has so many events. A snapshot here
 * is an empty start.
 */
const toldSince = async (
  system: System,
  since: string | null,
  events: number,
): Promise<readonly Told[]> => {
  const told: Told[] = []
  const client = system.connect()
  const messages = client.subscribe(EVENTS_SINCE, { since })
  for await (const { worldEvents } of messages) {
    if (worldEvents.__typename === 'Resync') expect.fail(`a resync after ${told.length} messages`)
    if (worldEvents.node !== undefined) told.push(worldEvents)
    if (told.length === events) break
  }
  return told
}

const LOG_EVENTS_MAX = 100_000

const eventsIn = async (place: string): Promise<number> => {
  const { log, close } = await logOpener(new AbortController().signal)(place, { mayCreate: false })
  try {
    return (await log.readAll({ afterLogPosition: -1, limit: LOG_EVENTS_MAX })).length
  } finally {
    await close()
  }
}

it('a log that the read models were not built from is refused untouched, and a copy of theirs goes on', async () => {
  const first = await startSystem(folder, '--bots', '8')
  const told = await toldSince(first, null, EVENTS)
  expect(await first.stop('SIGTERM')).toMatchObject({ code: 0 })

  const elsewhere = flagsOf(folder, '--log', double.connectionString)
  const refused = await runToEnd(elsewhere)
  expect(refused).toMatchObject({ code: 1 })
  expect(refused.stderr).toMatch(
    /^chronohex: .*built from another log.*log copy --from OLD --to NEW.*\n$/,
  )
  expect(await eventsIn(double.connectionString)).toBe(0)

  const copied = await runToEnd([
    'log',
    'copy',
    '--from',
    folder,
    '--to',
    double.connectionString,
    '--json',
  ])
  expect(copied).toMatchObject({ code: 0, stderr: '' })
  const { events, appended } = JSON.parse(copied.stdout)
  expect([appended, events]).toEqual([events, await eventsIn(folder)])

  const second = await startSystem(folder, '--log', double.connectionString)
  const middle = EVENTS / 2
  const again = await toldSince(second, told[middle - 1]?.cursor ?? null, EVENTS)
  expect(again.slice(0, EVENTS - middle)).toEqual(told.slice(middle))
  expect(new Set(again.map(({ node }) => node?.id)).size).toBe(EVENTS)
  expect(await second.stop('SIGTERM')).toMatchObject({ code: 0, stderr: '' })
})

const isPostgresThere =
  process.env.CHRONOHEX_TEST_POSTGRES_URL !== undefined || process.env.CI !== undefined

it.runIf(isPostgresThere)(
  'a start on the log of another world is refused before it replaces the writer there',
  async () => {
    const database = await testDatabase('postgres')
    const log = ['--log', database.connection.connectionString ?? expect.fail('no URL')]
    const running = await startSystem(path.join(folder, 'running'), ...log)
    const refused = await runToEnd(
      flagsOf(path.join(folder, 'stranger'), '--seed', 'stranger', ...log),
    )
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.stderr).toMatch(
      /^chronohex: .*the event log in postgres:.* holds the world of another chain\. Nothing was made: /,
    )
    expect(await toldSince(running, null, 1)).toHaveLength(1) // its blocks still go into the log
    expect(await running.stop('SIGTERM')).toMatchObject({ code: 0, stderr: '' })
    await database.close()
  },
)
