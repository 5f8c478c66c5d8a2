/**
 * The newest block that ingest has covered. It travels beside the log, because blocks without
 * events are not appended.
 */
import type { Felt } from '../felt.ts'
import type { Finality } from './facts.ts'

export type Head = Readonly<{
  number: number
  hash: Felt
  /** Seconds since 1970. */
  timestamp: number
  /** As the source told it; acceptance on L1 may have come since. */
  finality: Finality
  /** Revision of the world's stream when this head was reached: -1 while the stream is empty. */
  position: number
}>
