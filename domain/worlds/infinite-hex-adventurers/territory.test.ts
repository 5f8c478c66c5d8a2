import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Felt } from '../../felt.ts'
import {
  type Axial,
  axialOfCube,
  cubeOfAxial,
  discAround,
  hexDistance,
  packHex,
} from '../../hex.ts'
import { type Holding, type Ring, type Territory, territoriesOf } from './territory.ts'

const ALICE: Felt = '0xa'
const BOB: Felt = '0xb'
const HEX_AREA = (3 * Math.sqrt(3)) / 2

const holding = (axial: Axial, owner: Felt = ALICE): Holding => ({
  hex: packHex(cubeOfAxial(axial)) as Felt, // tests stay on the map
  axial,
  owner,
})

const signedArea = (ring: Ring): number =>
  ring.slice(1).reduce((sum, [x, y], at) => {
    const [fromX, fromY] = ring[at] as readonly [number, number]
    return sum + (fromX * y - x * fromY) / 2
  }, 0)

const totalArea = ({ rings }: Territory): number =>
  rings.reduce((sum, ring) => sum + signedArea(ring), 0)

const holdingsAnywhere = fc
  .uniqueArray(
    fc.record({ q: fc.integer({ min: -4, max: 4 }), r: fc.integer({ min: -4, max: 4 }) }),
    {
      selector: ({ q, r }) => `${q},${r}`,
      maxLength: 50,
    },
  )
  .chain((axials) =>
    fc
      .array(fc.constantFrom(ALICE, BOB), { minLength: axials.length, maxLength: axials.length })
      .map((owners) => axials.map((axial, at) => holding(axial, owners[at]))),
  )

describe('territories', () => {
  it('are one hex with six edges and seven closing points for a single holding', () => {
    const [territory] = territoriesOf([holding({ q: 0, r: 0 })])
    expect(territory?.borderLength).toBe(6)
    expect(territory?.rings).toHaveLength(1)
    expect(territory?.rings[0]).toHaveLength(7)
    expect(territory?.rings[0]?.[0]).toEqual([0, -1])
    expect(territory?.rings[0]?.at(-1)).toEqual([0, -1])
  })

  it('separate owners, and parts of one owner that do not touch', () => {
    const territories = territoriesOf([
      holding({ q: 0, r: 0 }),
      holding({ q: 1, r: 0 }, BOB),
      holding({ q: 2, r: 0 }),
      holding({ q: 0, r: 1 }),
    ])
    expect(territories.map(({ owner, holdings }) => [owner, holdings.length])).toEqual([
      [ALICE, 2],
      [ALICE, 1],
      [BOB, 1],
    ])
  })

  it('have a hole where a ring of hexes surrounds another', () => {
    const ring = discAround({ x: 0, y: 0, z: 0 }, 1).filter(
      ({ x, y, z }) => x !== 0 || y !== 0 || z !== 0,
    )
    const [territory, ...others] = territoriesOf(ring.map((cube) => holding(axialOfCube(cube))))
    expect(others).toEqual([])
    expect(territory?.borderLength).toBe(18 + 6)
    expect(territory?.rings.map((points) => Math.sign(signedArea(points)))).toEqual([1, -1])
  })

  it('cover every holding once, at its exact area, with closed rings and as long a border as it has open edges', () => {
    fc.assert(
      fc.property(holdingsAnywhere, (holdings) => {
        const territories = territoriesOf(holdings)
        expect(territories.flatMap((territory) => territory.holdings).length).toBe(holdings.length)
        for (const territory of territories) {
          expect(totalArea(territory)).toBeCloseTo(territory.holdings.length * HEX_AREA, 6)
          const edges = territory.rings.reduce((sum, ring) => sum + ring.length - 1, 0)
          expect(edges).toBe(territory.borderLength)
          for (const ring of territory.rings) expect(ring[0]).toEqual(ring.at(-1))
          expect(territory.borderLength).toBe(openEdges(territory, holdings))
        }
      }),
    )
  })
})

/**
 * Counted pair by pair: each hex has six edges, less those that it shares with a hex of the same
 * owner.
 */
const openEdges = ({ holdings, owner }: Territory, all: readonly Holding[]): number =>
  holdings.reduce((sum, { axial }) => {
    const shared = all.filter(
      (other) =>
        other.owner === owner && hexDistance(cubeOfAxial(other.axial), cubeOfAxial(axial)) === 1,
    )
    return sum + 6 - shared.length
  }, 0)
