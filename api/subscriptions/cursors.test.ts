import { describe, expect, it } from 'vitest'
import { feltOfNumber } from '../../domain/felt.ts'
import { blockOf } from '../../projections/worlds/infinite-hex-adventurers/world-blocks.testing.ts'
import {
  type TestFact,
  written,
} from '../../projections/worlds/infinite-hex-adventurers/world-facts.testing.ts'
import type { WorldReads } from '../../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import {
  headReached,
  withHeader,
} from '../../projections/worlds/infinite-hex-adventurers/world-steps.testing.ts'
import { hexSource } from '../graphql/worlds/infinite-hex-adventurers/hex-changed.ts'
import { rateSource } from '../graphql/worlds/infinite-hex-adventurers/market-changed.ts'
import {
  createWatchedWorld,
  hexAt,
  hexDiscovered,
  hexWritten,
  type WatchedWorld,
} from '../graphql/worlds/infinite-hex-adventurers/watched-world.testing.ts'
import { eventSource } from '../graphql/worlds/infinite-hex-adventurers/world-events.ts'
import type { ChangeSource } from './change.ts'
import { contentOf, forged, never, nextOf, streamsOver } from './change-streams.testing.ts'

const CENTER = hexAt(0, 0)
const AREA = hexSource(CENTER, 1, new Set())
const RATES = rateSource(null)
const EVENTS = eventSource(null)

type Source = ChangeSource<WorldReads>

const worldOfCenter = (): WatchedWorld => {
  const world = createWatchedWorld()
  world.addBlock(hexWritten(CENTER, '0x1'))
  return world
}

/** Cursor of a snapshot of the source. */
const cursorIn = async (world: WatchedWorld, source: Source): Promise<string> => {
  const streams = streamsOver(world)
  const { cursor } = await nextOf(await streams.changes(source, null, never))
  streams.close()
  return cursor
}

/**
 * Why the source cannot be resumed from a cursor; null when it gives what changes then, and not what
 * had changed by the cursor.
 */
const reasonFor = async (
  world: WatchedWorld,
  source: Source,
  since: string,
): Promise<string | null> => {
  const streams = streamsOver(world)
  const stream = await streams.changes(source, since, never)
  const position = world.addBlock(...changesOfAll())
  const change = await nextOf(stream)
  if ('reason' in change) {
    expect(change).toMatchObject({ __typename: 'Resync', cursor: since, last: true })
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    return change.reason
  }
  expect(change.position).toBe(position)
  streams.close()
  return null
}

let writes = 1
/** Facts that change something for each source; an event comes last. */
const changesOfAll = (): readonly TestFact[] => {
  writes += 1
  return [
    hexWritten(CENTER, feltOfNumber(writes)),
    written('ConversionRate', { item_type: '0x7' }, { current_rate: writes, base_rate: 10 }),
    hexDiscovered(CENTER),
  ]
}

