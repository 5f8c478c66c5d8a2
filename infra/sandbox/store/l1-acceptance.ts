/**
 * Up to which block the chain is accepted on L1, in the sandbox's file: a mark beside the world's
 * identity.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { ChainStore } from '../chain/chain-store.ts'

const NAME = 'l1_accepted'

export const l1Acceptance = (
  database: DatabaseSync,
): Pick<ChainStore, 'l1Accepted' | 'acceptOnL1'> => {
  const read = database.prepare('SELECT value FROM identity WHERE name = ?')
  const write = database.prepare(
    'INSERT INTO identity (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )
  return {
    l1Accepted: () => {
      const row = read.get(NAME)
      return row === undefined ? null : Number(row.value)
    },
    acceptOnL1: (block) => void write.run(NAME, `${block}`),
  }
}
