import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { claimDataFolder } from '../../run/data-folder.ts'
import { createIndexFolder } from './index-folder.ts'

/** Larger than any process id of Linux. */
const NOBODY = 2 ** 22 + 1

const parents: string[] = []
afterEach(() => {
  for (const parent of parents.splice(0)) rmSync(parent, { recursive: true })
})

describe('the folder of an index', () => {
  it('takes those of ended processes away, and none of another process or of anybody else', () => {
    const parent = mkdtempSync(path.join(tmpdir(), 'index-folder-test-'))
    parents.push(parent)
    const kept = [
      `chronohex-torii-${process.pid}-a`,
      'chronohex-torii-1-b',
      'chronohex-torii-c',
      `other-${NOBODY}-d`,
    ]
    for (const name of [...kept, `chronohex-torii-${NOBODY}-e`]) {
      mkdirSync(path.join(parent, name))
      utimesSync(path.join(parent, name), new Date(0), new Date(0))
    }
    const folder = createIndexFolder(parent)
    expect(new Set(readdirSync(parent))).toEqual(new Set([...kept, path.basename(folder.path)]))
    folder.remove()
    expect(new Set(readdirSync(parent))).toEqual(new Set(kept))
  })

  it('stays while it is held, whatever the pid of its owner means here', () => {
    const parent = mkdtempSync(path.join(tmpdir(), 'index-folder-test-'))
    parents.push(parent)
    const name = `chronohex-torii-${NOBODY}-a`
    const claim = claimDataFolder(path.join(parent, name)) // as one in another namespace does
    createIndexFolder(parent).remove()
    expect(readdirSync(parent)).toEqual([name])
    claim.release()
    createIndexFolder(parent).remove()
    expect(readdirSync(parent)).toEqual([])
  })
})
