/**
 * The inside of a hex when it is looked at closely: its areas in a crown around the control area,
 * with their plants.
 */

import { cubeOfAxial, packHex } from '../../../domain/hex.ts'
import type { MapArea, MapHex } from '../state/world-types.ts'
import { cssOf, ownerRgb } from './colours.ts'
import { circle, inkText, SANS } from './ink.ts'
import { boundsOf, centreOf, hexesWithin, type Point, toScreen } from './projection.ts'
import { ramp } from './ramp.ts'
import type { Scene } from './scene.ts'

/** Plane units. */
const AREA_RADIUS = 0.17
const CROWN_RADIUS = 0.57
const CROWN_FROM = -Math.PI * 1.13
const CROWN_TO = Math.PI * 0.13

/**
 * Where the areas of a hex stand around its centre, by index: the control area in the middle, the
 * others above it.
 */
const areaPlaces = (count: number): Point[] => {
  const others = count - 1
  const crown = Array.from({ length: Math.max(0, others) }, (_, at) => {
    const part = others === 1 ? 0.5 : at / (others - 1)
    const angle = CROWN_FROM + (CROWN_TO - CROWN_FROM) * part
    return { x: Math.cos(angle) * CROWN_RADIUS, y: Math.sin(angle) * CROWN_RADIUS * 0.92 }
  })
  return [{ x: 0, y: -0.02 }, ...crown]
}

const banner = (ink: CanvasRenderingContext2D, { x, y }: Point, size: number): void => {
  ink.beginPath()
  ink.moveTo(x - size * 0.4, y + size * 0.75)
  ink.lineTo(x - size * 0.4, y - size * 0.75)
  ink.lineTo(x + size * 0.65, y - size * 0.38)
  ink.lineTo(x - size * 0.4, y)
}

const gem = (ink: CanvasRenderingContext2D, { x, y }: Point, size: number): void => {
  ink.beginPath()
  ink.moveTo(x, y - size * 0.7)
  ink.lineTo(x + size * 0.62, y)
  ink.lineTo(x, y + size * 0.7)
  ink.lineTo(x - size * 0.62, y)
  ink.closePath()
}

const tufts = (ink: CanvasRenderingContext2D, { x, y }: Point, size: number): void => {
  ink.beginPath()
  for (const shift of [-0.45, 0, 0.45]) {
    ink.moveTo(x + shift * size, y + size * 0.4)
    ink.lineTo(x + shift * size * 1.5, y - size * (0.5 - Math.abs(shift) * 0.5))
  }
}

/** An area with its place and radius on the screen, in CSS pixels. */
type PlacedArea = Readonly<{ area: MapArea; at: Point; radius: number }>

/** Slots of a plant field as a ring of pips; a plant that is known shows how much of it is left. */
const drawSlots = (
  ink: CanvasRenderingContext2D,
  scene: Scene,
  { area, at, radius }: PlacedArea,
): void => {
  const slots = area.plantSlots ?? 0
  const pip = radius * 0.2
  for (let slot = 0; slot < slots; slot++) {
    const angle = (slot / slots) * Math.PI * 2 - Math.PI / 2
    const place = {
      x: at.x + Math.cos(angle) * radius * 0.62,
      y: at.y + Math.sin(angle) * radius * 0.62,
    }
    const plant = area.plants.find((grown) => grown.slot === slot)
    ink.strokeStyle = scene.inks.leaf
    ink.lineWidth = 1
    circle(ink, place, pip)
    ink.stroke()
    if (plant === undefined) continue
    ink.fillStyle = scene.inks.leaf
    circle(ink, place, pip * Math.sqrt(plant.currentYield / Math.max(1, plant.maxYield)))
    ink.fill()
  }
}

const drawSign = (ink: CanvasRenderingContext2D, scene: Scene, placed: PlacedArea): void => {
  const { inks } = scene
  const { area, at, radius } = placed
  ink.lineWidth = 1.5
  switch (area.type) {
    case 'Control':
      banner(ink, at, radius * 0.8)
      ink.fillStyle = area.ownerId === null ? inks.dead : cssOf(ownerRgb(area.ownerId, inks.scheme))
      ink.fill()
      ink.strokeStyle = inks.text
      ink.stroke()
      return
    case 'PlantField':
      drawSlots(ink, scene, placed)
      return
    case 'MineField':
      gem(ink, at, radius * 0.72)
      ink.fillStyle = inks.ore
      ink.fill()
      return
    case 'Wilderness':
    case null:
      tufts(ink, at, radius * 0.9)
      ink.strokeStyle = inks.line
      ink.stroke()
      return
    default:
      area.type satisfies never
  }
}

const drawArea = (
  ink: CanvasRenderingContext2D,
  scene: Scene,
  area: MapArea | null,
  at: Point,
): void => {
  const { camera, inks } = scene
  const radius = AREA_RADIUS * camera.scale
  circle(ink, at, radius)
  if (area === null) {
    ink.setLineDash([2, 4])
    ink.strokeStyle = inks.line
    ink.lineWidth = 1.2
    ink.stroke()
    ink.setLineDash([])
    return
  }
  ink.fillStyle = inks.panel
  ink.fill()
  ink.strokeStyle = area.ownerId === null ? inks.line : cssOf(ownerRgb(area.ownerId, inks.scheme))
  ink.lineWidth = area.ownerId === null ? 1 : 2
  ink.stroke()
  drawSign(ink, scene, { area, at, radius })
}

const labelOf = (area: MapArea): string => {
  const species = [...new Set(area.plants.map((plant) => plant.species.toLowerCase()))]
  if (area.type === 'PlantField') return species[0] ?? 'plants'
  if (area.type === 'MineField') return 'mine'
  return area.type === 'Wilderness' ? 'wild' : ''
}

const drawInside = (
  ink: CanvasRenderingContext2D,
  scene: Scene,
  hex: MapHex,
  shown: number,
): void => {
  const { camera, inks } = scene
  const middle = centreOf(hex.coordinate)
  const known = new Map(
    hex.areas.filter((area) => area.isDiscovered).map((area) => [area.index, area]),
  )
  areaPlaces(hex.areaCount ?? 0).forEach((place, index) => {
    const at = toScreen(camera, { x: middle.x + place.x, y: middle.y + place.y })
    const area = known.get(index) ?? null
    ink.globalAlpha = shown
    drawArea(ink, scene, area, at)
    const named = ramp(camera.scale, 88, 120)
    if (area === null || named <= 0.01) return
    ink.globalAlpha = shown * named
    ink.font = `500 10.5px ${SANS}`
    ink.textAlign = 'center'
    ink.textBaseline = 'top'
    ink.fillStyle = inks.text
    ink.lineWidth = 3
    inkText(ink, labelOf(area), { x: at.x, y: at.y + AREA_RADIUS * camera.scale + 3 }, inks)
  })
}

/** Draws the inside of every discovered hex in view, once they are large enough. */
export const drawAreas = (ink: CanvasRenderingContext2D, scene: Scene): void => {
  const shown = ramp(scene.camera.scale, 40, 58)
  if (shown <= 0.01) return
  for (const place of hexesWithin(boundsOf(scene.camera, 1))) {
    const packed = packHex(cubeOfAxial(place))
    const hex = packed === null ? undefined : scene.atlas.hexes.get(packed)
    if (hex?.isDiscovered) drawInside(ink, scene, hex, shown)
  }
  ink.globalAlpha = 1
}
