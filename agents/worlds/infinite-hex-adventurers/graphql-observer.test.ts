import { buildSchema, graphql } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { Client } from '../../../api/client/client.ts'
import type { Felt } from '../../../domain/felt.ts'
import { type Cube, ORIGIN, packHex } from '../../../domain/hex.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { schemaText } from '../../../schemas/graphql/sdl.ts'
import { createGraphqlObserver } from './graphql-observer.ts'
import { WATCHED_HEXES_MAX } from './observation.ts'

const schema = buildSchema(schemaText(infiniteHexAdventurers.name))
const EAST: Cube = { x: 1, y: -1, z: 0 }
const FAR = packHex({ x: 9, y: -9, z: 0 }) as Felt
const WATCHES_FAR = { far0: FAR, watch0: true, watch1: false, watch2: false, watch3: false }
const signal = new AbortController().signal

const at = (q: number): Cube => ({ x: q, y: -q, z: 0 })
const point = (cube: Cube) => ({ packed: packHex(cube), ...cube })
const hexAt = (cube: Cube, isDiscovered = true) => ({
  coordinate: point(cube),
  isDiscovered,
  biome: isDiscovered ? 'Plains' : null,
  areaCount: isDiscovered ? 4 : null,
  decay: null,
  claim: null,
})
const area = {
  id: '0xa0',
  isDiscovered: true,
  ownerId: '0x51',
  harvesterIds: [],
  plantSlots: 5,
  plants: [],
}
const adventurer = {
  id: '0x51',
  isAlive: true,
  coordinate: point(EAST),
  energy: 40,
  effectiveEnergy: 52,
  maxEnergy: 100,
  lockedUntilBlock: '0',
  economics: { lastRegenBlock: 7 },
  inventory: { weight: 3, maxWeight: 750, items: [{ id: '0x99', quantity: 3 }] },
  reservations: [{ hex: null, areaId: null, plantSlot: null, readyBlock: 30 }],
}
const viewFrom = (here: Cube) => ({
  _meta: { block: { number: 12 } },
  adventurer,
  here: {
    ...hexAt(here),
    areas: [
      { ...area, index: 0, type: 'Control' },
      { ...area, id: '0xa1', index: null, type: null, isDiscovered: false, plantSlots: null },
    ],
  },
  near: [hexAt(here)],
  far0: hexAt({ x: 9, y: -9, z: 0 }, false),
})

type Asked = Readonly<{ document: string; variables: Readonly<Record<string, unknown>> }>

/** A client whose server answers by the first word of the operation. */
const fakeClient = (
  answers: Readonly<Record<string, (variables: Asked['variables']) => unknown>>,
) => {
  const asked: Asked[] = []
  const query = async (document: string, variables: Asked['variables'] = {}): Promise<unknown> => {
    asked.push({ document, variables })
    const name = /^\w+ (\w+)/.exec(document)?.[1] ?? ''
    return answers[name]?.(variables)
  }
  // The observer asks queries and nothing else.
  return { asked, client: { query } as unknown as Client }
}

const query = {
  account: '0xacc',
  adventurerId: '0x51',
  position: EAST,
  radius: 2,
  watched: [FAR],
} as const

describe('the observer', () => {
  it('sees itself, its hex and its surroundings in one request', async () => {
    const { client, asked } = fakeClient({ View: () => viewFrom(EAST) })
    const seen = await createGraphqlObserver(client.query)(query, signal)
    expect(asked.map(({ variables }) => variables)).toEqual([
      { id: '0x51', here: packHex(EAST), radius: 2, ...WATCHES_FAR },
    ])
    expect(seen).toMatchObject({
      block: 12,
      self: {
        id: '0x51',
        cube: EAST,
        effectiveEnergy: 52,
        lastRegenBlock: 7,
        items: [{ id: '0x99', quantity: 3 }],
      },
      here: { cube: EAST, areas: [{ id: '0xa0', index: 0, type: 'Control' }] },
    })
    expect(seen?.here.areas).toHaveLength(1)
    expect(seen?.hexes.map(({ packed }) => packed)).toEqual([packHex(EAST)])
  })

  it('has a server read the watched hexes, however many they are, and no others', async () => {
    for (let count = 0; count <= WATCHED_HEXES_MAX; count += 1) {
      const watched = [1, 2, 3, 4].slice(0, count).map((q): Felt => packHex(at(q)) ?? '0x0')
      const read: unknown[] = []
      const rootValue = {
        ...viewFrom(EAST),
        hexesInRadius: [],
        hex: ({ coordinate }: Readonly<{ coordinate: unknown }>) => {
          read.push(coordinate)
          return { ...viewFrom(EAST).here, coordinate: point(EAST) }
        },
      }
      const answer: Client['query'] = async (source: string, variableValues = {}) => {
        const { data, errors } = await graphql({ schema, source, rootValue, variableValues })
        expect(errors).toBeUndefined()
        return data
      }
      // The observer asks queries and nothing else.
      const client = { query: answer } as Client
      await createGraphqlObserver(client.query)({ ...query, watched }, signal)
      expect(read).toEqual([packHex(EAST), ...watched])
    }
  })

  it('looks again from where it really stands', async () => {
    const { client, asked } = fakeClient({
      View: ({ here }) => viewFrom(here === packHex(EAST) ? EAST : ORIGIN),
    })
    const seen = await createGraphqlObserver(client.query)(
      { ...query, position: ORIGIN, watched: [] },
      signal,
    )
    expect(asked.map(({ variables }) => variables.here)).toEqual([packHex(ORIGIN), packHex(EAST)])
    expect(seen?.here.cube).toEqual(EAST)
  })

  it('finds its adventurer and what it controls when it remembers nothing', async () => {
    const { client, asked } = fakeClient({
      Arrival: () => ({
        adventurers: { edges: [{ node: { id: '0x51', coordinate: point(EAST) } }] },
        territories: [{ hexes: [{ packed: FAR }] }],
      }),
      View: () => viewFrom(EAST),
    })
    const seen = await createGraphqlObserver(client.query)(
      { ...query, adventurerId: null, position: ORIGIN, watched: [] },
      signal,
    )
    expect(asked.at(-1)?.variables).toEqual({
      id: '0x51',
      here: packHex(EAST),
      radius: 2,
      ...WATCHES_FAR,
    })
    expect(seen?.self?.id).toBe('0x51')
  })

  it('knows of no self before there is one, and of nothing before the first block', async () => {
    const nobody = { adventurers: { edges: [] }, territories: [] }
    const unborn = { ...viewFrom(ORIGIN), adventurer: null }
    const first = fakeClient({ Arrival: () => nobody, View: () => unborn })
    const newcomer = { ...query, adventurerId: null, position: ORIGIN, watched: [] }
    expect((await createGraphqlObserver(first.client.query)(newcomer, signal))?.self).toBeNull()
    const empty = fakeClient({
      Arrival: () => nobody,
      View: () => ({ ...unborn, _meta: { block: null } }),
    })
    expect(await createGraphqlObserver(empty.client.query)(newcomer, signal)).toBeNull()
  })
})
