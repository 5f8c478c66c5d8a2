/**
 * Empty blocks in the sandbox's file. A world in which little happens seals thousands of them a
 * day, and everything about one but its time follows from its parent. So those that lie some way
 * behind the head are put away by chunks: of each its seconds after its parent, and a part of its
 * hash by which it is found. A header that does not follow exactly is left where it is.
 */
import type { DatabaseSync } from 'node:sqlite'
import { FatalError } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import { createGenerationCache } from '../../../schemas/worlds/generation-cache.ts'
import { BEFORE_GENESIS, type BlockHeader } from '../chain/block.ts'
import { sealedHeader } from '../chain/block-sealing.ts'
import type { ChainStore } from '../chain/chain-store.ts'
import { integerOf, type Row, textOf } from './columns.ts'

const CHUNK_BLOCKS = 256
/** The newest blocks stay as they were written: they are what is read, and what reorgs drop. */
const KEPT_BLOCKS = 1_024
/** A file that was written before blocks were put away catches up by so many chunks at a time. */
const CHUNKS_AT_ONCE_MAX = 8
/** Headers of so many chunks stay in memory, some 400 KB each. */
const CHUNKS_REMEMBERED_MAX = 4
/** Bits of a hash that are kept: enough to find its block among few, in four bytes. */
const HASH_PART_MASK = 0x7fff_ffffn

/** What a header follows from, besides its time. */
type Parent = Pick<BlockHeader, 'number' | 'hash' | 'newRoot' | 'timestamp' | 'branch'>

const NOTHING = { transactions: [], rows: [] } as const

const emptyHeaderAfter = (parent: Parent, seconds: number): BlockHeader => {
  const timestamp = parent.timestamp + seconds
  return sealedHeader(parent, { text: NOTHING, timestamp, branch: parent.branch })
}

const hashPartOf = (hash: Felt): number => Number(BigInt(hash) & HASH_PART_MASK)

const chunkOf = (block: number): number => Math.floor(block / CHUNK_BLOCKS)

const statementsOf = (database: DatabaseSync) => ({
  stored: database.prepare(
    'SELECT number, header FROM blocks WHERE number BETWEEN ? AND ? ORDER BY number',
  ),
  chunk: database.prepare('SELECT parent, seconds FROM empty_blocks WHERE chunk = ?'),
  lastChunk: database.prepare('SELECT max(chunk) AS chunk FROM empty_blocks'),
  numbers: database.prepare('SELECT number FROM empty_block_hashes WHERE hash_part = ?'),
  addChunk: database.prepare('INSERT INTO empty_blocks VALUES (?, ?, ?)'),
  addHash: database.prepare('INSERT INTO empty_block_hashes VALUES (?, ?)'),
  addBlock: database.prepare('INSERT INTO blocks (number, hash, header) VALUES (?, ?, ?)'),
  dropBlock: database.prepare('DELETE FROM blocks WHERE number = ?'),
  dropChunks: database.prepare('DELETE FROM empty_blocks WHERE chunk >= ?'),
  dropHashes: database.prepare('DELETE FROM empty_block_hashes WHERE number >= ?'),
})

const headerIn = (row: Row): BlockHeader => JSON.parse(textOf(row, 'header')) // as writing.ts wrote it

export type EmptyBlocks = Pick<ChainStore, 'header' | 'headerByHash'> &
  Readonly<{
    /** Puts empty blocks away that lie far enough behind the head. Part of a transaction. */
    putAway: (head: number) => void
    /**
     * Brings those blocks back that a reorg from block `first` on may need, so that it finds every
     * block from its parent on as it was written. Part of a transaction.
     */
    bringBack: (first: number) => void
  }>

type Statements = ReturnType<typeof statementsOf>

const storedIn = (sql: Statements, chunk: number): ReadonlyMap<number, BlockHeader> => {
  const first = chunk * CHUNK_BLOCKS
  const headers = sql.stored.all(first, first + CHUNK_BLOCKS - 1).map(headerIn)
  return new Map(headers.map((header) => [header.number, header]))
}

