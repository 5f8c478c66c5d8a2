import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import type { Felt } from '../../domain/felt.ts'
import {
  createFakeWorld,
  hexAt,
} from '../graphql/worlds/infinite-hex-adventurers/fake-world.testing.ts'
import type { Change, ChangeSource } from './change.ts'
import { never, nextOf, type Stream, streamsOver, take } from './change-streams.testing.ts'
import type { ChangeStreams } from './change-streams.ts'
import { hexChangeSource } from './hex-changes.ts'
import { worldEventSource } from './world-events.ts'

const CENTER = hexAt(0, 0)
const AREA = hexChangeSource(CENTER, 1, new Set())
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
const INSIDE = new Set(HEXES.slice(0, 7))

/** What a change says, without its cursor. */
const gist = (change: Change) => ({
  position: change.position,
  last: change.last,
  what:
    change.__typename === 'HexUpsert'
      ? `${change.node.coordinate.packed}=${change.node.discoverer}`
      : change.__typename === 'HexRemoval'
        ? `${change.id} gone`
        : change.__typename,
})

/** What a subscriber of the area must see of a block that was appended at a position. */
const expectedOf = (hexes: Readonly<Record<Felt, Felt | null>>, position: number) => {
  const inside = (Object.keys(hexes) as Felt[]).filter((id) => INSIDE.has(id))
  inside.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
  return inside.map((id, index) => ({
    position,
    last: index === inside.length - 1,
    what: hexes[id] === null ? `${id} gone` : `${id}=${hexes[id]}`,
  }))
}

type Step =
  | Readonly<{ kind: 'block'; hexes: Readonly<Record<Felt, Felt | null>> }>
  | Readonly<{ kind: 'take'; changes: number }>
  | Readonly<{ kind: 'reconnect'; restart: boolean }>

const hexesOfBlock = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: HEXES.length - 1 }),
      fc.option(fc.constantFrom('0xa', '0xb', '0xc')),
    ),
    {
      maxLength: 10,
    },
  )
  .map(
    (changes) =>
      Object.fromEntries(changes.map(([index, owner]) => [HEXES[index], owner])) as Record<
        Felt,
        Felt | null
      >,
  )

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: hexesOfBlock.map((hexes) => ({ kind: 'block' as const, hexes })) },
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

type Reader = { stream: Stream; cursor: string; readonly received: Change[] }

const openReader = async (streams: ChangeStreams): Promise<Reader> => {
  const stream = await streams.changes(AREA, null, never)
  return { stream, cursor: (await nextOf(stream)).cursor, received: [] }
}

/** Pulls until the reader has that many changes in all. */
const receive = async (reader: Reader, count: number): Promise<void> => {
  reader.received.push(...(await take(reader.stream, count - reader.received.length)))
  reader.cursor = reader.received.at(-1)?.cursor ?? reader.cursor
}

