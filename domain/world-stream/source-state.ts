/**
 * How the source of blocks stands, as it is measured beside the pipeline that takes blocks in: what
 * a reader must know who would else take a world that stands still for a quiet one.
 */
import type { Head } from './head.ts'

/** Since when, and why, the source has not been followed. */
export type Stall = Readonly<{
  /** Milliseconds since 1970. */
  sinceMs: number
  /** A sentence, without its full stop. */
  reason: string
}>

export type SourceState = Readonly<{
  /** The source's newest block; null while it has told of none. */
  head: Pick<Head, 'number' | 'timestamp'> | null
  /** Null while the source is followed, also while it makes no blocks. */
  stall: Stall | null
}>
