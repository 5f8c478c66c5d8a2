import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { FatalError } from '../../domain/errors.ts'
import { someEvents } from '../../domain/event-log/event-log.testing.ts'
import { createOutages } from '../../domain/waiting/outage.ts'
import type { WorldId } from '../../domain/world-stream/facts.ts'
import { worldStream } from '../../domain/world-stream/facts.ts'
import { type EventStoreDouble, startEventStoreDouble } from '../eventstoredb/double.testing.ts'
import { createEventStoreLog } from '../eventstoredb/event-log.ts'
import { testDataFolder } from '../postgres/database.testing.ts'
import { testFolder } from '../tools/archive/archive.testing.ts'
import { type DataLayout, dataLayout } from './data-layout.ts'
import { openEmbeddedLog } from './embedded-log.ts'
import { openWorld } from './open-world.ts'
import { startParts } from './start.ts'

const WORLD: WorldId = { chainId: '0x53414e44424f58', address: '0x77' }

let folder: ReturnType<typeof testFolder>
let double: EventStoreDouble
let layout: DataLayout
let made = 0
beforeAll(async () => {
  folder = testFolder()
  double = await startEventStoreDouble()
})
afterAll(async () => {
  folder.remove()
  await double.close()
})
beforeEach(() => {
  made += 1
  layout = dataLayout(folder.file(`data-${made}`))
})

type Outcome = Readonly<{ refusal: string | null; chains: number; hasDatabase: boolean }>

/** Opens the world of the folder on the log at a URL; the chain refuses the log when told so. */
const open = async (logUrl: string | null, isForeign = false): Promise<Outcome> => {
  let chains = 0
  const options = {
    layout,
    world: WORLD,
    projections: [],
    logUrl,
    progress: () => {},
    outages: createOutages(() => {}),
  }
  const refusal = await startParts({ signal: AbortSignal.any([]), stepMsMax: 60_000 }, (run) =>
    openWorld({
      ...run,
      ...options,
      openChain: async () => {
        chains += 1
      },
      expectOwnLog: async () => {
        if (isForeign) throw new FatalError('the log belongs to another chain')
      },
    }),
  ).then(
    async ({ close }) => {
      expect(await close()).toEqual([])
      return null
    },
    (error: Error) => error.message,
  )
  return { refusal, chains, hasDatabase: existsSync(layout.databaseFolder) }
}

/** The database of a start that was interrupted before it had made its chain. */
const putDatabase = async (): Promise<void> => {
  mkdirSync(layout.folder)
  renameSync(await testDataFolder(), layout.databaseFolder)
}

describe('a folder without its chain', () => {
  it('is refused where the log in its database holds a world, and no chain is made', async () => {
    await putDatabase()
    expect(await open(null)).toEqual({ refusal: null, chains: 1, hasDatabase: true })
    const { log, close } = await openEmbeddedLog(layout.folder)
    await log.append(worldStream(WORLD), 'no-stream', someEvents(1))
    await close()
    const { refusal, chains } = await open(null)
    expect(refusal).toMatch(/has no chain\.sqlite, but the event log in the embedded database/)
    expect(chains).toBe(0)
  })

  it('is refused on a log elsewhere that holds a world, and nothing is made', async () => {
    const log = createEventStoreLog(double.connectionString)
    await log.append(worldStream(WORLD), 'no-stream', someEvents(1))
    await log.close()
    const { refusal, ...rest } = await open(double.connectionString)
    expect(refusal).toMatch(/has no chain\.sqlite, but the event log in .+Nothing was made/)
    expect(rest).toEqual({ chains: 0, hasDatabase: false })
  })
})

it('no database is made for the log of another chain', async () => {
  mkdirSync(layout.folder)
  writeFileSync(layout.chainFile, 'a chain')
  const { refusal, ...rest } = await open(double.connectionString, true)
  expect(refusal).toBe('the log belongs to another chain')
  expect(rest).toEqual({ chains: 1, hasDatabase: false })
})
