/**
 * What waits to be sent, counted. Each connection has an outlet: its sender takes room for the
 * bytes first and gives it back as they leave. Outlets are bounded each by itself and all
 * together, and one whose bytes wait without any progress is cut: a client that does not read costs
 * this process at most its share, for a while.
 */
import type { Duplex } from 'node:stream'

/** What waits on one connection. */
export type Outlet = Readonly<{
  /** Counts bytes as waiting. False, and nothing is counted, when there is no room for them. */
  take: (bytes: number) => boolean
  /** So many of the bytes that were taken have left, or never will. */
  release: (bytes: number) => void
}>

export type Outlets = Readonly<{
  /** The outlet of a connection, which lives as long as the connection. */
  of: (connection: Duplex) => Outlet
  waitingBytes: () => number
  /** Stops looking for clients that do not read. */
  close: () => void
}>

export type OutletsOptions = Readonly<{
  /** A connection was cut because its client did not read. */
  onCut: () => void
  /** Milliseconds of a clock that never goes back. */
  now?: () => number
  bounds?: OutletBounds
}>

export type OutletBounds = Readonly<{
  connectionBytesMax: number
  allBytesMax: number
  /** Time that bytes may wait without any of them leaving. */
  stalledMsMax: number
  /** The same where others need the room. */
  stalledInNeedMsMax: number
}>

/** What one connection has waiting: more than the largest answer that a query may cost. */
const CONNECTION_BYTES_MAX = 128 * 1024 * 1024
const ALL_BYTES_MAX = 256 * 1024 * 1024
const STALLED_MS_MAX = 30_000
const STALLED_IN_NEED_MS_MAX = 2_000
const LOOK_MS = 1_000

const BOUNDS: OutletBounds = {
  connectionBytesMax: CONNECTION_BYTES_MAX,
  allBytesMax: ALL_BYTES_MAX,
  stalledMsMax: STALLED_MS_MAX,
  stalledInNeedMsMax: STALLED_IN_NEED_MS_MAX,
}

/** `movedAt`: when bytes last left, or began to wait. */
type Waiting = { readonly connection: Duplex; bytes: number; movedAt: number }

/** Outlets of no connection yet. */
export const createOutlets = ({
  onCut,
  now = () => performance.now(),
  bounds = BOUNDS,
}: OutletsOptions): Outlets => {
  const outlets = new WeakMap<Duplex, Outlet>()
  /** Those with bytes waiting, the longest without progress first. */
  const waiting = new Set<Waiting>()
  let allBytes = 0

  const settle = (one: Waiting, bytes: number): void => {
    allBytes -= one.bytes - bytes
    one.bytes = bytes
    one.movedAt = now()
    waiting.delete(one)
    if (bytes > 0) waiting.add(one)
  }
  const cutStalled = (stalledMsMax: number, isEnough: () => boolean): void => {
    for (const one of waiting) {
      if (now() - one.movedAt < stalledMsMax || isEnough()) return
      settle(one, 0)
      one.connection.destroy()
      onCut()
    }
  }
  const open = (connection: Duplex): Outlet => {
    const one: Waiting = { connection, bytes: 0, movedAt: now() }
    connection.once('close', () => settle(one, 0))
    return {
      take: (bytes) => {
        if (connection.destroyed || one.bytes + bytes > bounds.connectionBytesMax) return false
        const hasRoom = (): boolean => allBytes + bytes <= bounds.allBytesMax
        if (!hasRoom()) cutStalled(bounds.stalledInNeedMsMax, hasRoom)
        if (!hasRoom() || connection.destroyed) return false
        allBytes += bytes
        // More bytes are no progress of those that wait already.
        if (one.bytes === 0) settle(one, 0)
        one.bytes += bytes
        if (bytes > 0) waiting.add(one)
        return true
      },
      release: (bytes) => settle(one, Math.max(0, one.bytes - bytes)),
    }
  }

  const looks = setInterval(() => cutStalled(bounds.stalledMsMax, () => false), LOOK_MS)
  looks.unref()
  return {
    of: (connection) => {
      const outlet = outlets.get(connection) ?? open(connection)
      outlets.set(connection, outlet)
      return outlet
    },
    waitingBytes: () => allBytes,
    close: () => clearInterval(looks),
  }
}
