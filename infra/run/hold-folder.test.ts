import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DataLayout, dataLayout } from './data-layout.ts'
import { holdDataFolder } from './hold-folder.ts'
import { createShutdown } from './shutdown.ts'

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

/** A folder as earlier versions left it: everybody may read it. */
let layout: DataLayout
beforeEach(() => {
  layout = dataLayout(mkdtempSync(join(tmpdir(), 'chx-private-')))
  chmodSync(layout.folder, 0o755)
  mkdirSync(layout.databaseFolder)
  for (const file of [layout.chainFile, `${layout.chainFile}-wal`, layout.endpointsFile])
    writeFileSync(file, 'x', { mode: 0o644 })
  mkdirSync(layout.dashboardCacheFolder)
})
afterEach(() => rmSync(layout.folder, { recursive: true }))

const hold = async (): Promise<void> => {
  const shutdown = createShutdown({ stepMsMax: 1_000 })
  holdDataFolder(layout, shutdown)
  expect(await shutdown.close()).toEqual([])
}

describe.runIf(process.platform !== 'win32')('the rights of a data folder', () => {
  it('are mended where all in it is ours, its claim included', async () => {
    await hold()
    expect(modeOf(layout.folder)).toBe('700')
    expect(modeOf(layout.databaseFolder)).toBe('700')
    expect(modeOf(layout.chainFile)).toBe('600')
    expect(modeOf(`${layout.chainFile}-wal`)).toBe('600')
    expect(modeOf(layout.endpointsFile)).toBe('600')
  })

  it('stay as they are on a folder with other things in it, but not on what is ours', async () => {
    writeFileSync(join(layout.folder, 'thesis.txt'), 'x', { mode: 0o644 })
    await hold()
    expect(modeOf(layout.folder)).toBe('755')
    expect(modeOf(join(layout.folder, 'thesis.txt'))).toBe('644')
    expect(modeOf(layout.databaseFolder)).toBe('700')
    expect(modeOf(layout.chainFile)).toBe('600')
  })
})
