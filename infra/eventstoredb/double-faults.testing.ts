/** What can be made to go wrong in the double, call by call. */
import type { WireError } from './double-wire.testing.ts'

export type DoubleVersion = '23.10.6' | '24.2.0'

export type Rpc = 'append' | 'batchAppend' | 'read' | 'subscribe'

export type Fault =
  /** The connection ends before anything is done. */
  | 'cut-before'
  /** What was asked is done, then the connection ends without an answer. */
  | 'cut-after'
  /** Nothing is done, and no answer comes. */
  | 'never-answer'
  /** What was asked is done, and no answer comes. */
  | 'lose-answer'
  /** The server fails in a way that it has no word for. */
  | 'handler-threw'
  | 'not-ready'
  | 'not-leader'
  | 'no-leader'

/** `number` counts the calls of this RPC from 1. */
export type Faults = (rpc: Rpc, number: number) => Fault | null

/** What a handler asks about itself. True: the fault has taken over, nothing more is to be done. */
export type FaultPoint = (rpc: Rpc) => Readonly<{
  before: (fail: (error: WireError) => void) => Promise<boolean>
  after: () => boolean
}>
