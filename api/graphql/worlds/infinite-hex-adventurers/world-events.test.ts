import { describe, expect, it } from 'vitest'
import { never, nextOf, streamsOver, take } from '../../../subscriptions/change-streams.testing.ts'
import { worldEventSource } from '../../../subscriptions/world-events.ts'
import { createFakeWorld } from './fake-world.testing.ts'

describe('a subscription to events', () => {
  it('starts with nothing, gives each event once, and marks the last of each block', async () => {
    const world = createFakeWorld()
    world.addBlock({ events: ['HexDiscovered'] })
    const streams = streamsOver(world)
    const stream = await streams.changes(worldEventSource(null), null, never)
    const start = await nextOf(stream)
    expect(start).toMatchObject({ __typename: 'WorldEventSnapshot', nodes: [], last: true })
    world.addBlock({ events: ['AdventurerMoved', 'HexDiscovered'] })
    world.addBlock({ events: ['HexEnergyPaid'] })
    const live = await take(stream, 3)
    expect(live.map(({ position, last }) => [position, last])).toEqual([
      [3, false],
      [4, true],
      [6, true],
    ])
    const resumed = await streams.changes(worldEventSource(null), live[0]?.cursor ?? null, never)
    expect(await take(resumed, 2)).toEqual(live.slice(1))
    streams.close()
  })

  it('filters by type, and marks the last of those that pass', async () => {
    const world = createFakeWorld()
    const streams = streamsOver(world)
    const stream = await streams.changes(worldEventSource(['HexDiscovered']), null, never)
    await nextOf(stream)
    world.addBlock({
      events: ['HexDiscovered', 'AdventurerMoved', 'HexDiscovered', 'HexEnergyPaid'],
    })
    expect((await take(stream, 2)).map(({ position, last }) => [position, last])).toEqual([
      [1, false],
      [3, true],
    ])
    streams.close()
  })

  it('pages through a long history without a gap, in the middle of blocks, too', async () => {
    const world = createFakeWorld()
    const streams = streamsOver(world)
    const { cursor } = await nextOf(await streams.changes(worldEventSource(null), null, never))
    const types = Array.from({ length: 200 }, () => 'HexDiscovered')
    for (let block = 0; block < 5; block++) world.addBlock({ events: types })
    const stream = await streams.changes(worldEventSource(null), cursor, never)
    const all = await take(stream, 1_000)
    const expected = Array.from({ length: 5 }, (_, block) =>
      types.map((_type, index) => block * 201 + index + 1),
    ).flat()
    expect(all.map(({ position }) => position)).toEqual(expected)
    expect(all.filter(({ last }) => last).map(({ position }) => position)).toEqual([
      200, 401, 602, 803, 1004,
    ])
    streams.close()
  })
})
