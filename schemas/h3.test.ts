import fc from 'fast-check'
import { cellToCenterChild, getResolution, gridDisk, gridDistance, isPentagon } from 'h3-js'
import { describe, expect, it } from 'vitest'
import {
  AXIS_MAX,
  AXIS_MIN,
  type Cube,
  hexDistance,
  isCube,
  neighboursOf,
  ORIGIN,
} from '../domain/hex.ts'
import { cellOfCube, cubeOfCell, HEX_RESOLUTION, hexPoint, ORIGIN_CELL } from './h3.ts'

const axis = fc.integer({ min: AXIS_MIN, max: AXIS_MAX })
const cubes: fc.Arbitrary<Cube> = fc
  .tuple(axis, axis)
  .map(([x, y]) => ({ x, y, z: -x - y || 0 }))
  .filter(isCube)

const CORNERS: readonly Cube[] = [
  { x: AXIS_MAX, y: AXIS_MIN, z: 1 },
  { x: AXIS_MAX, y: 1, z: AXIS_MIN },
  { x: AXIS_MIN, y: AXIS_MAX, z: 1 },
  { x: AXIS_MIN, y: 1, z: AXIS_MAX },
  { x: 1, y: AXIS_MIN, z: AXIS_MAX },
  { x: 1, y: AXIS_MAX, z: AXIS_MIN },
]

const cellsAround = (cube: Cube): string[] => neighboursOf(cube).map(cellOfCube).sort()

describe('the embedding of the map into H3', () => {
  it('starts at the centre child of a base cell without a pentagon beside it', () => {
    expect(cellToCenterChild('8003fffffffffff', HEX_RESOLUTION)).toBe(ORIGIN_CELL)
    expect(cellOfCube(ORIGIN)).toBe(ORIGIN_CELL)
    expect(gridDisk('8003fffffffffff', 1).filter(isPentagon)).toEqual([])
  })

  it('gives every hex of the full range a cell of its own, from which the hex comes back', () => {
    fc.assert(
      fc.property(cubes, (cube) => {
        const cell = cellOfCube(cube)
        expect(getResolution(cell)).toBe(HEX_RESOLUTION)
        expect(cubeOfCell(cell)).toEqual(cube)
      }),
      { numRuns: 500 },
    )
  })

  it('keeps all six neighbours', () => {
    fc.assert(
      fc.property(
        cubes.filter((cube) => neighboursOf(cube).length === 6),
        (cube) => {
          const cell = cellOfCube(cube)
          const around = gridDisk(cell, 1).filter((other) => other !== cell)
          expect(cellsAround(cube)).toEqual(around.sort())
        },
      ),
      { numRuns: 300 },
    )
  })

  it('keeps distances between hexes that are close together', () => {
    const step = fc.integer({ min: -20, max: 20 })
    fc.assert(
      fc.property(cubes, step, step, (cube, dx, dy) => {
        const other = { x: cube.x + dx, y: cube.y + dy, z: cube.z - dx - dy }
        fc.pre(isCube(other))
        expect(gridDistance(cellOfCube(cube), cellOfCube(other))).toBe(hexDistance(cube, other))
      }),
      { numRuns: 300 },
    )
  })

  it.each(CORNERS)('holds at the extreme corner ($x, $y, $z)', (corner) => {
    const cell = cellOfCube(corner)
    expect(cubeOfCell(cell)).toEqual(corner)
    expect(gridDisk(cell, 1)).toEqual(expect.arrayContaining(cellsAround(corner)))
  })

  it('refuses what is not a hex and what is not a cell of the map', () => {
    expect(() => cellOfCube({ x: 3, y: 3, z: 0 })).toThrow('(3, 3, 0) is not a hex of the map')
    expect(cubeOfCell('8003fffffffffff')).toBeNull()
    expect(cubeOfCell('8f754e64992d6d8')).toBeNull()
    expect(cubeOfCell('not a cell')).toBeNull()
  })
})

describe('a point of the map', () => {
  it('has all forms of its hex, and is none where the felt is no hex', () => {
    expect(hexPoint('0x400005fffff00000')).toEqual({
      packed: '0x400005fffff00000',
      x: 1,
      y: -1,
      z: 0,
      q: 1,
      r: 0,
      h3: cellOfCube({ x: 1, y: -1, z: 0 }),
    })
    expect(hexPoint('0x1')).toBeNull()
  })
})
