import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { someEvents } from '../../domain/event-log/event-log.testing.ts'
import { type EventStoreDouble, startEventStoreDouble } from '../eventstoredb/double.testing.ts'
import { createEventStoreLog } from '../eventstoredb/event-log.ts'
import { generateChain } from '../sandbox/played/generate.ts'
import { testFolder } from '../tools/archive/archive.testing.ts'
import { type DataLayout, dataLayout } from './data-layout.ts'
import { beginWorld } from './start-over.ts'

const fresh = (log: string | null) => ({ fresh: true, from: null, log })
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
  await beginWorld(layout, fresh(null), options)
  expect(remains()).toEqual([false, false])
})

it('starting over on a log of its own deletes nothing while that holds a world', async () => {
  const log = createEventStoreLog(double.connectionString)
  await log.append('command-1', 'no-stream', someEvents(1))
  await beginWorld(layout, fresh(double.connectionString), options)
  expect(remains()).toEqual([false, false])

  mkdirSync(layout.databaseFolder)
  writeFileSync(layout.chainFile, 'a chain')
  await log.append('world-SANDBOX-0x1', 'no-stream', someEvents(1))
  await expect(beginWorld(layout, fresh(double.connectionString), options)).rejects.toThrow(
    'holds a world, and --fresh would delete the chain that it is of',
  )
  expect(remains()).toEqual([true, true])
  await log.close()
})

describe('a world that begins with the chain of a file', () => {
  const from = (file: string, isFresh = false) => ({ fresh: isFresh, from: file, log: null })
  let generated: string
  beforeAll(async () => {
    generated = folder.file('generated.sqlite')
    await generateChain({ file: generated, blocks: 3, seed: null, bots: 2 })
  })
  beforeEach(() => rmSync(layout.folder, { recursive: true, force: true }))

  const headOf = (file: string): unknown => {
    const database = new DatabaseSync(file, { readOnly: true })
    try {
      return database.prepare('SELECT max(number) AS head FROM blocks').get()?.head
    } finally {
      database.close()
    }
  }

  it('has a copy of it, and the file stays as it is', async () => {
    mkdirSync(layout.folder)
    const before = readFileSync(generated)
    await beginWorld(layout, from(generated), options)
    expect(headOf(layout.chainFile)).toBe(3)
    expect(readFileSync(generated).equals(before)).toBe(true)
    expect(existsSync(layout.chainDraft)).toBe(false)
  })

  it('replaces another world only when that was asked for; also by a chain of its own', async () => {
    mkdirSync(layout.folder)
    writeFileSync(layout.chainFile, 'another')
    await expect(beginWorld(layout, from(generated), options)).rejects.toThrow(
      'holds a world already. Start without --from to go on with it',
    )
    expect(readFileSync(layout.chainFile, 'utf8')).toBe('another')
    await beginWorld(layout, from(generated, true), options)
    await beginWorld(layout, from(layout.chainFile, true), options)
    expect(headOf(layout.chainFile)).toBe(3)
  })

  it.each([
    ['an export', '{"format":"chronohex-events"}', /is an export of an event log.*log import/],
    ['another export', 'PAR1....', /is an export of an event log/],
    ['anything', 'hello', /is no chain; make one/],
    ['a damaged chain', 'SQLite format 3\0 and so on', /cannot be copied/],
    ['nothing', null, /cannot be copied: ENOENT/],
  ])('is refused, and leaves the world alone, for a file that is %s', async (_, text, message) => {
    mkdirSync(layout.folder)
    writeFileSync(layout.chainFile, 'a chain')
    const file = folder.file('stranger')
    rmSync(file, { force: true })
    if (text !== null) writeFileSync(file, text)
    await expect(beginWorld(layout, from(file, true), options)).rejects.toThrow(message)
    expect(readFileSync(layout.chainFile, 'utf8')).toBe('a chain')
  })
})
