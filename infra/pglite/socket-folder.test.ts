import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeSocketFolder } from './socket-folder.ts'

let base: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'chx-sweep-'))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

const folderOf = (name: string): string => {
  const folder = join(base, name)
  mkdirSync(folder)
  return folder
}

const makeOld = (folder: string): void => utimesSync(folder, new Date(0), new Date(0))

describe.runIf(process.platform !== 'win32')('the folder of a socket', () => {
  it('is swept when the process that listened there was killed', async () => {
    const folder = folderOf('chx-killed')
    const script = `require('node:net').createServer().listen(${JSON.stringify(join(folder, '.s.PGSQL.5432'))}, () => console.log('listening'))`
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    makeOld(folder)
    await makeSocketFolder(base)
    expect(existsSync(folder)).toBe(true) // somebody listens
    child.kill('SIGKILL')
    await once(child, 'exit')
    const made = await makeSocketFolder(base)
    expect(existsSync(folder)).toBe(false)
    expect(existsSync(made?.folder ?? '')).toBe(true)
    made?.remove()
    expect(existsSync(made?.folder ?? '')).toBe(false)
  })

  it('stays while it is young, or holds something else, or is of another name', async () => {
    const [young, other, empty] = ['chx-young1', 'chx-other1', 'chx-empty1'].map(folderOf)
    const foreign = folderOf('chx-claim-abcdef')
    writeFileSync(join(other ?? '', 'thesis.txt'), '')
    for (const folder of [other, empty, foreign]) makeOld(folder ?? '')
    await makeSocketFolder(base)
    expect([young, other, empty, foreign].map((folder) => existsSync(folder ?? ''))).toEqual([
      true,
      true,
      false,
      true,
    ])
  })

  it('is one in which a server can listen', async () => {
    const made = await makeSocketFolder()
    const server = createServer().listen(made?.socketPath)
    await once(server, 'listening')
    server.close()
    made?.remove()
  })
})
