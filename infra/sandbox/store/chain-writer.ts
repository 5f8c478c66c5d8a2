/**
 * Writes a chain's file in one go: as one transaction, without a journal. Until it is finished the
 * file is marked as partial, which file.ts refuses; then it is flushed to disk and marked as whole.
 */
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { FatalError, messageOf } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import type { ChainStore } from '../chain/chain-store.ts'
import { openStoreFile, type WantedIdentity } from './file.ts'
import { SCHEMA_REVISION } from './schema.ts'
import { textOfBlock } from './text.ts'
import { blockWriter, type NewestRows, rowWriter, type SealedText } from './writing.ts'

export type ChainWriter = Pick<ChainStore, 'commitBlock'> &
  Readonly<{
    /** The seed of the world in the file. */
    seed: Felt
    /** Writes a block after all others. Throws FatalError when it cannot be written. */
    append: (block: SealedText) => void
    /**
     * Writes the rest, and makes the file durable and whole. To be called once, before it is
     * closed.
     */
    finish: () => void
    close: () => void
  }>

const flush = (file: string): void => {
  const descriptor = openSync(file, 'r+')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Creates a chain's file, which must not exist yet. The newest version of every row stays in memory
 * until the end.
 */
export const createChainWriter = (file: string, wanted: WantedIdentity): ChainWriter => {
  const { database, seed } = openStoreFile(file, wanted, 'when-finished')
  const newest: NewestRows = new Map()
  const write = blockWriter(database)
  database.exec('BEGIN')
  const naming = (body: () => void): void => {
    try {
      body()
    } catch (error) {
      throw new FatalError(`${file} could not be written: ${messageOf(error)}`, { cause: error })
    }
  }
  const append = (block: SealedText): void => naming(() => write(block, newest))
  return {
    seed,
    append,
    commitBlock: ({ header, transactions }, changedRows, nonces) =>
      append({ header, text: textOfBlock(transactions, changedRows), nonces }),
    finish: () =>
      naming(() => {
        rowWriter(database)(newest)
        database.exec('COMMIT')
        flush(file)
        database.exec(`PRAGMA user_version = ${SCHEMA_REVISION}`)
        flush(file)
      }),
    close: () => database.close(),
  }
}
