/**
 * How far the log covers the chain, as the follower of commands needs to know it. Implemented in
 * infra/memory for a process that ingests itself.
 */

/** Up to where the log holds the world: blocks without events included. */
export type CoveredHead = Readonly<{ block: number; position: number }>

export type CoveredHeads = Readonly<{
  /** Null before the first block. */
  latest: () => Promise<CoveredHead | null>
  /** Yields something each time it may have moved, from now on; ends when the signal aborts. */
  subscribe: (signal: AbortSignal) => AsyncIterable<unknown>
}>