describe('a subscription to an area', () => {
  it('sees every change once and in order, wherever it was cut off and resumed, also by another process', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 150 }), async (steps) => {
        const world = createFakeWorld()
        world.addBlock({ hexes: { [CENTER]: '0x1' } })
        let streams = streamsOver(world)
        // One reader is cut off and lags; the other is always at the end, and so moves the window
        // that both share.
        const lagging = await openReader(streams)
        const prompt = await openReader(streams)
        const expected: object[] = []
        for (const action of steps) {
          if (action.kind === 'block') {
            expected.push(...expectedOf(action.hexes, world.addBlock({ hexes: action.hexes })))
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
    const world = createFakeWorld()
    world.addBlock({ hexes: { [CENTER]: '0x1', [hexAt(1, 0)]: '0x2', [hexAt(2, 0)]: '0x3' } })
    const streams = streamsOver(world)
    const stream = await streams.changes(AREA, null, never)
    // Changes between the snapshot and the first pull belong behind the snapshot, not into it.
    world.addBlock({ hexes: { [CENTER]: '0x9', [hexAt(1, 0)]: null } })
    const [snapshot, ...changes] = await take(stream, 3)
    expect(snapshot).toMatchObject({ __typename: 'HexSnapshot', position: 0, block: 1, last: true })
    const nodes = snapshot?.__typename === 'HexSnapshot' ? snapshot.nodes : []
    expect(nodes.map(({ discoverer }) => discoverer)).toEqual(['0x1', '0x2'])
    expect(changes.map(gist)).toEqual(expectedOf({ [CENTER]: '0x9', [hexAt(1, 0)]: null }, 1))
    streams.close()
  })

  it('opens on a world without any block, and sees the first one', async () => {
    const world = createFakeWorld()
    const streams = streamsOver(world)
    const stream = await streams.changes(AREA, null, never)
    expect(await nextOf(stream)).toMatchObject({
      __typename: 'HexSnapshot',
      position: -1,
      nodes: [],
    })
    const pending = nextOf(stream)
    world.addBlock({ hexes: { [CENTER]: '0x1' } })
    expect(await pending).toMatchObject({ __typename: 'HexUpsert', position: 0, last: true })
    streams.close()
  })

  it('costs one read of changes for each block, however many follow it', async () => {
    const world = createFakeWorld()
    world.addBlock({ hexes: { [CENTER]: '0x1' } })
    const streams = streamsOver(world)
    const followers = await Promise.all(
      Array.from({ length: 200 }, () => streams.changes(AREA, null, never)),
    )
    const snapshots = await Promise.all(followers.map(nextOf))
    expect(new Set(snapshots).size).toBe(1)
    const caughtUp = { ...world.calls }
    for (let block = 0; block < 5; block++) {
      const changes = followers.map(nextOf)
      world.addBlock({ hexes: { [CENTER]: block % 2 === 0 ? '0x2' : '0x3' } })
      // All get the very same object, so that it is executed and encoded once.
      expect(new Set(await Promise.all(changes)).size).toBe(1)
    }
    // The first wait may find that nothing has happened yet, which is one read more.
    expect(
      (world.calls.hexChangesAfter ?? 0) - (caughtUp.hexChangesAfter ?? 0),
    ).toBeLessThanOrEqual(6)
    expect((world.calls.hexes ?? 0) - (caughtUp.hexes ?? 0)).toBe(5)
    streams.close()
  })

  it('loses nothing for a subscriber that does not read for a long time, and delays nobody else', async () => {
    const world = createFakeWorld()
    world.addBlock({ hexes: { [CENTER]: '0x1' } })
    const streams = streamsOver(world)
    const slow = await streams.changes(AREA, null, never)
    const quick = await streams.changes(AREA, null, never)
    await Promise.all([nextOf(slow), nextOf(quick)])
    for (let block = 1; block <= 300; block++) {
      const pending = nextOf(quick)
      world.addBlock({ hexes: { [CENTER]: block % 2 === 0 ? '0x2' : '0x3' } })
      expect((await pending).position).toBe(block)
    }
    expect((await take(slow, 300)).map(({ position }) => position)).toEqual(
      Array.from({ length: 300 }, (_, i) => i + 1),
    )
    streams.close()
  })

  it('declares a resync when a subscriber has fallen too far behind, and ends', async () => {
    const impatient: ChangeSource = { ...AREA, behindPositionsMax: 70 }
    const world = createFakeWorld()
    world.addBlock({ hexes: { [CENTER]: '0x1' } })
    const streams = streamsOver(world)
    const slow = await streams.changes(impatient, null, never)
    const quick = await streams.changes(impatient, null, never)
    const start = await nextOf(slow)
    await nextOf(quick)
    // It takes one message, and so has joined, but stays where it is from then on.
    const first = nextOf(slow)
    for (let block = 1; block <= 100; block++) {
      const pending = nextOf(quick)
      world.addBlock({ hexes: { [CENTER]: block % 2 === 0 ? '0x2' : '0x3' } })
      await pending
    }
    expect(await first).toMatchObject({ __typename: 'HexUpsert', position: 1 })
    expect(await nextOf(slow)).toMatchObject({ __typename: 'Resync', position: 100 })
    expect(await slow.next()).toEqual({ done: true, value: undefined })
    const late = await streams.changes(impatient, start.cursor, never)
    expect(await nextOf(late)).toMatchObject({ __typename: 'Resync', cursor: start.cursor })
    streams.close()
  })

  it('tells a subscriber to start over when its cursor means something else here', async () => {
    const world = createFakeWorld()
    world.addBlock({ hexes: { [CENTER]: '0x1' } })
    const streams = streamsOver(world)
    const { cursor } = await nextOf(await streams.changes(AREA, null, never))
    const reasonFor = async (source: ChangeSource, since: string): Promise<string> => {
      const stream = await streams.changes(source, since, never)
      const change = await nextOf(stream)
      expect(await stream.next()).toEqual({ done: true, value: undefined })
      return change.__typename === 'Resync' ? change.reason : change.__typename
    }
    expect(await reasonFor(hexChangeSource(CENTER, 2, new Set()), cursor)).toContain(
      'another subscription',
    )
    expect(await reasonFor(worldEventSource(null), cursor)).toContain('another subscription')
    const forged = (changes: object): string => {
      const content = JSON.parse(Buffer.from(cursor, 'base64url').toString())
      return Buffer.from(JSON.stringify({ ...content, ...changes })).toString('base64url')
    }
    expect(await reasonFor(AREA, forged({ p: 99 }))).toContain('ahead')
    expect(await reasonFor(AREA, forged({ w: 'ELSEWHERE/0x1' }))).toContain('another world')
    world.setProjectionVersion('2')
    expect(await reasonFor(AREA, cursor)).toContain('rebuilt')
    for (const malformed of [
      '',
      'x',
      forged({ p: 'x' }),
      forged({ p: -2 }),
      forged({ n: 0 }),
      forged({ more: 1 }),
    ]) {
      await expect(streams.changes(AREA, malformed, never)).rejects.toMatchObject({
        extensions: { code: 'BAD_USER_INPUT' },
      })
    }
    streams.close()
  })

  it('tries again when the read models cannot be read for a moment', async () => {
    const world = createFakeWorld()
    world.addBlock({ hexes: { [CENTER]: '0x1' } })
    const reported: unknown[] = []
    const streams = streamsOver(world, reported)
    const stream = await streams.changes(AREA, null, never)
    await nextOf(stream)
    const trouble = new RetryableError('connection lost')
    world.failNext('hexChangesAfter', trouble)
    const pending = nextOf(stream)
    world.addBlock({ hexes: { [CENTER]: '0x2' } })
    expect(await pending).toMatchObject({ position: 1 })
    expect(reported).toEqual([trouble])
    streams.close()
  })

  it('ends with the error when the read models are broken', async () => {
    const world = createFakeWorld()
    world.addBlock({ hexes: { [CENTER]: '0x1' } })
    const streams = streamsOver(world)
    const stream = await streams.changes(AREA, null, never)
    await nextOf(stream)
    world.failNext('hexChangesAfter', new FatalError('a table is missing'))
    await expect(stream.next()).rejects.toThrow('a table is missing')
    expect(streams.subscribers()).toBe(0)
    streams.close()
  })

  it('ends at once when its reader leaves or its signal aborts in the middle of a wait', async () => {
    const world = createFakeWorld()
    world.addBlock({ hexes: { [CENTER]: '0x1' } })
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
    const world = createFakeWorld()
    world.addBlock({ hexes: { [CENTER]: '0x1' } })
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
