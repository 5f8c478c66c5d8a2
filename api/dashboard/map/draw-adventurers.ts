/**
 * Adventurers as small marks in their colour with a ring of their energy. Where they would cover
 * each other they are gathered into a count; one that moves walks its trace.
 */

import type { Standing } from '../state/atlas.ts'
import { cssOf, ownerRgb } from './colours.ts'
import { type Box, circle, cut, inkText, SANS, takeRoom } from './ink.ts'
import { centreOf, mixPoints, type Point, toScreen } from './projection.ts'
import { ramp } from './ramp.ts'
import { type Scene, TRAIL_SECONDS, WALK_SECONDS } from './scene.ts'
import type { OverlayInks } from './themes.ts'

type Mark = Readonly<{ at: Point; members: readonly Standing[] }>

/** Members of a crowd that have a slice of its ring each. */
const CROWD_SLICES_MAX = 24

/** Radius of a mark in CSS pixels. */
const radiusOf = (scale: number): number => 3.2 + 6 * ramp(scale, 6, 46)

/** Where in its hex a mark stands: in the middle, and below the areas when these are drawn. */
const groundOf = (standing: Standing, scale: number): Point => {
  const { x, y } = centreOf(standing.place)
  return { x, y: y + 0.58 * ramp(scale, 40, 60) }
}

/** Where the adventurers that walk are by now, in plane units. */
const walkersOf = (scene: Scene): Map<string, Point> => {
  const moving = new Map<string, Point>()
  if (scene.isCalm) return moving
  for (const walk of scene.walks) {
    const part = (scene.now - walk.since) / WALK_SECONDS
    if (part >= 1) continue
    moving.set(
      walk.adventurerId,
      mixPoints(centreOf(walk.from), centreOf(walk.to), ramp(part, 0, 1)),
    )
  }
  return moving
}

/** Gathers what lies in the same cell of a screen grid, or, from mid zoom on, in the same hex. */
const gather = (scene: Scene): Mark[] => {
  const { camera } = scene
  const moving = walkersOf(scene)
  const cells = new Map<string, { x: number; y: number; members: Standing[] }>()
  const grid = radiusOf(camera.scale) * 3
  for (const standing of scene.atlas.adventurers.values()) {
    const walking = moving.get(standing.adventurer.id)
    const at = toScreen(camera, walking ?? groundOf(standing, camera.scale))
    if (at.x < -30 || at.y < -30 || at.x > camera.width + 30 || at.y > camera.height + 30) continue
    const key =
      walking !== undefined
        ? standing.adventurer.id
        : camera.scale > 20
          ? standing.place.packed
          : `${Math.floor(at.x / grid)},${Math.floor(at.y / grid)}`
    const cell = cells.get(key)
    if (cell === undefined) cells.set(key, { ...at, members: [standing] })
    else cell.members.push(standing)
  }
  return [...cells.values()].map(({ x, y, members }) => ({
    at: { x, y },
    members: members.sort(
      (one, other) => Number(other.adventurer.isAlive) - Number(one.adventurer.isAlive),
    ),
  }))
}

const drawCross = (ink: CanvasRenderingContext2D, { x, y }: Point, reach: number): void => {
  ink.lineWidth = 1.6
  ink.beginPath()
  ink.moveTo(x - reach, y - reach)
  ink.lineTo(x + reach, y + reach)
  ink.moveTo(x + reach, y - reach)
  ink.lineTo(x - reach, y + reach)
  ink.stroke()
}

/** A faint circle, and over it as much of it as the adventurer has of its energy. */
const drawEnergy = (
  ink: CanvasRenderingContext2D,
  { camera, inks }: Scene,
  at: Point,
  { effectiveEnergy, maxEnergy }: Standing['adventurer'],
): void => {
  const ringed = ramp(camera.scale, 9, 15)
  if (ringed <= 0.01) return
  const radius = radiusOf(camera.scale) + 1.6
  const share = Math.min(1, effectiveEnergy / Math.max(1, maxEnergy))
  const shown = ink.globalAlpha
  ink.lineWidth = 1.8
  ink.strokeStyle = inks.line
  ink.globalAlpha = shown * ringed * 0.35
  circle(ink, at, radius)
  ink.stroke()
  ink.globalAlpha = shown * ringed
  ink.strokeStyle = inks.text
  ink.beginPath()
  ink.arc(at.x, at.y, radius, -Math.PI / 2, -Math.PI / 2 + share * Math.PI * 2)
  ink.stroke()
  ink.globalAlpha = shown
}

const inkOf = ({ id, isAlive }: Standing['adventurer'], { scheme, dead }: OverlayInks): string =>
  isAlive ? cssOf(ownerRgb(id, scheme)) : dead

