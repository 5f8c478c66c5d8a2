import { describe, expect, it } from 'vitest'
import { type AppState, initialState } from './app-state.ts'
import { connectionOf, headAgeOf, type Signals } from './connection.ts'
import { figuresWhen, returnWord, standingOf } from './standing.ts'
import { createTroubleLog } from './trouble-log.ts'

const well: Signals = {
  statuses: ['live'],
  isOnline: true,
  isMapComplete: true,
  lag: 0,
  pulsesMissed: 0,
  headAgeMs: 500,
  blockMs: 500,
}

describe('the connection in one word', () => {
  it('is live only while everything is heard of, and new', () => {
    expect(connectionOf(well)).toBe('live')
    expect(connectionOf({ ...well, lag: 5_000 })).toBe('catching up')
    expect(connectionOf({ ...well, isMapComplete: false })).toBe('catching up')
    expect(connectionOf({ ...well, statuses: ['live', 'resuming'] })).toBe('resuming')
    expect(connectionOf({ ...well, statuses: ['live', 'offline'] })).toBe('offline')
    expect(connectionOf({ ...well, isOnline: false })).toBe('offline')
  })

  it('is lost when the head cannot be asked for, though the subscriptions say nothing', () => {
    expect(connectionOf({ ...well, pulsesMissed: 1 })).toBe('resuming')
    expect(connectionOf({ ...well, pulsesMissed: 2 })).toBe('offline')
  })

  it('is quiet when the head is old, judged by how long blocks take', () => {
    expect(connectionOf({ ...well, headAgeMs: 30_000 })).toBe('quiet')
    expect(connectionOf({ ...well, headAgeMs: 30_000, blockMs: 12_000 })).toBe('live')
    expect(connectionOf({ ...well, headAgeMs: 60_000, blockMs: 12_000 })).toBe('quiet')
    expect(connectionOf({ ...well, headAgeMs: null })).toBe('live')
  })

  it('goes by the page’s own clock for a head that it saw come', () => {
    const time = '2026-01-01T00:00:00.000Z'
    const made = Date.parse(time)
    expect(headAgeOf({ number: 1, time, cameAtMs: null }, made + 30_000)).toBe(30_000)
    // The clock of this page goes a minute ahead of the chain's, or behind it.
    expect(headAgeOf({ number: 1, time, cameAtMs: made + 60_000 }, made + 61_000)).toBe(1_000)
    expect(headAgeOf({ number: 1, time, cameAtMs: made - 60_000 }, made - 59_000)).toBe(0)
  })
})

const metaAt = (number: number): AppState['meta'] => ({
  chainId: '0x1',
  worldAddress: '0x1',
  position: 1,
  lag: 0,
  projectionVersion: '1',
  block: { number, time: '2026-01-01T00:00:00.000Z' },
})
const now: AppState = { ...initialState, meta: metaAt(1_000), connection: 'live' }
const past = { isLoading: false, trouble: null }

describe('the words of the time bar', () => {
  it('name no block before one is known', () => {
    expect(standingOf(initialState)).toEqual({ title: 'Now', detail: 'listening…' })
  })

  it('call the present now while it is heard of, and the last heard when it is not', () => {
    expect(standingOf(now)).toEqual({ title: 'Now', detail: 'block 1,000' })
    expect(returnWord(now)).toBe('Live')
    for (const connection of ['offline', 'resuming'] as const) {
      expect(standingOf({ ...now, connection }).title).toBe('Last heard')
      expect(returnWord({ ...now, connection })).not.toBe('Live')
    }
  })

  it('call the present now until the past is there', () => {
    const asked = { ...now, block: 900, past: { isLoading: true, trouble: null } }
    expect(standingOf(asked)).toEqual({ title: 'Now', detail: 'reading block 900…' })
    const read = { ...asked, shown: 900, past }
    expect(standingOf(read)).toEqual({ title: 'As of block 900', detail: '100 blocks ago' })
    const next = { ...read, block: 800, past: { isLoading: true, trouble: null } }
    expect(standingOf(next)).toEqual({ title: 'As of block 900', detail: 'reading block 800…' })
  })

  it('say why the past is not shown', () => {
    const trouble = 'block 900 cannot be read: away; trying again'
    const failed = { ...now, block: 900, past: { isLoading: true, trouble } }
    expect(standingOf(failed)).toEqual({ title: 'Now', detail: trouble })
  })

  it('say of when the figures are that have no past', () => {
    expect(figuresWhen(now)).toBeNull()
    expect(figuresWhen({ ...now, block: 900 })).toBeNull()
    expect(figuresWhen({ ...now, block: 900, shown: 900 })).toBe('now')
    expect(figuresWhen({ ...now, connection: 'offline' })).toBe('last heard')
  })
})

describe('the console', () => {
  it('is told once that something is wrong, and once that it is over', () => {
    const lines: string[] = []
    const line = (text: string): void => void lines.push(text)
    const log = createTroubleLog({ warn: line, info: line })
    log.end()
    for (let times = 0; times < 50; times++) log.say('the server is away')
    log.end()
    log.end()
    expect(lines).toEqual([
      'Chronohex: the server is away. Trying again until it answers.',
      'Chronohex: the server answers again.',
    ])
  })
})
