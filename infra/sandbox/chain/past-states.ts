/**
 * States of the past: a game with the rows that it had after a block. The last one is kept, because
 * a client that reads a past block reads many rows of it. Making one costs about a second per 300
 * 000 stored versions.
 */

import type { BlockReference, ChainStore } from './chain-store.ts'
import type { Game, StoredRow } from './game.ts'

export type RestoreGame = (rows: Iterable<StoredRow>) => Game

/** The game after a block of the chain. */
export const pastStates = (store: Pick<ChainStore, 'rowsAt'>, restoreGame: RestoreGame) => {
  let kept: (BlockReference & Readonly<{ game: Game }>) | null = null
  return ({ number, hash }: BlockReference): Game => {
    if (kept?.hash === hash) return kept.game
    kept = { number, hash, game: restoreGame(store.rowsAt(number)) }
    return kept.game
  }
}
