/**
 * The canvas above the ground: names, areas, adventurers and marks, drawn anew in each frame from
 * what is in view.
 */
import { drawAdventurers } from './draw-adventurers.ts'
import { drawAreas } from './draw-areas.ts'
import { drawMarks } from './draw-marks.ts'
import { drawNames } from './draw-names.ts'
import type { Scene } from './scene.ts'

/** Draws a frame. `density` is device pixels per CSS pixel. */
export const drawOverlay = (
  canvas: HTMLCanvasElement,
  ink: CanvasRenderingContext2D,
  scene: Scene,
  density: number,
): void => {
  const width = Math.max(1, Math.round(scene.camera.width * density))
  const height = Math.max(1, Math.round(scene.camera.height * density))
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width
    canvas.height = height
  }
  ink.setTransform(1, 0, 0, 1, 0, 0)
  ink.clearRect(0, 0, width, height)
  ink.setTransform(density, 0, 0, density, 0, 0)
  drawAreas(ink, scene)
  drawMarks(ink, scene)
  drawAdventurers(ink, scene)
  drawNames(ink, scene)
}
