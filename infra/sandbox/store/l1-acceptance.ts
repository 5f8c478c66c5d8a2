/**
 * Up to which block the chain is accepted on L1, in the sandbox's file: a mark beside the world's
 * identity.
 */
import type { DatabaseSync } from 'node:sqlite'

export type L1Acceptance = Readonly<{
  /** Number of the last block that is accepted on L1; null before there is one. */
  l1Accepted: () => number | null
  acceptOnL1: (block: number) => void
}>

const NAME = 'l1_accepted'

export const l1Acceptance = (database: DatabaseSync): L1Acceptance => {
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