/** Headers of the blocks of a chunk that were put away, made anew from its first to its last. */
const derivedIn = (sql: Statements, chunk: number): ReadonlyMap<number, BlockHeader> => {
  const row = sql.chunk.get(chunk)
  if (row === undefined) return new Map()
  const stored = storedIn(sql, chunk)
  const seconds = textOf(row, 'seconds').split(' ')
  const derived = new Map<number, BlockHeader>()
  let parent: Parent = JSON.parse(textOf(row, 'parent')) // as putChunkAway wrote it
  for (let count = 0; count < CHUNK_BLOCKS; count += 1) {
    const found = stored.get(parent.number + 1)
    const header = found ?? emptyHeaderAfter(parent, Number(seconds[derived.size]))
    if (found === undefined) derived.set(header.number, header)
    parent = header
  }
  return derived
}

/** Puts the empty blocks of a chunk away whose headers follow exactly from what `before` says. */
const putChunkAway = (
  sql: Statements,
  chunk: number,
  { number, hash, newRoot, timestamp, branch }: Parent,
): void => {
  const before: Parent = { number, hash, newRoot, timestamp, branch }
  const seconds: number[] = []
  let parent = before
  for (const stored of storedIn(sql, chunk).values()) {
    const after = stored.timestamp - parent.timestamp
    const isEmpty = stored.transactionCount === 0 && stored.stateDiffLength === 0
    if (isEmpty && JSON.stringify(emptyHeaderAfter(parent, after)) === JSON.stringify(stored)) {
      seconds.push(after)
      sql.addHash.run(hashPartOf(stored.hash), stored.number)
      sql.dropBlock.run(stored.number)
    }
    parent = stored
  }
  sql.addChunk.run(chunk, JSON.stringify(before), seconds.join(' '))
}

const bringChunkBack = (sql: Statements, chunk: number, last: number): void => {
  for (const header of derivedIn(sql, chunk).values())
    if (header.number <= last) sql.addBlock.run(header.number, header.hash, JSON.stringify(header))
}

/** The empty blocks of a file that were put away; null where a block is not among them. */
export const emptyBlocks = (database: DatabaseSync): EmptyBlocks => {
  const sql = statementsOf(database)
  const freshCache = () =>
    createGenerationCache<number, ReadonlyMap<number, BlockHeader>>(CHUNKS_REMEMBERED_MAX)
  let remembered = freshCache()
  const header = (number: number): BlockHeader | null => {
    const chunk = chunkOf(number)
    if (number < 0 || sql.chunk.get(chunk) === undefined) return null
    return remembered(chunk, () => derivedIn(sql, chunk)).get(number) ?? null
  }
  /** What the first block of a chunk follows from. */
  const parentOf = (chunk: number): Parent => {
    const number = chunk * CHUNK_BLOCKS - 1
    if (number < 0) return BEFORE_GENESIS
    const [row] = sql.stored.all(number, number)
    const found = row === undefined ? header(number) : headerIn(row)
    if (found === null) throw new FatalError(`Block ${number} is missing from the chain's file`)
    return found
  }
  return {
    header,
    headerByHash: (hash) => {
      for (const row of sql.numbers.all(hashPartOf(hash))) {
        const found = header(integerOf(row, 'number'))
        if (found?.hash === hash) return found
      }
      return null
    },
    putAway: (head) => {
      if ((head + 1) % CHUNK_BLOCKS !== 0) return
      const last = sql.lastChunk.get()?.chunk ?? -1
      const next = Number(last) + 1
      const end = Math.min(chunkOf(head + 1 - KEPT_BLOCKS), next + CHUNKS_AT_ONCE_MAX)
      for (let chunk = next; chunk < end; chunk += 1) putChunkAway(sql, chunk, parentOf(chunk))
    },
    bringBack: (first) => {
      const from = chunkOf(Math.max(0, first - 1))
      for (let chunk = from; chunk <= chunkOf(first); chunk += 1) bringChunkBack(sql, chunk, first)
      sql.dropChunks.run(from)
      sql.dropHashes.run(from * CHUNK_BLOCKS)
      remembered = freshCache()
    },
  }
}
