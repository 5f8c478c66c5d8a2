import { describe, expect, it } from 'vitest'
import type { EventView } from '../../../../projections/worlds/infinite-hex-adventurers/events/queries.ts'
import type { Change } from '../../../subscriptions/change.ts'
import { never, nextOf, streamsOver, take } from '../../../subscriptions/change-streams.testing.ts'
import {
  createWatchedWorld,
  energyPaid,
  hexAt,
  hexDiscovered,
  moved,
} from './watched-world.testing.ts'
import { eventSource } from './world-events.ts'

const CENTER = hexAt(0, 0)
const EAST = hexAt(1, 0)
const ALL = eventSource(null)

const found = hexDiscovered(CENTER)
const went = moved('0x1', CENTER, EAST)
const paid = energyPaid(CENTER, '0x1')

/** What is told, where, and whether it is the last of its block or retraction. */
const gist = (change: Change<EventView>) => [
  change.position,
  change.last,
  'node' in change ? change.node.type : 'id' in change ? `${change.id} gone` : change.__typename,
]

describe('a subscription to events', () => {
  it('starts with nothing, gives each event once, and marks the last of each block', async () => {
    const world = createWatchedWorld()
    world.addBlock(found)
    const streams = streamsOver(world)
    const stream = await streams.changes(ALL, null, never)
    const start = await nextOf(stream)
    expect(start).toMatchObject({ __typename: 'WorldEventSnapshot', nodes: [], last: true })
    world.addBlock(went, found)
    world.addBlock(paid)
    const live = await take(stream, 3)
    expect(live.map(gist)).toEqual([
      [3, false, 'AdventurerMoved'],
      [4, true, 'HexDiscovered'],
      [6, true, 'HexEnergyPaid'],
    ])
    const resumed = await streams.changes(ALL, live[0]?.cursor ?? null, never)
    expect(await take(resumed, 2)).toEqual(live.slice(1))
    streams.close()
  })

  it('filters by type, and marks the last of those that pass', async () => {
    const world = createWatchedWorld()
    const streams = streamsOver(world)
    const stream = await streams.changes(eventSource(['HexDiscovered']), null, never)
    await nextOf(stream)
    world.addBlock(found, went, found, paid)
    expect((await take(stream, 2)).map(({ position, last }) => [position, last])).toEqual([
      [1, false],
      [3, true],
    ])
    streams.close()
  })

  it('pages through a long history without a gap, in the middle of blocks, too', async () => {
    const world = createWatchedWorld()
    const streams = streamsOver(world)
    const { cursor } = await nextOf(await streams.changes(ALL, null, never))
    const events = Array.from({ length: 200 }, () => found)
    for (let block = 0; block < 5; block++) world.addBlock(...events)
    const stream = await streams.changes(ALL, cursor, never)
    const all = await take(stream, 1_000)
    const expected = Array.from({ length: 5 }, (_, block) =>
      events.map((_event, index) => block * 201 + index + 1),
    ).flat()
    expect(all.map(({ position }) => position)).toEqual(expected)
    expect(all.filter(({ last }) => last).map(({ position }) => position)).toEqual([
      200, 401, 602, 803, 1004,
    ])
    streams.close()
  })

  it('takes back what a dropped block had told, the newest first, and goes on with what came instead', async () => {
    const world = createWatchedWorld()
    world.addBlock(found) // 0 … 1
    const streams = streamsOver(world)
    const stream = await streams.changes(ALL, null, never)
    await nextOf(stream)
    world.addBlock(went, found) // 2 … 4
    const told = await take(stream, 2)
    world.retract() // 5
    world.addBlock(paid) // 6 … 7
    const live = await take(stream, 3)
    expect([...told, ...live].map(gist)).toEqual([
      [3, false, 'AdventurerMoved'],
      [4, true, 'HexDiscovered'],
      [5, false, '4 gone'],
      [5, true, '3 gone'],
      [7, true, 'HexEnergyPaid'],
    ])
    expect(live[0]).toMatchObject({ __typename: 'WorldEventRemoval', id: '4', block: 1 })
    // From each place, also in the middle of the retraction, by another process.
    const restarted = streamsOver(world)
    const resumedAfter = async (change: Change | undefined, count: number) => {
      const resumed = await restarted.changes(ALL, change?.cursor ?? null, never)
      const changes = await take(resumed, count)
      await resumed.return()
      return changes
    }
    expect(await resumedAfter(live[0], 2)).toEqual(live.slice(1))
    expect(await resumedAfter(live[1], 1)).toEqual(live.slice(2))
    expect(await resumedAfter(told[1], 3)).toEqual(live)
    expect((await resumedAfter(told[0], 2)).map(gist)).toEqual([
      [5, true, '3 gone'], // of what had not been told yet, nothing is taken back
      [7, true, 'HexEnergyPaid'],
    ])
    restarted.close()
    streams.close()
  })

  it('takes back exactly what it had told, when it had not told all of a block', async () => {
    const world = createWatchedWorld()
    const streams = streamsOver(world)
    const stream = await streams.changes(ALL, null, never)
    await nextOf(stream)
    world.addBlock(found, went, paid, found) // 0 … 4
    const told = await take(stream, 3)
    world.retract() // 5
    const resumedAfter = async (cursor: string | undefined, count: number) => {
      const restarted = streamsOver(world)
      const changes = await take(await restarted.changes(ALL, cursor ?? null, never), count)
      restarted.close()
      return changes
    }
    const gone = await resumedAfter(told.at(-1)?.cursor, 3)
    expect(gone.map(gist)).toEqual([
      [5, false, '3 gone'],
      [5, false, '2 gone'],
      [5, true, '1 gone'],
    ])
    expect(await resumedAfter(gone[0]?.cursor, 2)).toEqual(gone.slice(1))
    expect(await resumedAfter(gone[1]?.cursor, 1)).toEqual(gone.slice(2))
    streams.close()
  })

  it('says nothing of what came and went between two reads', async () => {
    const world = createWatchedWorld()
    world.addBlock(found)
    const streams = streamsOver(world)
    const { cursor } = await nextOf(await streams.changes(ALL, null, never))
    world.addBlock(went)
    world.retract()
    world.addBlock(paid)
    const resumed = await streams.changes(ALL, cursor, never)
    expect((await take(resumed, 1)).map(gist)).toEqual([[6, true, 'HexEnergyPaid']])
    streams.close()
  })

  it('takes back only what passes its filter', async () => {
    const world = createWatchedWorld()
    world.addBlock(found)
    const streams = streamsOver(world)
    const stream = await streams.changes(eventSource(['HexDiscovered']), null, never)
    await nextOf(stream)
    world.addBlock(went, found, found) // 2 … 5
    await take(stream, 2)
    world.retract()
    expect((await take(stream, 2)).map(gist)).toEqual([
      [6, false, '5 gone'],
      [6, true, '4 gone'],
    ])
    streams.close()
  })

  it('takes back more than one page holds', async () => {
    const world = createWatchedWorld()
    world.addBlock(found)
    const streams = streamsOver(world)
    const stream = await streams.changes(ALL, null, never)
    await nextOf(stream)
    const events = Array.from({ length: 600 }, () => found)
    const end = world.addBlock(...events)
    await take(stream, events.length)
    const retracted = world.retract()
    const gone = await take(stream, events.length)
    expect(gone.map(gist)).toEqual(
      events.map((_event, index) => [
        retracted,
        index === events.length - 1,
        `${end - index} gone`,
      ]),
    )
    streams.close()
  })
})
