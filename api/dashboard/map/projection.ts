/**
 * The plane on which the map is drawn: pointy-top hexes of circumradius 1, x to the right and y
 * downwards, as the API's outlines have it (game.md §3.2). A camera looks at a point of that plane;
 * `scale` is CSS pixels per unit.
 */
import type { Axial } from '../../../domain/hex.ts'

/** A point of the plane in its units, or of the screen in CSS pixels from the map's left top corner. */
export type Point = Readonly<{ x: number; y: number }>

/**
 * What the map shows: a centre in plane units, a scale in CSS pixels per unit, and a size in CSS
 * pixels.
 */
export type Camera = Readonly<{
  x: number
  y: number
  scale: number
  width: number
  height: number
}>

/** A rectangle of the plane, in its units. */
export type Bounds = Readonly<{ left: number; top: number; right: number; bottom: number }>

/** Distance of two hexes' centres that touch, in plane units. */
const SQRT3 = Math.sqrt(3)
/** Bounds of the scale, CSS pixels per unit: continents at one end … */
export const SCALE_MIN = 1.2
/** … the inside of a hex at the other. */
export const SCALE_MAX = 220
/** The scale with which a map begins. */
export const SCALE_FIRST = 26

/** Corners of a hex around its centre, clockwise from the top. */
export const CORNERS: readonly Point[] = [0, 1, 2, 3, 4, 5].map((at) => {
  const angle = (at * Math.PI) / 3 - Math.PI / 2
  return { x: Math.cos(angle), y: Math.sin(angle) }
})

/** Centre of a hex in the plane. */
export const centreOf = ({ q, r }: Axial): Point => ({ x: SQRT3 * (q + r / 2), y: 1.5 * r })

/** Axial coordinates of a point of the plane, not rounded to a hex. */
export const axialAt = ({ x, y }: Point): Axial => ({ q: x / SQRT3 - y / 3, r: (2 / 3) * y })

/** The hex that contains a point of the plane. */
export const hexAt = (point: Point): Axial => {
  const { q, r } = axialAt(point)
  const s = -q - r
  let roundedQ = Math.round(q)
  let roundedR = Math.round(r)
  const roundedS = Math.round(s)
  const offQ = Math.abs(roundedQ - q)
  const offR = Math.abs(roundedR - r)
  const offS = Math.abs(roundedS - s)
  if (offQ > offR && offQ > offS) roundedQ = -roundedR - roundedS
  else if (offR > offS) roundedR = -roundedQ - roundedS
  return { q: roundedQ || 0, r: roundedR || 0 }
}

/** A point of the plane as the camera shows it. */
export const toScreen = (camera: Camera, { x, y }: Point): Point => ({
  x: (x - camera.x) * camera.scale + camera.width / 2,
  y: (y - camera.y) * camera.scale + camera.height / 2,
})

/** The point of the plane that the camera shows at a point of the screen. */
export const toPlane = (camera: Camera, { x, y }: Point): Point => ({
  x: (x - camera.width / 2) / camera.scale + camera.x,
  y: (y - camera.height / 2) / camera.scale + camera.y,
})

/** The point at a part, 0 … 1, of the way from one to another. */
export const mixPoints = (one: Point, other: Point, part: number): Point => ({
  x: one.x + (other.x - one.x) * part,
  y: one.y + (other.y - one.y) * part,
})

/** The part of the plane in view, `margin` units wider on every side. */
export const boundsOf = (camera: Camera, margin = 0): Bounds => {
  const halfWidth = camera.width / 2 / camera.scale + margin
  const halfHeight = camera.height / 2 / camera.scale + margin
  return {
    left: camera.x - halfWidth,
    right: camera.x + halfWidth,
    top: camera.y - halfHeight,
    bottom: camera.y + halfHeight,
  }
}

/** Whether a point lies within bounds or on their edge. */
export const contains = (bounds: Bounds, { x, y }: Point): boolean =>
  x >= bounds.left && x <= bounds.right && y >= bounds.top && y <= bounds.bottom

/** Every hex whose centre lies within the bounds, row by row. */
export function* hexesWithin(bounds: Bounds): Generator<Axial> {
  for (let r = Math.ceil(bounds.top / 1.5); r <= Math.floor(bounds.bottom / 1.5); r++) {
    const from = Math.ceil(bounds.left / SQRT3 - r / 2)
    const to = Math.floor(bounds.right / SQRT3 - r / 2)
    for (let q = from; q <= to; q++) yield { q, r }
  }
}

/**
 * CSS pixels that panels take from the sides and from above and below, when the window is wide
 * enough for them.
 */
const PANELS = { sides: 590, ends: 190, fromWidth: 821 }

/** The chronicle with its gaps, the card, the strip and the dock, in CSS pixels of a wide window. */
const BESIDE_CARD = { left: 344, right: 384, top: 56, bottom: 92 }
/** The strip of a narrow window, and the sheet that the card is there: a share of it, at most so high. */
const ABOVE_SHEET = { top: 92, share: 0.62, heightMax: 560 }

/** What is left of the map while something is selected, in CSS pixels. */
const roomIn = ({ width, height }: Pick<Camera, 'width' | 'height'>): Bounds => {
  const { left, right, top, bottom } = BESIDE_CARD
  if (width >= PANELS.fromWidth)
    return { left, right: Math.max(left, width - right), top, bottom: height - bottom }
  const sheet = Math.min(ABOVE_SHEET.heightMax, height * ABOVE_SHEET.share)
  return { left: 0, right: width, top: ABOVE_SHEET.top, bottom: height - sheet }
}

/** Where a camera looks that shows a point of the plane in the middle of what is left of the map. */
export const besidePanels = (
  view: Pick<Camera, 'width' | 'height'>,
  { x, y }: Point,
  scale: number,
): Point => {
  const { left, right, top, bottom } = roomIn(view)
  return {
    x: x - ((left + right) / 2 - view.width / 2) / scale,
    y: y - ((top + bottom) / 2 - view.height / 2) / scale,
  }
}

/** Whether a point of the plane lies under a panel, or outside of the window. */
export const isCovered = (camera: Camera, point: Point): boolean =>
  !contains(roomIn(camera), toScreen(camera, point))

/**
 * The camera that shows all the given hexes beside the panels, at a scale between the limits. Null
 * for no hexes.
 */
export const cameraOver = (
  hexes: Iterable<Axial>,
  view: Pick<Camera, 'width' | 'height'>,
  limits: Readonly<{ scaleMin: number; scaleMax: number }>,
): Camera | null => {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const hex of hexes) {
    const { x, y } = centreOf(hex)
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  if (left > right) return null
  const sides = view.width >= PANELS.fromWidth ? PANELS.sides : 0
  const fitting = Math.min(
    (view.width - sides) / (right - left + 4),
    Math.max(120, view.height - PANELS.ends) / (bottom - top + 4),
  )
  const scale = Math.min(limits.scaleMax, Math.max(limits.scaleMin, fitting))
  // The chronicle on the left is wider than the legend on the right.
  const shift = sides === 0 ? 0 : 45 / scale
  return {
    x: (left + right) / 2 - shift,
    y: (top + bottom) / 2,
    scale,
    width: view.width,
    height: view.height,
  }
}
