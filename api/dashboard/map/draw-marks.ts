/** Selection, hover, and the rings that spread from where something just happened. */
import type { Axial } from '../../../domain/hex.ts'
import type { Tone } from '../format/sentence-parts.ts'
import { CORNERS, centreOf, toScreen } from './projection.ts'
import { RIPPLE_SECONDS, type Scene } from './scene.ts'
import type { OverlayInks } from './themes.ts'

const outline = (ink: CanvasRenderingContext2D, scene: Scene, hex: Axial, size: number): void => {
  const { x, y } = centreOf(hex)
  ink.beginPath()
  for (const corner of CORNERS) {
    const at = toScreen(scene.camera, { x: x + corner.x * size, y: y + corner.y * size })
    ink.lineTo(at.x, at.y)
  }
  ink.closePath()
}

const toneInk = (tone: Tone, inks: OverlayInks): string => {
  switch (tone) {
    case 'discovery':
      return inks.text
    case 'danger':
    case 'rejection':
      return inks.alarm
    case 'work':
      return inks.leaf
    case 'economy':
      return inks.ore
    case 'movement':
    case 'ownership':
    case 'system':
      return inks.accent
    default:
      return tone satisfies never
  }
}

const drawRipples = (ink: CanvasRenderingContext2D, scene: Scene): void => {
  for (const { hex, tone, since } of scene.ripples) {
    const part = (scene.now - since) / RIPPLE_SECONDS
    if (part < 0 || part >= 1) continue
    ink.globalAlpha = (1 - part) ** 1.5 * 0.9
    ink.strokeStyle = toneInk(tone, scene.inks)
    ink.lineWidth = 2
    if (tone === 'rejection') ink.setLineDash([4, 4])
    const least = 7 / scene.camera.scale
    outline(ink, scene, hex, Math.max(least, scene.isCalm ? 0.9 : 0.5 + part * 0.75))
    ink.stroke()
    ink.setLineDash([])
  }
  ink.globalAlpha = 1
}

/**
 * Claimable hexes beat slowly; the ring that the ground has of them stands still when motion is to
 * be avoided.
 */
const drawBeats = (ink: CanvasRenderingContext2D, scene: Scene): void => {
  if (scene.isCalm || scene.layers.decay <= 0.01) return
  const beat = 0.5 - 0.5 * Math.cos(scene.now * 2.4)
  ink.strokeStyle = scene.inks.alarm
  ink.lineWidth = Math.max(1.5, scene.camera.scale * 0.032)
  ink.globalAlpha = beat * 0.65 * scene.layers.decay
  for (const hex of scene.claimable) {
    outline(ink, scene, hex, 0.77 - 0.05 * beat)
    ink.stroke()
  }
  ink.globalAlpha = 1
}

const selectedHex = ({ selection, atlas }: Scene): Axial | null => {
  if (selection === null) return null
  if (selection.kind === 'hex') return selection
  return atlas.adventurers.get(selection.id)?.place ?? null
}

/** Draws all of them; the selected hex over the rest. */
export const drawMarks = (ink: CanvasRenderingContext2D, scene: Scene): void => {
  drawBeats(ink, scene)
  drawRipples(ink, scene)
  const { inks, hover } = scene
  const selected = selectedHex(scene)
  if (hover !== null && scene.camera.scale > 7) {
    ink.strokeStyle = inks.line
    ink.lineWidth = 1.4
    outline(ink, scene, hover, 0.97)
    ink.stroke()
  }
  if (selected === null) return
  const size = Math.max(1, 9 / scene.camera.scale)
  outline(ink, scene, selected, size)
  ink.strokeStyle = inks.halo
  ink.lineWidth = 6
  ink.stroke()
  ink.strokeStyle = inks.accent
  ink.lineWidth = 2.6
  ink.stroke()
}
