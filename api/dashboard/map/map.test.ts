import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AXIS_MAX, AXIS_MIN, cubeOfAxial, hexDistance } from '../../../domain/hex.ts'
import { heldBy, hexFor } from '../state/world.testing.ts'
import { BIOMES, biomeRgb, ownerRgb, rgbOf } from './colours.ts'
import { finenessFor, MOVING } from './fineness.ts'
import { createHeatField } from './heat.ts'
import {
  boundsOf,
  type Camera,
  cameraOver,
  centreOf,
  hexAt,
  hexesWithin,
  toPlane,
  toScreen,
} from './projection.ts'
import { SECTOR_RADIUS, SECTORS_MAX, sectorOf, sectorsWithin } from './sectors.ts'
import { SHORE, SIDES, TexelField, texelAt } from './texel-field.ts'
import { drawnHex } from './texels.ts'

const axis = fc.integer({ min: AXIS_MIN / 2, max: Math.floor(AXIS_MAX / 2) })
const axial = fc.record({ q: axis, r: axis })
const camera: Camera = { x: 12.5, y: -7, scale: 31, width: 1440, height: 900 }

describe('the projection', () => {
  it('finds the hex of any point inside it, over the whole range of the axes', () => {
    fc.assert(
      fc.property(axial, fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }), (hex, angle) => {
        const centre = centreOf(hex)
        const inside = {
          x: centre.x + 0.86 * Math.cos(angle),
          y: centre.y + 0.86 * Math.sin(angle),
        }
        expect(hexAt(inside)).toEqual(hex)
      }),
    )
  })

  it('brings a point to the screen and back', () => {
    const back = toPlane(camera, toScreen(camera, { x: 3.25, y: 8.5 }))
    expect(back.x).toBeCloseTo(3.25)
    expect(back.y).toBeCloseTo(8.5)
  })

  it('lists every hex whose centre is in view once', () => {
    const bounds = boundsOf(camera)
    const listed = [...hexesWithin(bounds)].map(({ q, r }) => `${q},${r}`)
    expect(new Set(listed).size).toBe(listed.length)
    const area = ((1440 / 31) * (900 / 31)) / (1.5 * Math.sqrt(3))
    expect(listed.length).toBeGreaterThan(area * 0.95)
    expect(listed.length).toBeLessThan(area * 1.05)
  })

  it('shows all hexes of a small world, and nothing of an empty one', () => {
    const hexes = [
      { q: -3, r: 0 },
      { q: 3, r: 2 },
    ]
    const over = cameraOver(hexes, camera, { scaleMin: 2, scaleMax: 60 })
    for (const hex of hexes) {
      const at = toScreen(over as Camera, centreOf(hex)) // there are hexes, so there is a camera
      expect(at.x).toBeGreaterThan(330)
      expect(at.x).toBeLessThan(1440 - 230)
    }
    expect(cameraOver([], camera, { scaleMin: 2, scaleMax: 60 })).toBeNull()
  })
})

describe('sectors', () => {
  it('tile the plane: every hex lies in exactly one, within its radius', () => {
    fc.assert(
      fc.property(axial, (hex) => {
        const { center, key } = sectorOf(hex)
        expect(hexDistance(cubeOfAxial(center), cubeOfAxial(hex))).toBeLessThanOrEqual(
          SECTOR_RADIUS,
        )
        expect(sectorOf(center).key).toBe(key)
      }),
    )
    const origin = sectorOf({ q: 0, r: 0 })
    let members = 0
    for (let q = -110; q <= 110; q++) {
      for (let r = -110; r <= 110; r++) if (sectorOf({ q, r }).key === origin.key) members += 1
    }
    expect(members).toBe(3 * SECTOR_RADIUS * (SECTOR_RADIUS + 1) + 1)
  })

  it('cover a view, nearest to its middle first, and stay within their bound when the view is vast', () => {
    const seen = sectorsWithin(boundsOf(camera))
    for (const hex of hexesWithin(boundsOf(camera)))
      expect(seen.map(({ key }) => key)).toContain(sectorOf(hex).key)
    const vast = sectorsWithin(boundsOf({ ...camera, x: 0, y: 0, scale: 1.2 }))
    expect(vast).toHaveLength(SECTORS_MAX)
    expect(vast[0]?.key).toBe(sectorOf({ q: 0, r: 0 }).key)
  })
})

