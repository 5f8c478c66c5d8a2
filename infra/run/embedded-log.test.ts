import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { someEvents } from '../../domain/event-log/event-log.testing.ts'
import { testDataFolder } from '../postgres/database.testing.ts'
import { testFolder } from '../tools/archive/archive.testing.ts'
import { claimDataFolder } from './data-folder.ts'
import { dataLayout } from './data-layout.ts'
import { openEmbeddedLog } from './embedded-log.ts'

let folder: ReturnType<typeof testFolder>
beforeAll(() => {
  folder = testFolder()
})
afterAll(() => folder.remove())

describe('the log of a data folder', () => {
  it('is opened by its path, kept to one process, and not made by a misspelt one', async () => {
    const data = folder.file('data')
    await expect(openEmbeddedLog(data)).rejects.toThrow(`There is no event log in ${data}`)
    expect(existsSync(data)).toBe(false)
    renameSync(
      await testDataFolder(),
      dataLayout(mkdirSync(data, { recursive: true }) ?? data).databaseFolder,
    )
    const opened = await openEmbeddedLog(data)
    await opened.log.append('thing-1', 'no-stream', someEvents(2))
    expect(await opened.log.logHead()).toBe(1)
    await expect(openEmbeddedLog(data)).rejects.toThrow(`in use by process ${process.pid}`)
    await opened.close()
    claimDataFolder(data).release()
    claimDataFolder(dataLayout(data).databaseFolder).release()
  })
})
