import { urgently } from '../waiting/give-way.ts'

/** More blocks at once are no news any more: then readers have their full share of the thread. */
const NEW_BLOCKS_MAX = 4

/** Runs work that brings so many blocks to their readers: before what answers them, when it is news. */
export const asNews = <T>(blocks: number, work: () => Promise<T>): Promise<T> =>
  blocks > NEW_BLOCKS_MAX ? work() : urgently(work)
