import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Felt } from './felt.ts'
import {
  AXIS_MAX,
  AXIS_MIN,
  addCube,
  areAdjacent,
  axialOfCube,
  type Cube,
  cubeOfAxial,
  discAround,
  HEX_DIRECTIONS,
  hexDistance,
  isCube,
  neighboursOf,
  ORIGIN,
  packHex,
  unpackHex,
} from './hex.ts'

const axis = fc.integer({ min: AXIS_MIN, max: AXIS_MAX })
const anyCube: fc.Arbitrary<Cube> = fc
  .tuple(axis, axis)
  .map(([x, z]) => ({ x, y: -x - z || 0, z }))
  .filter(isCube)

describe('the packed felt (vectors of game.md §3.2)', () => {
  test.each<[Cube, Felt, bigint]>([
    [{ x: 0, y: 0, z: 0 }, '0x4000020000100000', 4611688217451692032n],
    [{ x: 1, y: -1, z: 0 }, '0x400005fffff00000', 4611692615496105984n],
    [{ x: -1, y: 1, z: 0 }, '0x3ffffe0000300000', 4611683819407278080n],
    [{ x: 1, y: 0, z: -1 }, '0x40000600000fffff', 4611692615498203135n],
    [{ x: 5, y: -2, z: -3 }, '0x400015ffffcffffd', 4611710207680053245n],
    [{ x: -1000, y: 250, z: 750 }, '0x3ff062001f5002ee', 4607290171464876782n],
    [{ x: 123456, y: -654321, z: 530865 }, '0x478900c081f819b1', 5154652075316484529n],
    [{ x: -1048576, y: 1048575, z: 1 }, '0x3fffff00001', 4398045462529n],
    [{ x: 1048575, y: -1048576, z: 1 }, '0x7ffffc0000100001', 9223367638809313281n],
  ])('%j is %s', (cube, felt, decimal) => {
    expect(packHex(cube)).toBe(felt)
    expect(BigInt(felt)).toBe(decimal)
    expect(unpackHex(felt)).toEqual(cube)
  })

  test.each<Felt>([
    '0x0',
    '0x7fffffffffffffff',
    '0x3ffffd0000200003',
    '0x8000000000000000',
    '0x100000000000000000000000000000000',
  ])('%s is no hex', (felt) => {
    expect(unpackHex(felt)).toBeNull()
  })

  test.each<Cube>([
    { x: 3, y: 3, z: 0 },
    { x: 2 ** 20, y: -(2 ** 20), z: 0 },
    { x: 0.5, y: -0.5, z: 0 },
    { x: Number.NaN, y: 0, z: 0 },
    { x: Number.POSITIVE_INFINITY, y: Number.NEGATIVE_INFINITY, z: 0 },
  ])('%j is no cube', (cube) => {
    expect(packHex(cube)).toBeNull()
  })

  test('packing and unpacking are inverse over the whole range', () => {
    fc.assert(
      fc.property(anyCube, (cube) => {
        expect(unpackHex(packHex(cube) as Felt)).toEqual(cube)
      }),
    )
  })

  test('a felt that unpacks packs to itself', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 1n << 64n), (value) => {
        const felt: Felt = `0x${value.toString(16)}`
        const cube = unpackHex(felt)
        expect(cube === null ? felt : packHex(cube)).toBe(felt)
      }),
    )
  })
})

describe('geometry', () => {
  test('axial coordinates are the same hex', () => {
    fc.assert(
      fc.property(anyCube, (cube) => {
        expect(cubeOfAxial(axialOfCube(cube))).toEqual(cube)
      }),
    )
  })

  test('distance is symmetric, zero only to itself, and no detour is shorter', () => {
    fc.assert(
      fc.property(anyCube, anyCube, anyCube, (a, b, c) => {
        expect(hexDistance(a, b)).toBe(hexDistance(b, a))
        expect(hexDistance(a, b) === 0).toBe(a.x === b.x && a.z === b.z)
        expect(hexDistance(a, c)).toBeLessThanOrEqual(hexDistance(a, b) + hexDistance(b, c))
      }),
    )
  })

  test('the six directions stand in the order of the game (game.md §3.2)', () => {
    expect(HEX_DIRECTIONS.map(({ x, y, z }) => [x, y, z])).toEqual([
      [1, -1, 0],
      [1, 0, -1],
      [-1, 1, 0],
      [0, 1, -1],
      [-1, 0, 1],
      [0, -1, 1],
    ])
  })

  test('the six directions are one step each, all different, and cancel out', () => {
    expect(HEX_DIRECTIONS.map((direction) => hexDistance(ORIGIN, direction))).toEqual([
      1, 1, 1, 1, 1, 1,
    ])
    expect(new Set(HEX_DIRECTIONS.map(packHex)).size).toBe(6)
    expect(HEX_DIRECTIONS.reduce(addCube, ORIGIN)).toEqual(ORIGIN)
  })

  test('neighbours are adjacent; inland there are six of them', () => {
    fc.assert(
      fc.property(anyCube, (cube) => {
        for (const neighbour of neighboursOf(cube)) expect(areAdjacent(cube, neighbour)).toBe(true)
      }),
    )
    expect(neighboursOf(ORIGIN)).toHaveLength(6)
    expect(neighboursOf({ x: AXIS_MAX, y: AXIS_MIN, z: 1 }).length).toBeLessThan(6)
  })

  test('a disc holds every hex within its radius once', () => {
    fc.assert(
      fc.property(anyCube, fc.integer({ min: 0, max: 6 }), (center, radius) => {
        const disc = discAround(center, radius)
        expect(new Set(disc.map(packHex)).size).toBe(disc.length)
        expect(disc.every((cube) => isCube(cube) && hexDistance(cube, center) <= radius)).toBe(true)
      }),
    )
    for (const radius of [0, 1, 2, 5])
      expect(discAround(ORIGIN, radius)).toHaveLength(3 * radius * (radius + 1) + 1)
  })
})