const drawOne = (
  ink: CanvasRenderingContext2D,
  scene: Scene,
  at: Point,
  { adventurer }: Standing,
): void => {
  const { camera, inks } = scene
  const radius = radiusOf(camera.scale)
  const colour = inkOf(adventurer, inks)
  ink.fillStyle = inks.panel
  circle(ink, at, radius + 1 + 2 * ramp(camera.scale, 9, 15))
  ink.fill()
  if (!adventurer.isAlive) {
    ink.strokeStyle = colour
    drawCross(ink, at, radius * 0.6)
    return
  }
  ink.fillStyle = colour
  circle(ink, at, radius - 1)
  ink.fill()
  drawEnergy(ink, scene, at, adventurer)
}

const drawCrowd = (
  ink: CanvasRenderingContext2D,
  scene: Scene,
  at: Point,
  members: readonly Standing[],
): void => {
  const { inks } = scene
  const radius = radiusOf(scene.camera.scale) + 4
  ink.fillStyle = inks.panel
  circle(ink, at, radius + 2)
  ink.fill()
  const slice = (Math.PI * 2) / members.length
  ink.lineWidth = 2.6
  members.slice(0, CROWD_SLICES_MAX).forEach(({ adventurer }, number) => {
    ink.strokeStyle = inkOf(adventurer, inks)
    ink.beginPath()
    ink.arc(
      at.x,
      at.y,
      radius,
      number * slice - Math.PI / 2,
      (number + 1) * slice - Math.PI / 2 - 0.06,
    )
    ink.stroke()
  })
  ink.font = `700 ${Math.round(radius * 1.05)}px ${SANS}`
  ink.textAlign = 'center'
  ink.textBaseline = 'middle'
  ink.fillStyle = inks.text
  ink.fillText(String(members.length), at.x, at.y + 0.5)
}

const drawLabel = (
  ink: CanvasRenderingContext2D,
  scene: Scene,
  { at, members }: Mark,
  taken: Box[],
): void => {
  const shown = ramp(scene.camera.scale, 30, 44)
  if (shown <= 0.01) return
  const names = members.slice(0, 3).map(({ adventurer }) => cut(adventurer.name, 16))
  const text =
    members.length > 3 ? `${names.slice(0, 2).join(', ')} +${members.length - 2}` : names.join(', ')
  ink.font = `500 ${scene.camera.scale > 70 ? 12 : 11}px ${SANS}`
  ink.textAlign = 'center'
  ink.textBaseline = 'top'
  const half = ink.measureText(text).width / 2 + 2
  const top = at.y + radiusOf(scene.camera.scale) + 6
  const box = { left: at.x - half, right: at.x + half, top, bottom: top + 14 }
  if (!takeRoom(taken, box)) return
  ink.globalAlpha *= shown
  ink.fillStyle = scene.inks.text
  ink.lineWidth = 3.2
  inkText(ink, text, { x: at.x, y: top }, scene.inks)
  ink.globalAlpha /= shown
}

/** The way that walkers came, fading. */
const drawTrails = (ink: CanvasRenderingContext2D, scene: Scene): void => {
  for (const walk of scene.walks) {
    const age = scene.now - walk.since
    const left = 1 - age / TRAIL_SECONDS
    if (left <= 0) continue
    const from = toScreen(scene.camera, centreOf(walk.from))
    const reached = scene.isCalm ? 1 : ramp(age / WALK_SECONDS, 0, 1)
    const to = mixPoints(from, toScreen(scene.camera, centreOf(walk.to)), reached)
    ink.globalAlpha = left * scene.layers.adventurers
    ink.strokeStyle = cssOf(ownerRgb(walk.adventurerId, scene.inks.scheme))
    ink.lineWidth = 2
    ink.setLineDash([1, 5])
    ink.lineCap = 'round'
    ink.beginPath()
    ink.moveTo(from.x, from.y)
    ink.lineTo(to.x, to.y)
    ink.stroke()
    ink.setLineDash([])
  }
  ink.globalAlpha = 1
}

/** Trails, marks, counts and, from mid zoom on, names. */
export const drawAdventurers = (ink: CanvasRenderingContext2D, scene: Scene): void => {
  if (scene.layers.adventurers <= 0.01) return
  drawTrails(ink, scene)
  ink.globalAlpha = scene.layers.adventurers
  const labels: Box[] = []
  for (const mark of gather(scene)) {
    const [only] = mark.members
    if (only !== undefined && mark.members.length === 1) drawOne(ink, scene, mark.at, only)
    else drawCrowd(ink, scene, mark.at, mark.members)
    drawLabel(ink, scene, mark, labels)
  }
  ink.globalAlpha = 1
}

/**
 * The adventurer whose mark stands alone under a point of the screen; null for none or for a crowd.
 */
export const adventurerAt = (scene: Scene, point: Point): string | null => {
  if (scene.layers.adventurers < 0.5) return null
  const reach = radiusOf(scene.camera.scale) + 5
  for (const { at, members } of gather(scene)) {
    const [only] = members
    const near = Math.hypot(at.x - point.x, at.y - point.y) <= reach
    if (near && only !== undefined && members.length === 1) return only.adventurer.id
  }
  return null
}
