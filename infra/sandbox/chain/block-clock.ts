/**
 * Timestamps of blocks: the clock's seconds, shifted by what developers ask for, or one second per
 * block in lockstep. They never leave the year 9999, the last one that dates are spelt with: time
 * that would pass it stands still there.
 */
import type { Clock } from '../../../domain/clock.ts'

/** 9999-12-31T23:59:59Z in seconds since 1970. */
export const TIMESTAMP_SECONDS_MAX = 253_402_300_799

export type BlockClock = Readonly<{
  /** Timestamp that a block sealed now would get; never before the parent's. Seconds since 1970. */
  peek: (parentTimestamp: number) => number
  /**
   * As `peek`, for a block that is sealed now: a timestamp that was set for one block is used up.
   */
  take: (parentTimestamp: number) => number
  /** Gives the next block this timestamp, if the parent's is no later; later blocks continue from it. */
  setNext: (timestamp: number) => void
  /** Moves the next block and all later ones forward by this many seconds. */
  increase: (seconds: number) => void
}>

/**
 * `clock` null: lockstep, where every block is one second after its parent, whatever time it is.
 */
export const blockClock = (clock: Clock | null): BlockClock => {
  let offset = 0
  let next: number | null = null
  const now = (parent: number): number =>
    clock === null ? parent + 1 : Math.floor(clock.nowMs() / 1000)
  const peek = (parent: number): number =>
    Math.min(TIMESTAMP_SECONDS_MAX, Math.max(parent, next ?? now(parent) + offset))
  return {
    peek,
    take: (parent) => {
      const timestamp = peek(parent)
      if (clock !== null && next !== null) offset = timestamp - now(parent)
      if (clock === null) offset = 0
      next = null
      return timestamp
    },
    setNext: (timestamp) => {
      next = timestamp
    },
    increase: (seconds) => {
      if (next === null) offset += seconds
      else next += seconds
    },
  }
}
