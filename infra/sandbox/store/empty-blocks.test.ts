import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BEFORE_GENESIS, type BlockHeader, type ExecutedTransaction } from '../chain/block.ts'
import { sealedHeader } from '../chain/block-sealing.ts'
import type { ChainStore } from '../chain/chain-store.ts'
import { unsignedTransaction } from '../chain/unsigned-transaction.ts'
import type { Durability } from './file.ts'
import { openStore } from './store.ts'
import { textOfBlock } from './text.ts'

const WANTED = { chainId: '0x1', worldAddress: '0x2', seed: null, defaultSeed: '0x3' } as const

let folder: string
let file: string
const stores: ChainStore[] = []
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chronohex-blocks-'))
  file = path.join(folder, 'chain.sqlite')
})
afterEach(() => {
  for (const store of stores.splice(0)) store.close()
  rmSync(folder, { recursive: true })
})

/** Without a journal, which is quick: what a crash leaves is not what these tests are about. */
const open = (durability: Durability = 'none', at: string | null = file): ChainStore => {
  const store = openStore(at, WANTED, durability)
  stores.push(store)
  return store
}
const close = (store: ChainStore): void => {
  stores.splice(stores.indexOf(store), 1)
  store.close()
}
const inMemory = (): ChainStore => open('none', null)

const transactionOf = (block: number): ExecutedTransaction => ({
  hash: `0xabc${block.toString(16)}`,
  transaction: unsignedTransaction('0x9', block, [], 0),
  receipt: { revertReason: null, l2Gas: 1, events: [] },
  calls: [],
})

type Shape = Readonly<{ isEmpty: (block: number) => boolean; seconds: (block: number) => number }>
const USUAL: Shape = { isEmpty: (block) => block % 97 !== 0, seconds: (block) => block % 3 }

/** Seals so many blocks more; returns their headers as they were sealed. */
const seal = (store: ChainStore, blocks: number, shape: Partial<Shape> = {}): BlockHeader[] => {
  const { isEmpty, seconds } = { ...USUAL, ...shape }
  const sealed: BlockHeader[] = []
  for (let count = 0; count < blocks; count += 1) {
    const parent = store.head() ?? BEFORE_GENESIS
    const number = parent.number + 1
    const transactions = isEmpty(number) ? [] : [transactionOf(number)]
    const header = sealedHeader(parent, {
      text: textOfBlock(transactions, []),
      timestamp: parent.timestamp + seconds(number),
      branch: store.reorgCount(),
    })
    store.commitBlock({ header, transactions }, [], new Map())
    sealed.push(header)
  }
  return sealed
}

const expectAll = (store: ChainStore, sealed: readonly BlockHeader[]): void => {
  expect(sealed.map(({ number }) => store.header(number))).toEqual(sealed)
  expect(sealed.map(({ hash }) => store.headerByHash(hash))).toEqual(sealed)
  expect(store.head()).toEqual(sealed.at(-1))
  expect(store.header(sealed.length)).toBeNull()
  expect(store.headerByHash('0x123')).toBeNull()
}

/** How many blocks of a closed file are kept in full. */
const keptInFull = (): number => {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return Number(database.prepare('SELECT count(*) AS n FROM blocks').get()?.n)
  } finally {
    database.close()
  }
}

/** Makes a file of the revision before: without what keeps empty blocks in few words. */
const makeOld = (): void => {
  const database = new DatabaseSync(file)
  database.exec(
    'DROP TABLE empty_blocks; DROP TABLE empty_block_hashes; PRAGMA user_version = 2; PRAGMA journal_mode = DELETE',
  )
  database.close()
}

describe('empty blocks', () => {
  it('are told as they were sealed, by number and by hash, also after a restart', () => {
    const store = open()
    const sealed = seal(store, 3_000)
    expectAll(store, sealed)
    close(store)
    expect(keptInFull()).toBeLessThan(1_400)
    expectAll(open(), sealed)
  })

  it('cost next to nothing once they are old', () => {
    const bytesAfter = (blocks: number): number => {
      const store = open()
      seal(store, blocks, { isEmpty: () => true, seconds: (block) => block % 2 })
      close(store)
      return statSync(file).size
    }
    const before = bytesAfter(3_072)
    const growth = bytesAfter(4_096) - before
    expect(growth / 4_096).toBeLessThan(40)
  })

  it('survive reorgs, however deep, and go on from there', () => {
    const store = inMemory()
    let sealed = seal(store, 2_600)
    for (const first of [2_590, 1_400, 1_024, 513, 512, 1]) {
      const reorg = store.abandonFrom(first)
      expect(reorg).toEqual({
        first: { number: first, hash: sealed[first]?.hash },
        last: { number: sealed.length - 1, hash: sealed.at(-1)?.hash },
      })
      sealed = sealed.slice(0, first)
      expectAll(store, sealed)
      sealed = [...sealed, ...seal(store, 1_700)]
      expectAll(store, sealed)
    }
  })

  it('of another branch than their parent, or with a header that does not follow, stay as they are', () => {
    const store = inMemory()
    const sealed = seal(store, 300)
    store.abandonFrom(200)
    const others = [...sealed.slice(0, 200), ...seal(store, 2_000)]
    expect(others[200]?.branch).toBe(1)
    expectAll(store, others)
  })
})

describe('a file of the version before', () => {
  it('is read, goes on, and has its empty blocks put away by and by', () => {
    const store = open()
    const sealed = seal(store, 1_200)
    close(store)
    makeOld()
    close(open('every-block'))
    const again = open()
    expectAll(again, sealed)
    const more = [...sealed, ...seal(again, 1_500)]
    expectAll(again, more)
    close(again)
    expect(keptInFull()).toBeLessThan(1_400)
    expectAll(open(), more)
  })

  it('that is only read stays the same, byte for byte', () => {
    const store = open()
    const sealed = seal(store, 50)
    close(store)
    makeOld()
    const bytes = readFileSync(file)
    const reading = open('none')
    expectAll(reading, sealed)
    close(reading)
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })
})
