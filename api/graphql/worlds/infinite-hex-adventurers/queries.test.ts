import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Felt } from '../../../../domain/felt.ts'
import {
  adventurerWritten,
  written,
} from '../../../../projections/worlds/infinite-hex-adventurers/world-facts.testing.ts'
import { ask, createTestApi, type TestApi } from '../../../api.testing.ts'
import {
  createWatchedWorld,
  energyPaid,
  hexAt,
  hexDiscovered,
  hexWritten,
  moved,
} from './watched-world.testing.ts'

const CENTER = hexAt(0, 0)
const EAST = hexAt(1, 0)

const rated = (block: number, rate: number) =>
  written(
    'ConversionRate',
    { item_type: '0x7' },
    { current_rate: rate, base_rate: 10, last_update_block: String(block) },
  )
const controlled = (hex: Felt, owner: Felt) =>
  written('HexDecayState', { hex_coordinate: hex }, { owner_adventurer_id: owner })

/** Three blocks, which end at positions 5, 11 and 17; events stand at 4, 5, 11 and 17. */
const grownWorld = () => {
  const world = createWatchedWorld()
  world.addBlock(
    hexWritten(CENTER, '0x1'),
    adventurerWritten('0xb', CENTER),
    rated(1, 4),
    hexDiscovered(CENTER),
    energyPaid(EAST, '0xb'),
  )
  world.addBlock(
    adventurerWritten('0x9', EAST, { owner: '0xabc' }),
    controlled(CENTER, '0xb'),
    controlled(hexAt(5, 5), '0x9'),
    rated(2, 6),
    moved('0x9', CENTER, EAST),
  )
  world.addBlock(
    hexWritten(CENTER, '0x3'),
    adventurerWritten('0xb', EAST, { energy: 7 }),
    rated(3, 5),
    adventurerWritten('0xc', CENTER),
    moved('0xb', CENTER, EAST),
  )
  return world
}

