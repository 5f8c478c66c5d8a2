/**
 * Names of controllers across their territories, as countries are named in an atlas; the largest
 * first, none over another.
 */
import { cssOf, ownerRgb } from './colours.ts'
import { type Box, cut, inkText, SERIF, takeRoom } from './ink.ts'
import { centreOf, toScreen } from './projection.ts'
import { ramp } from './ramp.ts'
import type { Scene } from './scene.ts'

const NAMES_MAX = 60
const ADVENTURERS_NAMED_SCALE = 34
const FONT_PIXELS_MIN = 10.5
const FONT_PIXELS_MAX = 24

/** Draws the names that fit; they fade out as single hexes come into view. */
export const drawNames = (ink: CanvasRenderingContext2D, scene: Scene): void => {
  const { camera, inks } = scene
  const strength =
    scene.layers.ownership * ramp(camera.scale, 2, 5) * (1 - ramp(camera.scale, 40, 58))
  if (strength <= 0.01) return
  const taken: Box[] = []
  ink.textAlign = 'center'
  ink.textBaseline = 'middle'
  for (const territory of scene.territories) {
    if (taken.length >= NAMES_MAX) break
    // Where adventurers' own names stand, a territory of a hex or two would only say the same once
    // more.
    if (camera.scale > ADVENTURERS_NAMED_SCALE && territory.hexes < 3) continue
    const width = territory.width * camera.scale
    const at = toScreen(camera, centreOf(territory.seat))
    if (at.x < -200 || at.y < -40 || at.x > camera.width + 200 || at.y > camera.height + 40)
      continue
    const name = cut(scene.nameOf(territory.ownerId), 24).toUpperCase()
    const size = Math.min(
      FONT_PIXELS_MAX,
      Math.max(FONT_PIXELS_MIN, (width * 0.82) / Math.max(4, name.length)),
    )
    if (width < 26) continue
    ink.font = `600 ${size.toFixed(1)}px ${SERIF}`
    ink.letterSpacing = `${(size * 0.14).toFixed(1)}px`
    const half = ink.measureText(name).width / 2 + 4
    const y = at.y - (camera.scale > 18 ? camera.scale * 0.55 : 0)
    const box = {
      left: at.x - half,
      right: at.x + half,
      top: y - size * 0.7,
      bottom: y + size * 0.7,
    }
    if (!takeRoom(taken, box)) continue
    ink.globalAlpha = strength
    ink.fillStyle = inks.scheme === 'dark' ? inks.text : cssOf(ownerRgb(territory.ownerId, 'light'))
    ink.lineWidth = 4
    inkText(ink, name, { x: at.x, y }, inks)
  }
  ink.letterSpacing = '0px'
  ink.globalAlpha = 1
}