describe('colours', () => {
  it('are right at the ends of OKLCH, and within sRGB everywhere', () => {
    expect(rgbOf([1, 0, 0])).toEqual([255, 255, 255])
    expect(rgbOf([0, 0, 0])).toEqual([0, 0, 0])
    expect(rgbOf([0.62796, 0.25768, 29.234])).toEqual([255, 0, 0])
  })

  it('give every biome its own, in both schemes, and every adventurer the same each time', () => {
    for (const scheme of ['dark', 'light'] as const) {
      expect(new Set(BIOMES.map((_, code) => biomeRgb(code, scheme).join())).size).toBe(
        BIOMES.length,
      )
      expect(ownerRgb('0xabc', scheme)).toEqual(ownerRgb('0xabc', scheme))
      expect(ownerRgb('0xabc', scheme)).not.toEqual(ownerRgb('0xabd', scheme))
    }
  })
})

describe('the texel field', () => {
  const fieldWith = (...hexes: ReturnType<typeof hexFor>[]) => {
    const field = new TexelField(() => {})
    for (const hex of hexes) {
      const drawn = drawnHex(hex, 100, 'dark')
      field.set(hex.coordinate.q, hex.coordinate.r, drawn === null ? null : { ...drawn, stamp: 0 })
    }
    return field
  }
  const borderOf = (field: TexelField, q: number, r: number) => field.owners[texelAt(q, r) + 3]

  it('draws a border on exactly the sides that face something else', () => {
    const decay = heldBy('0xa')
    const field = fieldWith(
      hexFor(0, 0, { decay }),
      hexFor(1, 0, { decay }),
      hexFor(0, 1, { decay: heldBy('0xb') }),
    )
    const between = SIDES.findIndex(({ q, r }) => q === 1 && r === 0)
    expect(borderOf(field, 0, 0)).toBe(0b111111 & ~(1 << between))
    expect(borderOf(field, 0, 1)).toBe(0b111111)
    field.set(1, 0, null)
    expect(borderOf(field, 0, 0)).toBe(0b111111)
  })

  it('lights the unknown hexes beside discovered ones, and lets them go dark again', () => {
    const field = fieldWith(hexFor(5, 5))
    expect(field.cells[texelAt(6, 5)]).toBe(SHORE)
    expect(field.isDiscovered(6, 5)).toBe(false)
    expect(field.isDiscovered(5, 5)).toBe(true)
    field.set(5, 5, null)
    expect(field.cells[texelAt(6, 5)]).toBe(0)
  })

  it('shows what can be claimed, what is claimed, what it yields and how far it has decayed', () => {
    const hex = hexFor(0, 0, {
      decay: heldBy('0xa', { level: 85, claimableSinceBlock: 90, lastProcessedBlock: 50 }),
      claim: { claimantId: '0xb', energyLocked: 50, createdBlock: 90, expiryBlock: 190 },
    })
    expect(drawnHex(hex, 100, 'dark')?.cell).toEqual([2 | 32 | 64, 85])
    expect(drawnHex({ ...hex, isDiscovered: false }, 100, 'dark')).toBeNull()
  })

  it('keeps activity when a hex is drawn again', () => {
    const field = fieldWith(hexFor(0, 0))
    field.setHeat(0, 0, 200)
    const drawn = drawnHex(hexFor(0, 0, { biome: 'Desert' }), 100, 'dark')
    if (drawn !== null) field.set(0, 0, { ...drawn, stamp: 0 })
    expect(field.cells[texelAt(0, 0) + 2]).toBe(100)
  })
})

describe('the heat field', () => {
  it('warms a hex more than those around it, and cools to nothing', () => {
    const heat = createHeatField()
    const warmed = heat.warm({ q: 0, r: 0 }, 10)
    const levelAt = (q: number, r: number) =>
      warmed.find((spot) => spot.q === q && spot.r === r)?.level ?? 0
    expect(levelAt(0, 0)).toBeGreaterThan(levelAt(1, 0))
    expect(levelAt(1, 0)).toBeGreaterThan(levelAt(2, 0))
    expect(heat.cool(10_000).every(({ level }) => level === 0)).toBe(true)
    expect(heat.cool(10_000)).toEqual([])
  })
})

describe('fineness', () => {
  const wanted = { density: 2, samples: 4 } as const

  it('is what is wanted where the machine can, and where nothing is known yet', () => {
    expect(finenessFor(wanted, MOVING, 0, 1_296_000)).toEqual(wanted)
    expect(finenessFor(wanted, MOVING, 0.5, 1_296_000)).toEqual(wanted)
  })

  it('gives up samples first, then pixels, and never all of them', () => {
    expect(finenessFor(wanted, MOVING, 3, 1_296_000)).toEqual({ density: 2, samples: 1 })
    expect(finenessFor(wanted, MOVING, 12, 1_296_000)).toMatchObject({ samples: 1 })
    expect(finenessFor(wanted, MOVING, 12, 1_296_000).density).toBeCloseTo(1.19, 1)
    expect(finenessFor(wanted, MOVING, 9_999, 1_296_000).density).toBe(0.4)
  })
})
