import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import { compareFelts, type Felt } from '../../domain/felt.ts'
import type { Hex } from '../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { hexSource } from '../graphql/worlds/infinite-hex-adventurers/hex-changed.ts'
import {
  createWatchedWorld,
  erased,
  hexAt,
  hexWritten,
} from '../graphql/worlds/infinite-hex-adventurers/watched-world.testing.ts'
import type { Change } from './change.ts'
import { never, nextOf, type Stream, streamsOver, take } from './change-streams.testing.ts'

const CENTER = hexAt(0, 0)
const AREA = hexSource(CENTER, 1, new Set())
/** The seven hexes of the area, and three outside of it. */
const HEXES = [
  hexAt(0, 0),
  hexAt(1, 0),
  hexAt(-1, 0),
  hexAt(0, 1),
  hexAt(0, -1),
  hexAt(1, -1),
  hexAt(-1, 1),
  hexAt(2, 0),
  hexAt(0, 3),
  hexAt(-4, 1),
]
const INSIDE = HEXES.slice(0, 7).sort(compareFelts)

/** Who discovered which hex; null: nothing is known of it. */
type Discoverers = Readonly<Record<Felt, Felt | null>>

const factsOf = (hexes: Discoverers) =>
  (Object.entries(hexes) as [Felt, Felt | null][]).map(([hex, discoverer]) =>
    discoverer === null ? erased(hexWritten(hex, '0x1')) : hexWritten(hex, discoverer),
  )

/** What a change says, without its cursor. */
const gist = (change: Change<Hex>) => ({
  position: change.position,
  last: change.last,
  what:
    'node' in change
      ? `${change.node.coordinate.packed}=${change.node.discoverer}`
      : 'id' in change
        ? `${change.id} gone`
        : change.__typename,
})

/** What a subscriber of the area must see of a point from which on the hexes are others. */
const expectedOf = (before: Discoverers, after: Discoverers, position: number) => {
  const changed = INSIDE.filter((hex) => (before[hex] ?? null) !== (after[hex] ?? null))
  return changed.map((hex, index) => ({
    position,
    last: index === changed.length - 1,
    what: (after[hex] ?? null) === null ? `${hex} gone` : `${hex}=${after[hex]}`,
  }))
}

/** A world in which the center was discovered. */
const worldOfCenter = () => {
  const world = createWatchedWorld()
  world.addBlock(hexWritten(CENTER, '0x1'))
  return world
}

type Step =
  | Readonly<{ kind: 'block'; hexes: Discoverers }>
  | Readonly<{ kind: 'retraction' }>
  | Readonly<{ kind: 'take'; changes: number }>
  | Readonly<{ kind: 'reconnect'; restart: boolean }>

const hexesOfBlock: fc.Arbitrary<Discoverers> = fc
  .array(
    fc.tuple(fc.constantFrom(...HEXES), fc.option(fc.constantFrom<Felt>('0xa', '0xb', '0xc'))),
    { maxLength: 10 },
  )
  .map((changes) => Object.fromEntries(changes))

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: hexesOfBlock.map((hexes) => ({ kind: 'block' as const, hexes })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'retraction' as const }) },
  {
    weight: 3,
    arbitrary: fc
      .integer({ min: 1, max: 12 })
      .map((changes) => ({ kind: 'take' as const, changes })),
  },
  {
    weight: 1,
    arbitrary: fc.boolean().map((restart) => ({ kind: 'reconnect' as const, restart })),
  },
)

type Reader = { stream: Stream<Hex>; cursor: string; readonly received: Change<Hex>[] }

const openReader = async (streams: ReturnType<typeof streamsOver>): Promise<Reader> => {
  const stream = await streams.changes(AREA, null, never)
  return { stream, cursor: (await nextOf(stream)).cursor, received: [] }
}

/** Pulls until the reader has that many changes in all. */
const receive = async (reader: Reader, count: number): Promise<void> => {
  reader.received.push(...(await take(reader.stream, count - reader.received.length)))
  reader.cursor = reader.received.at(-1)?.cursor ?? reader.cursor
}

