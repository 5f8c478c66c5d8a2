/**
 * The order and the number of appends under way. Appends to one stream go one after the other: a
 * server does not answer a repeat of an append that it is still committing. Appends to different
 * streams go at the same time, up to a bound.
 */
import { RetryableError } from '../../domain/errors.ts'

export type AppendLanes = Readonly<{
  /** Runs `append` when its turn has come. Throws RetryableError at once when too many wait. */
  run: <T>(stream: string, append: () => Promise<T>) => Promise<T>
  /** Resolves when nothing is under way. */
  idle: () => Promise<void>
}>

export const createAppendLanes = (inFlightMax: number, waitingMax: number): AppendLanes => {
  const tails = new Map<string, Promise<void>>()
  const waiting: (() => void)[] = []
  let inFlight = 0

  const takePlace = async (): Promise<void> => {
    if (inFlight >= inFlightMax) {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push(resolve)
      await promise // the place is handed on, not freed
    } else inFlight += 1
  }
  const leavePlace = (): void => {
    const next = waiting.shift()
    if (next === undefined) inFlight -= 1
    else next()
  }
  const inPlace = async <T>(append: () => Promise<T>): Promise<T> => {
    await takePlace()
    try {
      return await append()
    } finally {
      leavePlace()
    }
  }

  let pending = 0
  return {
    run: async (stream, append) => {
      if (pending >= inFlightMax + waitingMax) {
        throw new RetryableError(`More than ${waitingMax} appends wait for EventStoreDB; try again`)
      }
      pending += 1
      const before = tails.get(stream) ?? Promise.resolve()
      const { promise: tail, resolve: release } = Promise.withResolvers<void>()
      tails.set(stream, tail)
      try {
        await before
        return await inPlace(append)
      } finally {
        pending -= 1
        release()
        if (tails.get(stream) === tail) tails.delete(stream)
      }
    },
    idle: async () => {
      await Promise.all(tails.values())
    },
  }
}