/** Every argument of every field changes what is answered, so that none can be dropped. */
describe('a query passes on', () => {
  let test: TestApi
  beforeAll(() => {
    test = createTestApi({}, grownWorld())
  })
  afterAll(() => test.api.close())

  const answer = async (field: string): Promise<unknown> => {
    const { data, codes } = await ask(test.api, `{ answer: ${field} }`)
    expect(codes).toEqual([])
    return data?.answer
  }
  const discoverer = async (at: string): Promise<unknown> =>
    answer(`hex(coordinate: "${CENTER}"${at}) { discoverer }`)

  it('the point of history, by block, instant and position', async () => {
    expect(await discoverer('')).toEqual({ discoverer: '0x3' })
    expect(await discoverer(', at: { block: 2 }')).toEqual({ discoverer: '0x1' })
    expect(await discoverer(', at: { block: 3 }')).toEqual({ discoverer: '0x3' })
    const second = (block: number) => new Date((1_770_000_000 + 2 * block) * 1_000).toISOString()
    expect(await discoverer(`, at: { time: "${second(2)}" }`)).toEqual({ discoverer: '0x1' })
    expect(await discoverer(`, at: { time: "${second(3)}" }`)).toEqual({ discoverer: '0x3' })
    expect(await discoverer(', at: { position: 16 }')).toEqual({ discoverer: '0x1' })
    expect(await discoverer(', at: { position: 17 }')).toEqual({ discoverer: '0x3' })
  })

  it('what it refuses, under its own code', async () => {
    const codes = async (at: string) =>
      (await ask(test.api, `{ hex(coordinate: "${CENTER}", at: { ${at} }) { discoverer } }`)).codes
    expect(await codes('block: 4')).toEqual(['AT_ABOVE_HEAD'])
    expect(await codes('position: 18')).toEqual(['AT_ABOVE_HEAD'])
    expect(await codes('time: "2100-01-01T00:00:00Z"')).toEqual(['AT_ABOVE_HEAD'])
    expect(await codes('block: 0')).toEqual(['AT_BEFORE_START'])
    expect(await codes('position: 4')).toEqual(['AT_BEFORE_START'])
    expect(await codes('time: "2000-01-01T00:00:00Z"')).toEqual(['AT_BEFORE_START'])
  })

  it('the disc of hexes, and where it is in history', async () => {
    const hexes = (args: string) =>
      answer(`hexesInRadius(${args}) { coordinate { q r } adventurers { id } }`)
    expect(await hexes(`center: "${EAST}", radius: 0`)).toEqual([
      { coordinate: { q: 1, r: 0 }, adventurers: [{ id: '0x9' }, { id: '0xb' }] },
    ])
    expect(await hexes(`center: "${EAST}", radius: 1, at: { block: 1 }`)).toEqual([
      { coordinate: { q: 0, r: 0 }, adventurers: [{ id: '0xb' }] },
    ])
  })

  it('the adventurer, and when', async () => {
    expect(await answer('adventurer(id: "0xb") { energy }')).toEqual({ energy: 7 })
    expect(await answer('adventurer(id: "0xb", at: { block: 2 }) { energy }')).toEqual({
      energy: 50,
    })
    expect(await answer('adventurer(id: "0x9", at: { block: 1 }) { energy }')).toBeNull()
  })

  it('whose adventurers, how many, and after which', async () => {
    const adventurers = async (args: string) => {
      const found = await answer(`adventurers(${args}) { edges { cursor node { id } } }`)
      return (found as { edges: { cursor: string; node: { id: string } }[] }).edges // as selected
    }
    const ids = async (args: string) => (await adventurers(args)).map(({ node }) => node.id)
    expect(await ids('first: 10')).toEqual(['0x9', '0xb', '0xc'])
    expect(await ids('first: 10, owner: "0xacc"')).toEqual(['0xb', '0xc'])
    const [first] = await adventurers('first: 1, owner: "0xacc"')
    expect(first?.node.id).toBe('0xb')
    expect(await ids(`owner: "0xacc", after: "${first?.cursor}"`)).toEqual(['0xc'])
    expect(await ids('owner: "0xdead"')).toEqual([])
  })

  it('whose territories', async () => {
    const owners = (args: string) => answer(`territories${args} { ownerId }`)
    expect(await owners('')).toEqual([{ ownerId: '0x9' }, { ownerId: '0xb' }])
    expect(await owners('(owner: "0x9")')).toEqual([{ ownerId: '0x9' }])
    expect(await owners('(owner: "0xacc")')).toEqual([{ ownerId: '0xb' }])
  })

  it('which events: of a type, a hex and an adventurer, up to a point, and before which', async () => {
    const events = async (args: string) => {
      const found = await answer(`events(${args}) { edges { cursor node { position } } }`)
      return (found as { edges: { cursor: string; node: { position: number } }[] }).edges // likewise
    }
    const at = async (args: string) => (await events(args)).map(({ node }) => node.position)
    expect(await at('first: 10')).toEqual([17, 11, 5, 4])
    expect(await at('first: 2')).toEqual([17, 11])
    expect(await at('type: "AdventurerMoved"')).toEqual([17, 11])
    expect(await at(`hex: "${EAST}"`)).toEqual([17, 11, 5])
    expect(await at('adventurer: "0xb"')).toEqual([17, 5, 4])
    expect(await at(`hex: "${EAST}", adventurer: "0xb", type: "HexEnergyPaid"`)).toEqual([5])
    expect(await at('first: 10, at: { block: 2 }')).toEqual([11, 5, 4])
    const [, second] = await events('first: 2')
    expect(await at(`after: "${second?.cursor}"`)).toEqual([5, 4])
  })

  it('which price series, how much of it, before which block, and when', async () => {
    const { api, world } = createTestApi({}, grownWorld())
    for (let block = 4; block < 101; block += 1) world.addBlock()
    world.addBlock(rated(101, 9))
    const series = async (args: string) =>
      (await ask(api, `{ rateSeries(${args}) { firstBlock close } }`)).data?.rateSeries
    const [old, recent] = [
      { firstBlock: 0, close: 5 },
      { firstBlock: 100, close: 9 },
    ]
    expect(await series('itemId: "0x7"')).toEqual([recent, old])
    expect(await series('itemId: "0x7", first: 1')).toEqual([recent])
    expect(await series('itemId: "0x7", beforeBlock: 100')).toEqual([old])
    expect(await series('itemId: "0x7", at: { block: 2 }')).toEqual([{ firstBlock: 0, close: 6 }])
    expect(await series('itemId: "0x8"')).toEqual([])
    await api.close()
  })

  it('what items of plants are, and refuses too many of them', async () => {
    const { api } = createTestApi({}, grownWorld())
    expect((await ask(api, '{ plantItems(ids: ["0x7"]) { id species } }')).data).toEqual({
      plantItems: [],
    })
    const many = Array.from({ length: 101 }, (_, at) => `"${at}"`).join(' ')
    const refused = await ask(api, `{ plantItems(ids: [${many}]) { id } }`)
    expect(refused.codes).toEqual(['BAD_USER_INPUT'])
  })

  it('nothing of a block that was dropped', async () => {
    const { api, world } = createTestApi({}, grownWorld())
    world.retract()
    const { data } = await ask(
      api,
      `{ _meta { block { number } position } hex(coordinate: "${CENTER}") { discoverer }
         adventurers { edges { node { id energy } } }
         events(first: 1) { edges { node { position } } } energyMarket { rates { effectiveRate } }
         before: events(first: 1, at: { position: 17 }) { edges { node { position } } } }`,
    )
    expect(data).toEqual({
      _meta: { block: { number: 2 }, position: 18 },
      hex: { discoverer: '0x1' },
      adventurers: {
        edges: [{ node: { id: '0x9', energy: 50 } }, { node: { id: '0xb', energy: 50 } }],
      },
      events: { edges: [{ node: { position: 11 } }] },
      energyMarket: { rates: [{ effectiveRate: 6 }] },
      before: { edges: [{ node: { position: 17 } }] },
    })
    await api.close()
  })
})
