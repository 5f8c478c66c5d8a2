import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { claimDataFolder, DataFolderInUse, DataFolderUnusable } from './data-folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chx-claim-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('makes the folder and gives it to one claimant at a time', () => {
  const path = join(folder, 'a', 'b')
  const claim = claimDataFolder(path)
  expect(() => claimDataFolder(path)).toThrow(`in use by process ${process.pid}`)
  claim.release()
  claim.release()
  const next = claimDataFolder(path)
  claim.release() // an old claim's release does not touch a newer claim
  expect(() => claimDataFolder(path)).toThrow(DataFolderInUse)
  next.release()
  expect(readdirSync(path)).toHaveLength(1)
})

it('names the process that holds the folder, and takes over when that process was killed', async () => {
  const module = new URL('./data-folder.ts', import.meta.url).href
  const script = `const { claimDataFolder } = await import(${JSON.stringify(module)})
    claimDataFolder(${JSON.stringify(folder)}); console.log('claimed'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  expect(() => claimDataFolder(folder)).toThrow(new DataFolderInUse(folder, child.pid ?? 0))
  child.kill('SIGKILL')
  await once(child, 'exit')
  claimDataFolder(folder).release()
})

it.runIf(process.platform === 'linux')(
  'knows a later process with the same number for another one',
  () => {
    writeFileSync(
      join(folder, 'claim-7.json'),
      JSON.stringify({ pid: process.pid, startedAt: 'another boot/1' }),
    )
    const claim = claimDataFolder(folder)
    expect(readdirSync(folder)).toEqual(['claim-8.json'])
    claim.release()
  },
)

it('takes an unreadable claim for one being written, until it is old', () => {
  const path = join(folder, 'claim-1.json')
  writeFileSync(path, '{"pid":')
  expect(() => claimDataFolder(folder)).toThrow(new DataFolderInUse(folder, null))
  utimesSync(path, new Date(0), new Date(0))
  claimDataFolder(folder).release()
})

it('says what is wrong with a path that cannot be a folder', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  expect(() => claimDataFolder(file)).toThrow(DataFolderUnusable)
  expect(() => claimDataFolder(join(file, 'below'))).toThrow(DataFolderUnusable)
})

it.runIf(process.getuid !== undefined && process.getuid() !== 0)(
  'says that a folder is not writable',
  () => {
    chmodSync(folder, 0o500)
    expect(() => claimDataFolder(folder)).toThrow(DataFolderUnusable)
    chmodSync(folder, 0o700)
  },
)
