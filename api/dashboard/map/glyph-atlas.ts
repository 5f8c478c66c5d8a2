/**
 * Draws the signs of the biomes into one picture for the shader: dark ink in red, light ink in
 * green.
 */
import { BIOMES } from './colours.ts'
import { GLYPHS, type Glyph } from './glyph-shapes.ts'

const COLUMNS = 5
/** Pixels of one sign's square side. */
export const GLYPH_PIXELS = 128

const drawGlyph = (ink: CanvasRenderingContext2D, { lines, dark, light }: Glyph): void => {
  ink.fillStyle = '#f00'
  if (dark !== undefined) ink.fill(new Path2D(dark))
  ink.fillStyle = '#0f0'
  if (light !== undefined) ink.fill(new Path2D(light))
  if (lines === undefined) return
  ink.strokeStyle = '#f00'
  ink.lineWidth = 3.2
  ink.lineCap = 'round'
  ink.lineJoin = 'round'
  ink.stroke(new Path2D(lines))
}

/**
 * A square canvas of 5 × 5 signs, in the order of the biomes; null when the browser gives no 2D
 * context.
 */
export const createGlyphAtlas = (): HTMLCanvasElement | null => {
  const canvas = document.createElement('canvas')
  canvas.width = COLUMNS * GLYPH_PIXELS
  canvas.height = COLUMNS * GLYPH_PIXELS
  const ink = canvas.getContext('2d')
  if (ink === null) return null
  BIOMES.forEach(({ biome }, at) => {
    const size = GLYPH_PIXELS
    ink.setTransform(
      size / 100,
      0,
      0,
      size / 100,
      ((at % COLUMNS) + 0.5) * size,
      (Math.floor(at / COLUMNS) + 0.5) * size,
    )
    drawGlyph(ink, GLYPHS[biome])
  })
  return canvas
}
