import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { someEvents } from '../../domain/event-log/event-log.testing.ts'
import { type EventStoreDouble, startEventStoreDouble } from '../eventstoredb/double.testing.ts'
import { createEventStoreLog } from '../eventstoredb/event-log.ts'
import { testFolder } from '../tools/archive/archive.testing.ts'
import { type DataLayout, dataLayout } from './data-layout.ts'
import { startOver } from './start-over.ts'

const options = { signal: new AbortController().signal }

let folder: ReturnType<typeof testFolder>
let double: EventStoreDouble
let layout: DataLayout
beforeAll(async () => {
  folder = testFolder()
  double = await startEventStoreDouble()
})
afterAll(async () => {
  folder.remove()
  await double.close()
})
beforeEach(() => {
  layout = dataLayout(folder.file('data'))
  mkdirSync(layout.databaseFolder, { recursive: true })
  writeFileSync(layout.chainFile, 'a chain')
})

const remains = (): readonly boolean[] => [
  existsSync(layout.chainFile),
  existsSync(layout.databaseFolder),
]

it('starting over deletes the chain and what is embedded beside it', async () => {
  await startOver(layout, null, options)
  expect(remains()).toEqual([false, false])
})

it('starting over on a log of its own deletes nothing while that holds a world', async () => {
  const log = createEventStoreLog(double.connectionString)
  await log.append('command-1', 'no-stream', someEvents(1))
  await startOver(layout, double.connectionString, options)
  expect(remains()).toEqual([false, false])

  mkdirSync(layout.databaseFolder)
  writeFileSync(layout.chainFile, 'a chain')
  await log.append('world-SANDBOX-0x1', 'no-stream', someEvents(1))
  await expect(startOver(layout, double.connectionString, options)).rejects.toThrow(
    'holds a world, and --fresh would delete the chain that it is of',
  )
  expect(remains()).toEqual([true, true])
  await log.close()
})