describe('a subscription to an area', () => {
  it('sees every change once and in order, also of what was retracted, wherever it was cut off and resumed, also by another process', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 150, size: 'max' }), async (steps) => {
        const world = worldOfCenter()
        const states: Discoverers[] = [{}, { [CENTER]: '0x1' }]
        let streams = streamsOver(world)
        // One reader is cut off and lags; the other is always at the end, and so moves the window
        // that both share.
        const lagging = await openReader(streams)
        const prompt = await openReader(streams)
        const expected: object[] = []
        for (const action of steps) {
          const now = states.at(-1) ?? {}
          if (action.kind === 'block') {
            const next = { ...now, ...action.hexes }
            states.push(next)
            expected.push(...expectedOf(now, next, world.addBlock(...factsOf(action.hexes))))
            await receive(prompt, expected.length)
          }
          if (action.kind === 'retraction' && states.length > 1) {
            states.pop()
            expected.push(...expectedOf(now, states.at(-1) ?? {}, world.retract()))
            await receive(prompt, expected.length)
          }
          if (action.kind === 'take') {
            await receive(
              lagging,
              Math.min(expected.length, lagging.received.length + action.changes),
            )
          }
          if (action.kind === 'reconnect') {
            await lagging.stream.return()
            if (action.restart) {
              streams.close()
              streams = streamsOver(world)
              prompt.stream = await streams.changes(AREA, prompt.cursor, never)
            }
            lagging.stream = await streams.changes(AREA, lagging.cursor, never)
          }
        }
        await receive(lagging, expected.length)
        expect(lagging.received.map(gist)).toEqual(expected)
        expect(prompt.received.map(gist)).toEqual(expected)
        await Promise.all([lagging.stream.return(), prompt.stream.return()])
        expect(streams.subscribers()).toBe(0)
        streams.close()
      }),
      { numRuns: 150 },
    )
  })

  it('gives a snapshot and changes that together are the state', async () => {
    const world = createWatchedWorld()
    const before = { [CENTER]: '0x1', [hexAt(1, 0)]: '0x2', [hexAt(2, 0)]: '0x3' } as const
    world.addBlock(...factsOf(before))
    const streams = streamsOver(world)
    const stream = await streams.changes(AREA, null, never)
    // Changes between the snapshot and the first pull belong behind the snapshot, not into it.
    const after = { [CENTER]: '0x9', [hexAt(1, 0)]: null } as const
    const position = world.addBlock(...factsOf(after))
    const [snapshot, ...changes] = await take(stream, 3)
    expect(snapshot).toMatchObject({ __typename: 'HexSnapshot', position: 3, block: 1, last: true })
    const nodes = snapshot && 'nodes' in snapshot ? snapshot.nodes : []
    expect(nodes.map(({ discoverer }) => discoverer)).toEqual(['0x1', '0x2'])
    expect(changes.map(gist)).toEqual(expectedOf(before, { ...before, ...after }, position))
    streams.close()
  })

  it('opens on a world without any block, and sees the first one', async () => {
    const world = createWatchedWorld()
    const streams = streamsOver(world)
    const stream = await streams.changes(AREA, null, never)
    expect(await nextOf(stream)).toMatchObject({
      __typename: 'HexSnapshot',
      position: -1,
      nodes: [],
    })
    const pending = nextOf(stream)
    world.addBlock(hexWritten(CENTER, '0x1'))
    expect(await pending).toMatchObject({ __typename: 'HexUpsert', position: 1, last: true })
    streams.close()
  })

  it('costs one read of changes for each block, however many follow it', async () => {
    const world = worldOfCenter()
    const streams = streamsOver(world)
    const followers = await Promise.all(
      Array.from({ length: 200 }, () => streams.changes(AREA, null, never)),
    )
    const snapshots = await Promise.all(followers.map(nextOf))
    expect(new Set(snapshots).size).toBe(1)
    const caughtUp = { ...world.calls }
    for (let block = 0; block < 5; block++) {
      const changes = followers.map(nextOf)
      world.addBlock(hexWritten(CENTER, block % 2 === 0 ? '0x2' : '0x3'))
      // All get the very same object, so that it is executed and encoded once.
      expect(new Set(await Promise.all(changes)).size).toBe(1)
    }
    // The first wait may find that nothing has happened yet, which is one read more.
    expect((world.calls.changesAfter ?? 0) - (caughtUp.changesAfter ?? 0)).toBeLessThanOrEqual(6)
    expect((world.calls.hexes ?? 0) - (caughtUp.hexes ?? 0)).toBe(5)
    streams.close()
  })

  it('loses nothing for a subscriber that does not read for a long time, and delays nobody else', async () => {
    const world = worldOfCenter()
    const streams = streamsOver(world)
    const slow = await streams.changes(AREA, null, never)
    const quick = await streams.changes(AREA, null, never)
    await Promise.all([nextOf(slow), nextOf(quick)])
    const positions: number[] = []
    for (let block = 1; block <= 300; block++) {
      const pending = nextOf(quick)
      positions.push(world.addBlock(hexWritten(CENTER, block % 2 === 0 ? '0x2' : '0x3')))
      expect((await pending).position).toBe(positions.at(-1))
    }
    expect((await take(slow, 300)).map(({ position }) => position)).toEqual(positions)
    streams.close()
  })

  it('declares a resync when a subscriber has fallen too far behind, and ends', async () => {
    const impatient = { ...AREA, behindPositionsMax: 140 }
    const world = worldOfCenter()
    const streams = streamsOver(world)
    const slow = await streams.changes(impatient, null, never)
    const quick = await streams.changes(impatient, null, never)
    const start = await nextOf(slow)
    await nextOf(quick)
    // It takes one message, and so has joined, but stays where it is from then on.
    const first = nextOf(slow)
    for (let block = 1; block <= 100; block++) {
      const pending = nextOf(quick)
      world.addBlock(hexWritten(CENTER, block % 2 === 0 ? '0x2' : '0x3'))
      await pending
    }
    expect(await first).toMatchObject({ __typename: 'HexUpsert', position: 3 })
    expect(await nextOf(slow)).toMatchObject({ __typename: 'Resync', position: 201 })
    expect(await slow.next()).toEqual({ done: true, value: undefined })
    const late = await streams.changes(impatient, start.cursor, never)
    expect(await nextOf(late)).toMatchObject({ __typename: 'Resync', cursor: start.cursor })
    streams.close()
  })

  it('tries again when the read models cannot be read for a moment', async () => {
    const world = worldOfCenter()
    const reported: unknown[] = []
    const streams = streamsOver(world, reported)
    const stream = await streams.changes(AREA, null, never)
    await nextOf(stream)
    const trouble = new RetryableError('connection lost')
    world.failNext('changesAfter', trouble)
    const pending = nextOf(stream)
    world.addBlock(hexWritten(CENTER, '0x2'))
    expect(await pending).toMatchObject({ position: 3 })
    expect(reported).toEqual([trouble])
    streams.close()
  })

  it('ends with the error when the read models are broken', async () => {
    const world = worldOfCenter()
    const streams = streamsOver(world)
    const stream = await streams.changes(AREA, null, never)
    await nextOf(stream)
    world.failNext('changesAfter', new FatalError('a table is missing'))
    await expect(stream.next()).rejects.toThrow('a table is missing')
    expect(streams.subscribers()).toBe(0)
    streams.close()
  })

  it('ends at once when its reader leaves or its signal aborts in the middle of a wait', async () => {
    const world = worldOfCenter()
    const streams = streamsOver(world)
    const asker = new AbortController()
    const left = await streams.changes(AREA, null, never)
    const aborted = await streams.changes(AREA, null, asker.signal)
    const unread = await streams.changes(AREA, null, never)
    await Promise.all([nextOf(left), nextOf(aborted)])
    const waits = [left.next(), aborted.next()]
    await left.return()
    asker.abort()
    await unread.return()
    expect(await Promise.all(waits)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ])
    expect(streams.subscribers()).toBe(0)
    streams.close()
  })

  it('tells its subscribers to come back when the server stops', async () => {
    const world = worldOfCenter()
    const streams = streamsOver(world)
    const stream = await streams.changes(AREA, null, never)
    await nextOf(stream)
    const pending = stream.next()
    streams.close()
    await expect(pending).rejects.toMatchObject({ extensions: { code: 'UNAVAILABLE' } })
    await expect(streams.changes(AREA, null, never)).rejects.toMatchObject({
      extensions: { code: 'UNAVAILABLE' },
    })
  })
})
