/**
 * The chain on disk: one SQLite file. A block with its transactions, receipts, events, nonces and
 * changed rows is one transaction, flushed to disk before `commitBlock` returns (WAL, synchronous =
 * FULL). Pending transactions are not kept: as on any node, a crash may lose them, and their
 * senders send the same bytes again. Rows and nonces are kept with every version, so that the state
 * after any block can be restored: for reads of the past, and for reorgs.
 */
import { FatalError, messageOf } from '../../../domain/errors.ts'
import type { ChainStore } from '../chain/chain-store.ts'
import { emptyBlocks } from './empty-blocks.ts'
import { type Durability, openStoreFile, type WantedIdentity } from './file.ts'
import { l1Acceptance } from './l1-acceptance.ts'
import { storeReader } from './reading.ts'
import { storeWriter } from './writing.ts'

/** The same methods, but errors of SQLite become FatalErrors that name the file. */
const naming = <T extends object>(file: string, methods: T): T =>
  Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      (...args: unknown[]) => {
        try {
          return method(...args)
        } catch (error) {
          if (error instanceof FatalError) throw error
          throw new FatalError(
            `${file} cannot be read (${messageOf(error)}): it is damaged. Restore a copy of it, or start over (--fresh).`,
            { cause: error },
          )
        }
      },
    ]),
  ) as T // the same names with the same signatures

/**
 * Opens or creates a chain's file; `file` null keeps the chain in memory. Throws FatalError, with a
 * message for the user, when the file is damaged, of another kind, in use, or of another world than
 * `wanted`.
 */
export const openStore = (
  file: string | null,
  wanted: WantedIdentity,
  durability: Durability = 'every-block',
): ChainStore => {
  const path = file ?? ':memory:'
  const { database, seed } = openStoreFile(path, wanted, durability)
  const empty = emptyBlocks(database)
  const reader = storeReader(database, empty)
  const methods = naming(path, {
    ...reader,
    ...storeWriter(database, reader, empty),
    ...l1Acceptance(database),
    close: () => database.close(),
  })
  return { seed, ...methods }
}
