import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FatalError } from '../../../domain/errors.ts'
import {
  accountAt,
  add,
  ask,
  nonceOf,
  send,
  signedTransaction,
  tallyOf,
  tallySandbox,
} from '../sandbox.testing.ts'
import type { SandboxNode, SandboxOptions } from '../sandbox-node.ts'

let folder: string
let file: string
const nodes: SandboxNode[] = []

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chronohex-sandbox-'))
  file = path.join(folder, 'sandbox.db')
})
afterEach(() => {
  for (const node of nodes.splice(0)) node.close()
  rmSync(folder, { recursive: true })
})

const open = (options: Partial<SandboxOptions> = {}): SandboxNode => {
  const node = tallySandbox({ dataFile: file, ...options })
  nodes.push(node)
  return node
}

const close = (node: SandboxNode): void => {
  nodes.splice(nodes.indexOf(node), 1)
  node.close()
}

const chainOf = (node: SandboxNode): string[] =>
  Array.from({ length: node.chain.head().number + 1 }, (_, block_number) =>
    JSON.stringify(ask(node, 'starknet_getBlockWithReceipts', { block_id: { block_number } })),
  )

const play = (node: SandboxNode, blocks: number): void => {
  const bot = accountAt(node, 6)
  const first = Number(nonceOf(node, bot))
  for (let block = 0; block < blocks; block += 1) {
    send(node, signedTransaction(bot, first + block, [add(BigInt(block), 1n)]))
    node.mine()
  }
}

/** A copy of the files as they are on disk now, which is what a killed process leaves. */
const crashCopy = (): string => {
  const copy = path.join(folder, 'copy.db')
  copyFileSync(file, copy)
  if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`)
  return copy
}

describe('a sandbox file', () => {
  it('holds every block that was sealed, without being closed first', () => {
    const node = open()
    play(node, 3)
    send(node, signedTransaction(accountAt(node, 7), 0, [add(9n, 9n)]))
    const after = open({ dataFile: crashCopy() })
    expect(chainOf(after)).toEqual(chainOf(node))
    expect([tallyOf(after, 0n), tallyOf(after, 1n)]).toEqual([tallyOf(node, 0n), tallyOf(node, 1n)])
    expect(nonceOf(after, accountAt(after, 6))).toBe('0x3')
    expect(nonceOf(after, accountAt(after, 7), 'pre_confirmed')).toBe('0x0')
  })

  it.runIf(process.platform !== 'win32')("is its owner's alone, its journal too", () => {
    play(open(), 1)
    for (const each of [file, `${file}-wal`]) expect(statSync(each).mode & 0o777).toBe(0o600)
  })

  it('goes on as if it had never been closed', () => {
    const whole = open({ dataFile: null })
    play(whole, 4)
    const first = open()
    play(first, 2)
    close(first)
    const second = open()
    play(second, 2)
    // The tallies of `play` begin at key 0 again, in one run and in two: the same transactions, the
    // same chain.
    expect(chainOf(second).slice(0, 3)).toEqual(chainOf(whole).slice(0, 3))
    expect(second.chain.head().number).toBe(4)
    expect(second.chain.store.header(3)?.parentHash).toBe(second.chain.store.header(2)?.hash)
  })

  it('keeps its seed when none is asked for, and refuses another', () => {
    const first = open({ seed: '42' })
    const bots = first.accounts.map(({ address }) => address)
    close(first)
    const second = open({ seed: null })
    expect(second.accounts.map(({ address }) => address)).toEqual(bots)
    close(second)
    expect(() => open({ seed: '43' })).toThrow(
      /holds a world with seed 0x2a, but 0x2b was asked for/,
    )
    expect(() => open({ seed: '0x2a' })).not.toThrow()
  })

  const fatal = (options: Partial<SandboxOptions> = {}): string => {
    let thrown: unknown
    try {
      open(options)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(FatalError)
    return (thrown as FatalError).message
  }

  it('that is no database, or half of one, is refused with its name', () => {
    writeFileSync(file, 'this is a text and no database at all, however long one makes it')
    expect(fatal()).toMatch(/sandbox\.db cannot be opened as a sandbox chain.*not a database/)
    expect(readFileSync(file, 'utf8')).toMatch(/^this is a text/)
  })

  it('whose pages are damaged is refused when they are read, and never answered from', () => {
    const node = open()
    play(node, 20)
    close(node)
    const bytes = readFileSync(file)
    bytes.fill(0xff, 4096, bytes.length)
    writeFileSync(file, bytes)
    expect(fatal()).toMatch(/sandbox\.db .*(damaged|malformed)/)
  })

  it('of another program is refused and left alone', () => {
    const other = new DatabaseSync(file)
    other.exec('CREATE TABLE recipes (name TEXT)')
    other.close()
    expect(fatal()).toMatch(/a database of something else/)
  })

  it('of another format is refused', () => {
    close(open())
    const database = new DatabaseSync(file)
    database.exec('PRAGMA user_version = 99')
    database.close()
    expect(fatal()).toMatch(/written in format 99/)
  })

  it('in use by another process is refused', () => {
    open()
    expect(fatal()).toMatch(/in use by another process/)
  })

  it('in a folder that is not there is refused', () => {
    expect(fatal({ dataFile: path.join(folder, 'missing', 'sandbox.db') })).toMatch(
      /missing.*folder is not writable/,
    )
  })

  it('left between its creation and its genesis begins at genesis', () => {
    close(open({ seed: '5' }))
    const database = new DatabaseSync(file)
    for (const table of ['transactions', 'blocks', 'row_versions', 'rows', 'nonces'])
      database.exec(`DELETE FROM ${table}`)
    database.close()
    expect(chainOf(open({ seed: '5' }))).toEqual(chainOf(open({ dataFile: null, seed: '5' })))
  })
})

describe('options', () => {
  it.each([
    [{ seed: '0' }, /is no seed/],
    [{ seed: 'a text of more than thirty-one characters' }, /is no seed/],
    [{ botAccounts: -1 }, /bot accounts/],
    [{ botAccounts: 1e9 }, /bot accounts/],
    [{ blockTimeMs: -5 }, /block time/],
    [{ blockTimeMs: 0.5 }, /block time/],
  ])('that make no sense are refused: %j', (options, message) => {
    expect(() => open({ dataFile: null, ...options })).toThrow(message)
  })
})
