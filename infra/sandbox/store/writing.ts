/** Writes blocks to the sandbox's file, and abandons them. */
import type { DatabaseSync } from 'node:sqlite'
import { FatalError, messageOf } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import type { BlockHeader } from '../chain/block.ts'
import type { BlockReference, ChainStore, Reorg } from '../chain/chain-store.ts'
import { textOf } from './columns.ts'
import type { EmptyBlocks } from './empty-blocks.ts'
import { type BlockText, type RowText, textOfBlock } from './text.ts'

/** A block in the text in which it is stored, with the nonces that its senders have after it. */
export type SealedText = Readonly<{
  header: BlockHeader
  text: BlockText
  nonces: Iterable<readonly [Felt, number]>
}>

/**
 * Writes blocks without their newest rows, which `newest` collects, so that within one transaction
 * each row is written only once.
 */
export const blockWriter = (database: DatabaseSync) => {
  const insertBlock = database.prepare('INSERT INTO blocks (number, hash, header) VALUES (?, ?, ?)')
  const insertTransaction = database.prepare(
    'INSERT INTO transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const insertNonce = database.prepare('INSERT INTO nonces VALUES (?, ?, ?)')
  const insertModel = database.prepare('INSERT OR IGNORE INTO models VALUES (?, ?)')
  const insertVersion = database.prepare('INSERT INTO row_versions VALUES (?, ?, ?, ?, ?, ?)')
  const knownModels = new Set<string>()
  return (
    { header, text: { rows, transactions }, nonces }: SealedText,
    newest: NewestRows,
  ): void => {
    const { number } = header
    insertBlock.run(number, header.hash, JSON.stringify(header))
    for (const [
      index,
      { hash, body, revertReason, l2Gas, events, calls },
    ] of transactions.entries()) {
      insertTransaction.run(number, index, hash, body, revertReason, l2Gas, events, calls)
    }
    for (const [address, nonce] of nonces) insertNonce.run(address, number, nonce)
    for (const [ordinal, row] of rows.entries()) {
      const { model, selector, entityId, keys, values } = row
      if (!knownModels.has(model)) {
        insertModel.run(model, selector)
        knownModels.add(model)
      }
      insertVersion.run(number, ordinal, model, entityId, keys, values)
      newest.set(`${model} ${entityId}`, row)
    }
  }
}

/** Versions of rows by model and entity, in the order in which the rows were first written. */
export type NewestRows = Map<string, RowText>

const UPSERT_ROW = `INSERT INTO rows (model, entity_id, keys, row_values) VALUES (?, ?, ?, ?)
  ON CONFLICT (entity_id, model) DO UPDATE SET row_values = excluded.row_values`

/** Makes these rows the newest versions. */
export const rowWriter = (database: DatabaseSync): ((newest: NewestRows) => void) => {
  const upsert = database.prepare(UPSERT_ROW)
  return (newest) => {
    for (const { model, entityId, keys, values } of newest.values())
      upsert.run(model, entityId, keys, values)
  }
}

/** Makes `rows` the newest versions again, in the order in which the rows were first written. */
const rebuildRows = (database: DatabaseSync): void => {
  const upsert = database.prepare(UPSERT_ROW)
  database.exec('DELETE FROM rows')
  const versions = database.prepare(
    'SELECT model, entity_id, keys, row_values FROM row_versions ORDER BY block, ordinal',
  )
  for (const row of versions.iterate()) {
    upsert.run(
      textOf(row, 'model'),
      textOf(row, 'entity_id'),
      textOf(row, 'keys'),
      textOf(row, 'row_values'),
    )
  }
}

/** What a writer asks of the blocks that there are. */
type Headers = Pick<ChainStore, 'head' | 'header'>

/** The first and the last of the blocks that a reorg abandons from block `first` on. */
const abandonedBlocks = ({ head, header }: Headers, first: number): Reorg => {
  const [firstHeader, last] = [header(first), head()]
  if (firstHeader === null || last === null)
    throw new FatalError(`There is no block ${first} to abandon`)
  return { first: referenceOf(firstHeader), last: referenceOf(last) }
}

const referenceOf = ({ number, hash }: BlockHeader): BlockReference => ({ number, hash })

/**
 * The methods of a store that write. Each is one transaction; what cannot be written is a
 * FatalError.
 */
export const storeWriter = (
  database: DatabaseSync,
  headers: Headers,
  empty: EmptyBlocks,
): Pick<ChainStore, 'commitBlock' | 'abandonFrom'> => {
  const writeBlock = blockWriter(database)
  const writeRows = rowWriter(database)
  const inTransaction = (what: string, body: () => void): void => {
    database.exec('BEGIN IMMEDIATE')
    try {
      body()
      database.exec('COMMIT')
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw new FatalError(`${what} could not be stored: ${messageOf(error)}`, { cause: error })
    }
  }
  return {
    commitBlock: ({ header, transactions }, changedRows, nonces) =>
      inTransaction(`Block ${header.number}`, () => {
        const newest: NewestRows = new Map()
        writeBlock({ header, text: textOfBlock(transactions, changedRows), nonces }, newest)
        writeRows(newest)
        empty.putAway(header.number)
      }),
    abandonFrom: (first) => {
      const reorg = abandonedBlocks(headers, first)
      inTransaction(`The reorg at block ${first}`, () => {
        empty.bringBack(first)
        for (const [table, column] of [
          ['transactions', 'block'],
          ['nonces', 'block'],
          ['row_versions', 'block'],
          ['blocks', 'number'],
        ] as const) {
          database.prepare(`DELETE FROM ${table} WHERE ${column} >= ?`).run(first)
        }
        rebuildRows(database)
        database
          .prepare(
            'INSERT INTO reorgs (first_number, first_hash, last_number, last_hash) VALUES (?, ?, ?, ?)',
          )
          .run(reorg.first.number, reorg.first.hash, reorg.last.number, reorg.last.hash)
      })
      return reorg
    },
  }
}
