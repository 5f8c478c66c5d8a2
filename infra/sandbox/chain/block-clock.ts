/**
 * Timestamps of blocks: the clock's seconds moved by what developers ask for, or one second per
 * block in lockstep.
 */
import type { Clock } from '../../../domain/clock.ts'

export type BlockClock = Readonly<{
  /** Timestamp that a block sealed now would get; never before the parent's. Seconds since 1970. */
  peek: (parentTimestamp: number) => number
  /** As `peek`, for a block that is really sealed: a timestamp set for one block is used up. */
  take: (parentTimestamp: number) => number
  /** The next block gets this timestamp, and later ones go on from there. */
  setNext: (timestamp: number) => void
  /** Moves the next block and all later ones by so many seconds. */
  increase: (seconds: number) => void
}>

/**
 * `clock` null: lockstep, where every block stands one second after its parent, whatever the
 * machine's time.
 */
export const blockClock = (clock: Clock | null): BlockClock => {
  let offset = 0
  let next: number | null = null
  const now = (parent: number): number =>
    clock === null ? parent + 1 : Math.floor(clock.nowMs() / 1000)
  const peek = (parent: number): number => Math.max(parent, next ?? now(parent) + offset)
  return {
    peek,
    take: (parent) => {
      const timestamp = peek(parent)
      if (clock !== null && next !== null) offset = next - now(parent)
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