describe('a cursor', () => {
  it('resumes its own subscription directly behind it', async () => {
    for (const source of [AREA, RATES, EVENTS]) {
      const world = worldOfCenter()
      expect(await reasonFor(world, source, await cursorIn(world, source))).toBeNull()
    }
  })

  it('of another subscription, another world or another history leads to a resync', async () => {
    const world = worldOfCenter()
    const cursor = await cursorIn(world, AREA)
    const others = [hexSource(CENTER, 2, new Set()), hexSource(hexAt(1, 0), 1, new Set())]
    for (const source of [...others, RATES, EVENTS])
      expect(await reasonFor(world, source, cursor)).toContain('another subscription')
    expect(await reasonFor(world, AREA, forged(cursor, { w: 'ELSEWHERE/0x1' }))).toContain(
      'another world',
    )
    expect(await reasonFor(world, AREA, forged(cursor, { h: '0x1' }))).toContain('another history')
    expect(await reasonFor(world, AREA, forged(cursor, { h: null }))).toContain('another history')
  })

  it('leads to a resync in a world that began alike, from where the two went apart', async () => {
    const facts = [hexDiscovered(CENTER), ...changesOfAll()]
    const sources: readonly Source[] = [AREA, RATES, EVENTS]
    for (const source of sources) {
      const [one, other] = [worldOfCenter(), worldOfCenter()]
      const shared = await cursorIn(one, source)
      const streams = streamsOver(one)
      const stream = await streams.changes(source, shared, never)
      one.addBlock(...facts)
      // The same facts at the same positions in a block that is another one.
      other.append(withHeader(blockOf(2, facts), { hash: '0xdead' }))
      const { cursor } = await nextOf(stream)
      streams.close()
      expect(await reasonFor(other, source, cursor)).toContain('another history')
      const whole = await cursorIn(one, source)
      expect(await reasonFor(other, source, whole)).toContain('another history')
      expect(await reasonFor(one, source, whole)).toBeNull()
    }
    const [one, copy] = [worldOfCenter(), worldOfCenter()]
    expect(await reasonFor(copy, AREA, await cursorIn(one, AREA))).toBeNull()
  })

  it('that lies ahead of the read models leads to a resync', async () => {
    const world = worldOfCenter()
    const ahead = forged(await cursorIn(world, AREA), { p: 99 })
    expect(await reasonFor(world, AREA, ahead)).toContain('ahead')
  })

  it('leads to a resync when a projection that it reads has changed', async () => {
    for (const [source, projection] of [
      [AREA, 'world'],
      [EVENTS, 'world'],
      [RATES, 'market'],
    ] as const) {
      const world = worldOfCenter()
      const cursor = await cursorIn(world, source)
      world.setVersion(projection, 99)
      expect(await reasonFor(world, source, cursor)).toContain('rebuilt')
    }
  })

  it('resumes when a projection has changed that it does not read, or one was added', async () => {
    for (const [source, projection] of [
      [AREA, 'market'],
      [EVENTS, 'market'],
      [RATES, 'world'],
      [AREA, 'leaderboards'],
      [RATES, 'leaderboards'],
    ] as const) {
      const world = worldOfCenter()
      const cursor = await cursorIn(world, source)
      world.setVersion(projection, 99)
      expect(await reasonFor(world, source, cursor)).toBeNull()
    }
  })

  it('of the version before, which had another shape, leads to a resync', async () => {
    const world = worldOfCenter()
    const { w, h, v, s, p } = contentOf(await cursorIn(world, AREA))
    const before = { w, v: '1', s, p }
    const withoutBlock = { w, h, v, s, p }
    for (const content of [before, { ...before, n: 2 }, withoutBlock]) {
      const cursor = Buffer.from(JSON.stringify(content)).toString('base64url')
      expect(await reasonFor(world, AREA, cursor)).toContain('former version')
    }
  })

  it('that this API never gave is refused', async () => {
    const world = worldOfCenter()
    const cursor = await cursorIn(world, AREA)
    const streams = streamsOver(world)
    const contents = [{ p: 'x' }, { p: -2 }, { n: 0 }, { v: 1 }, { h: 1 }, { b: [1] }, { more: 1 }]
    for (const malformed of ['', 'x', ...contents.map((content) => forged(cursor, content))]) {
      await expect(streams.changes(AREA, malformed, never)).rejects.toMatchObject({
        extensions: { code: 'BAD_USER_INPUT' },
      })
    }
    streams.close()
  })

  it('names the history as soon as there is one, also in a subscription that was open before', async () => {
    const world = createWatchedWorld()
    const streams = streamsOver(world)
    const stream = await streams.changes(AREA, null, never)
    const empty = await nextOf(stream)
    expect(contentOf(empty.cursor)).toMatchObject({ h: null, p: -1 })
    const position = world.addBlock(hexWritten(CENTER, '0x1'), hexWritten(hexAt(1, 0), '0x1'))
    const first = await nextOf(stream)
    const { history } = await world.reads.meta()
    expect(history).not.toBeNull()
    expect(contentOf(first.cursor)).toMatchObject({ h: history, p: position, n: 1 })
    const second = await nextOf(stream)
    expect(contentOf(second.cursor)).toMatchObject({ h: history, p: position })
    streams.close()
    // Both go on where they were: in the middle of the block, and before everything.
    const restarted = streamsOver(world)
    const resumed = await restarted.changes(AREA, first.cursor, never)
    expect(await nextOf(resumed)).toEqual(second)
    const begun = await restarted.changes(AREA, empty.cursor, never)
    expect(await nextOf(begun)).toEqual(first)
    restarted.close()
    expect(await reasonFor(world, AREA, second.cursor)).toBeNull()
  })

  it('stands before everything while there is no history, however far the log goes', async () => {
    const world = createWatchedWorld()
    const head = { number: 0, hash: '0xaa', timestamp: 1, finality: 'ACCEPTED_ON_L2' } as const
    world.append(headReached(head))
    const cursor = await cursorIn(world, AREA)
    expect(contentOf(cursor)).toMatchObject({ h: null, p: -1 })
    expect(await reasonFor(world, AREA, cursor)).toBeNull()
  })
})
