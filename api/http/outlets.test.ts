import { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createOutlets, type Outlets } from './outlets.ts'

const connection = (): Duplex => new Duplex({ read: () => {}, write: () => {} })

describe('what waits to be sent', () => {
  let outlets: Outlets
  let cuts = 0
  beforeEach(() => {
    vi.useFakeTimers()
    cuts = 0
    outlets = createOutlets({
      onCut: () => {
        cuts += 1
      },
      bounds: {
        connectionBytesMax: 100,
        allBytesMax: 250,
        stalledMsMax: 30_000,
        stalledInNeedMsMax: 2_000,
      },
    })
  })
  afterEach(() => {
    outlets.close()
    vi.useRealTimers()
  })

  it('is bounded for each connection, and counted for all', () => {
    const outlet = outlets.of(connection())
    expect([outlet.take(60), outlet.take(41), outlet.take(40)]).toEqual([true, false, true])
    expect(outlets.waitingBytes()).toBe(100)
    outlet.release(70)
    expect([outlet.take(70), outlets.waitingBytes()]).toEqual([true, 100])
  })

  it('is cut when nothing of it leaves for too long, whatever is added meanwhile', () => {
    const [stalled, moving, idle] = [connection(), connection(), connection()]
    const [first, second] = [outlets.of(stalled), outlets.of(moving)]
    outlets.of(idle)
    first.take(50)
    second.take(50)
    vi.advanceTimersByTime(20_000)
    first.take(10)
    second.release(10)
    vi.advanceTimersByTime(12_000)
    expect([stalled.destroyed, moving.destroyed, idle.destroyed]).toEqual([true, false, false])
    expect([cuts, outlets.waitingBytes(), first.take(1)]).toEqual([1, 40, false])
    vi.advanceTimersByTime(20_000)
    expect([moving.destroyed, cuts, outlets.waitingBytes()]).toEqual([true, 2, 0])
  })

  it('makes room for others when there is none, the longest without progress first', () => {
    const connections = [connection(), connection(), connection(), connection()]
    const [first, second, third, fourth] = connections.map(outlets.of)
    first?.take(100)
    vi.advanceTimersByTime(1_500)
    second?.take(100)
    // Nobody has waited for long enough to be cut.
    expect([third?.take(60), cuts]).toEqual([false, 0])
    vi.advanceTimersByTime(500)
    expect([third?.take(60), fourth?.take(95), cuts]).toEqual([true, false, 1])
    expect(connections.map(({ destroyed }) => destroyed)).toEqual([true, false, false, false])
  })

  it('is nothing once a connection is gone', async () => {
    const gone = connection()
    const outlet = outlets.of(gone)
    outlet.take(90)
    gone.destroy()
    await vi.waitFor(() => expect(outlets.waitingBytes()).toBe(0))
    outlet.release(90)
    expect([outlets.waitingBytes(), outlet.take(1), cuts]).toEqual([0, false, 0])
  })
})
