import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FatalError, RetryableError } from '../domain/errors.ts'
import type { Player } from './player.ts'
import { runPlayers } from './runner.ts'

const BLOCK_MS = 500

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const intention = { action: { entrypoint: 'rest', args: {} }, why: '', key: 'k' } as const

/**
 * A player that wants to act every so many blocks; `fails` gives what its turn with this index
 * throws.
 */
const playerOf = (everyBlocks: number, fails: (turn: number) => Error | null = () => null) => {
  const performedMs: number[] = []
  let turns = 0
  let wakeBlock = everyBlocks
  const player: Player = {
    account: '0xa',
    wakeBlock: () => wakeBlock,
    think: async () => {
      const failure = fails(turns++)
      if (failure !== null) throw failure
      return intention
    },
    perform: async () => {
      performedMs.push(Date.now())
      wakeBlock += everyBlocks
    },
  }
  return { player, performedMs }
}

/** Runs the players on a chain with a block every BLOCK_MS. */
const run = (players: readonly Player[]) => {
  const startedMs = Date.now()
  const stop = new AbortController()
  const reported: string[] = []
  const running = runPlayers(
    players,
    {
      readHead: async () => Math.floor((Date.now() - startedMs) / BLOCK_MS),
      nowMs: () => Date.now(),
      random: () => 0.5,
      outage: {
        onRetry: ({ error }) => reported.push(error.message),
        onRecovered: () => reported.push('works again'),
      },
    },
    stop.signal,
  )
  running.catch(() => {}) // the test that awaits it sees the error
  return { running, reported, stop, startedMs }
}

describe('running players', () => {
  it('lets each play at its own pace until the signal aborts', async () => {
    const fast = playerOf(2)
    const slow = playerOf(10)
    const { running, stop, startedMs } = run([fast.player, slow.player])
    await vi.advanceTimersByTimeAsync(22 * BLOCK_MS)
    stop.abort()
    await running
    expect(slow.performedMs).toHaveLength(2)
    expect(fast.performedMs.length).toBeGreaterThan(8)
    for (const [turn, atMs] of fast.performedMs.entries())
      expect(atMs - startedMs).toBeGreaterThanOrEqual((turn + 1) * 2 * BLOCK_MS)
  })

  it('tries a turn again that failed in a way that may pass, says so, and holds up nobody', async () => {
    const troubled = playerOf(2, (turn) => (turn < 3 ? new RetryableError('no connection') : null))
    const other = playerOf(2)
    const { running, reported, stop } = run([troubled.player, other.player])
    await vi.advanceTimersByTimeAsync(22 * BLOCK_MS)
    stop.abort()
    await running
    expect(reported).toEqual([...Array(3).fill('account 0xa: no connection'), 'works again'])
    expect(troubled.performedMs.length).toBeGreaterThan(5)
    expect(other.performedMs.length).toBeGreaterThan(8)
  })

  it('ends all players with what no other try can help', async () => {
    const broken = playerOf(4, () => new FatalError('the token was refused'))
    const other = playerOf(1)
    const { running } = run([broken.player, other.player])
    const ended = expect(running).rejects.toThrow('the token was refused')
    await vi.advanceTimersByTimeAsync(6 * BLOCK_MS)
    await ended
    const before = other.performedMs.length
    await vi.advanceTimersByTimeAsync(20 * BLOCK_MS)
    expect(other.performedMs).toHaveLength(before)
  })
})
