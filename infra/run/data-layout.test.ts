import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FatalError } from '../../domain/errors.ts'
import { dataLayout, deleteWorld } from './data-layout.ts'
import { type Endpoints, removeEndpoints, writeEndpoints } from './endpoints.ts'
import { operatorToken } from './operator-token.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chx-data-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the operator token', () => {
  it('is made once, long, and readable by its owner only', () => {
    const file = dataLayout(folder).tokenFile
    const token = operatorToken(file)
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(operatorToken(file)).toBe(token)
  })

  it('gets its rights back when they were widened', () => {
    const file = dataLayout(folder).tokenFile
    operatorToken(file)
    chmodSync(file, 0o644)
    operatorToken(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('is refused when damaged, instead of being replaced behind its users', () => {
    const file = dataLayout(folder).tokenFile
    writeFileSync(file, 'short')
    expect(() => operatorToken(file)).toThrow(FatalError)
    expect(readFileSync(file, 'utf8')).toBe('short')
  })
})

describe('the endpoints file', () => {
  it('appears whole, for its owner only, and goes', () => {
    const { endpointsFile } = dataLayout(folder)
    const endpoints = { dashboard: 'http://127.0.0.1:1/#token=x', pid: 7 } as Endpoints
    writeEndpoints(endpointsFile, endpoints)
    expect(JSON.parse(readFileSync(endpointsFile, 'utf8'))).toEqual(endpoints)
    expect(statSync(endpointsFile).mode & 0o777).toBe(0o600)
    removeEndpoints(endpointsFile)
    removeEndpoints(endpointsFile)
    expect(existsSync(endpointsFile)).toBe(false)
  })
})

describe('starting over', () => {
  it('deletes chain and database, and nothing else', () => {
    const layout = dataLayout(folder)
    const token = operatorToken(layout.tokenFile)
    mkdirSync(layout.databaseFolder)
    for (const file of [
      layout.chainFile,
      `${layout.chainFile}-wal`,
      path.join(folder, 'notes.txt'),
    ]) {
      writeFileSync(file, 'x')
    }
    deleteWorld(layout)
    expect(
      [layout.chainFile, `${layout.chainFile}-wal`, layout.databaseFolder].filter((at) =>
        existsSync(at),
      ),
    ).toEqual([])
    expect(existsSync(path.join(folder, 'notes.txt'))).toBe(true)
    expect(operatorToken(layout.tokenFile)).toBe(token)
  })
})
