/**
 * How far the log covers the chain, as the follower of commands needs to know it. Implemented in
 * infra/memory for a process that ingests itself.
 */
import type { Felt } from '../domain/felt.ts'

/**
 * Up to where the log holds the world: all facts of the blocks up to this one, those without events
 * included.
 */
export type CoveredHead = Readonly<{
  block: number
  /** Of that block. It tells whether the log holds the branch that a node is on. */
  hash: Felt
  /** Of the last event in the world's stream when the block was covered; -1 for none. */
  position: number
}>

/** Where to ask for the newest covered head. */
export type CoveredHeads = Readonly<{
  /** Null before the first block. */
  latest: () => Promise<CoveredHead | null>
  /** Yields something each time it may have moved, from now on; ends when the signal aborts. */
  subscribe: (signal: AbortSignal) => AsyncIterable<unknown>
}>
