/**
 * The ground of the map in WebGL2: a shader that computes each pixel from two textures with one
 * texel per hex, so that its cost does not grow with the world and a changed hex is four changed
 * bytes. It knows texels, not hexes.
 */
import { FatalError } from '../../../domain/errors.ts'
import { createGlyphAtlas } from './glyph-atlas.ts'
import fragmentSource from './ground.frag.glsl'
import vertexSource from './ground.vert.glsl'
import { type GroundLayers, paletteAt, strengthsAt } from './ground-strengths.ts'
import { GroundTexture } from './ground-texture.ts'
import { type Camera, centreOf, hexAt } from './projection.ts'
import { TexelField } from './texel-field.ts'
import type { GroundInks } from './themes.ts'

/** What one frame of the ground is drawn by. */
export type GroundFrame = Readonly<{
  camera: Camera
  /** Device pixels per CSS pixel; lower while the map moves on a slow machine. */
  density: number
  layers: GroundLayers
  /** Seconds on any clock that the stamps share. */
  seconds: number
  /** Samples a pixel; fewer on a slow machine. */
  samples: 1 | 2 | 4
  /** Whether to wait for the graphics card and tell how long it took. */
  isMeasured: boolean
}>

/** Stamps count 32nds of a second modulo 255, from 1; 0 stands for "long ago". */
const TICKS_PER_SECOND = 32
const TICKS = 255
const tickAt = (seconds: number): number => ((seconds * TICKS_PER_SECOND) % TICKS) + 1
/** The stamp of a hex that begins to appear at this time, at most 2.5 s ahead. */
export const stampAt = (seconds: number): number => Math.floor(tickAt(seconds))
/** Seconds after which a stamp must be settled, or it would be read as one of the next round. */
export const STAMP_LIFE_SECONDS = 4
/**
 * Hexes that shader coordinates are relative to are this far apart, so that float32 stays exact
 * enough.
 */
const ORIGIN_STEP = 256

const compile = (gl: WebGL2RenderingContext, kind: number, source: string): WebGLShader => {
  const shader = gl.createShader(kind)
  if (shader === null)
    throw new FatalError('the graphics context was lost while the map was set up')
  gl.shaderSource(shader, source)
  gl.compileShader(shader)
  return shader
}

const link = (gl: WebGL2RenderingContext): WebGLProgram => {
  const program = gl.createProgram()
  gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, vertexSource))
  gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, fragmentSource))
  gl.linkProgram(program)
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new FatalError(
      `the map's shader does not build: ${gl.getProgramInfoLog(program) ?? 'no reason given'}`,
    )
  }
  return program
}

const GLYPH_UNIT = 2

const uploadGlyphs = (gl: WebGL2RenderingContext): void => {
  const atlas = createGlyphAtlas()
  gl.activeTexture(gl.TEXTURE0 + GLYPH_UNIT)
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture())
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true)
  if (atlas === null)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 1, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4))
  else gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, atlas)
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false)
  gl.generateMipmap(gl.TEXTURE_2D)
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR)
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
}

/** Holds the graphics context of one canvas. */
export class Ground {
  /** What is drawn: written by the painter of hexes, sent to the graphics card with the next frame. */
  readonly field: TexelField
  readonly #canvas: HTMLCanvasElement
  readonly #gl: WebGL2RenderingContext
  readonly #cells: GroundTexture
  readonly #owners: GroundTexture
  #program: WebGLProgram
  #places = new Map<string, WebGLUniformLocation | null>()
  #inks: GroundInks
  readonly #onePixel = new Uint8Array(4)

  constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, inks: GroundInks) {
    this.#canvas = canvas
    this.#gl = gl
    this.#inks = inks
    this.field = new TexelField((texel) => {
      this.#cells.mark(texel)
      this.#owners.mark(texel)
    })
    this.#cells = new GroundTexture(gl, 0, 'whole', this.field.cells)
    this.#owners = new GroundTexture(gl, 1, 'fraction', this.field.owners)
    this.#program = this.#setUp()
    canvas.addEventListener('webglcontextlost', (event) => event.preventDefault())
    canvas.addEventListener('webglcontextrestored', () => {
      this.#cells.recreate()
      this.#owners.recreate()
      this.#program = this.#setUp()
    })
  }

  /** Takes other colours from the next frame on. */
  dress(inks: GroundInks): void {
    this.#inks = inks
    this.#setInks()
  }

  /** Draws a frame; returns the milliseconds that it took if that was asked for, else null. */
  draw(frame: GroundFrame): number | null {
    const gl = this.#gl
    if (gl.isContextLost()) return null
    this.#cells.flush()
    this.#owners.flush()
    const { camera, density } = frame
    const width = Math.max(1, Math.round(camera.width * density))
    const height = Math.max(1, Math.round(camera.height * density))
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width
      this.#canvas.height = height
    }
    gl.viewport(0, 0, width, height)
    this.#setView(frame, width, height)
    this.#setLooks(frame)
    const started = performance.now()
    gl.drawArrays(gl.TRIANGLES, 0, 3)
    if (!frame.isMeasured) return null
    // Reading one pixel back waits until all are drawn.
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, this.#onePixel)
    return performance.now() - started
  }

  #setView(
    { camera, density, seconds, samples }: GroundFrame,
    width: number,
    height: number,
  ): void {
    const gl = this.#gl
    const middle = hexAt(camera)
    const q = Math.round(middle.q / ORIGIN_STEP) * ORIGIN_STEP
    const r = Math.round(middle.r / ORIGIN_STEP) * ORIGIN_STEP
    const origin = centreOf({ q, r })
    gl.uniform2f(this.#at('u_size'), width, height)
    gl.uniform1f(this.#at('u_scale'), camera.scale * density)
    gl.uniform1f(this.#at('u_dpr'), density)
    gl.uniform2f(this.#at('u_centre'), camera.x - origin.x, camera.y - origin.y)
    gl.uniform2i(this.#at('u_origin'), q, r)
    gl.uniform1f(this.#at('u_tick'), tickAt(seconds))
    gl.uniform1i(this.#at('u_samples'), samples)
  }

  #setLooks({ camera, density, layers }: GroundFrame): void {
    const gl = this.#gl
    const palette = paletteAt(camera.scale, layers, this.#inks)
    gl.uniform3fv(
      this.#at('u_palette'),
      palette.flat().map((byte) => byte / 255),
    )
    const strengths = strengthsAt(camera.scale, density, layers, this.#inks.isDark)
    for (const [name, strength] of Object.entries(strengths))
      gl.uniform1f(this.#at(`u_${name}`), strength)
  }

  #at(name: string): WebGLUniformLocation | null {
    let place = this.#places.get(name)
    if (place === undefined) {
      place = this.#gl.getUniformLocation(this.#program, name)
      this.#places.set(name, place)
    }
    return place
  }

  #setUp(): WebGLProgram {
    const gl = this.#gl
    const program = link(gl)
    this.#program = program
    this.#places.clear()
    gl.useProgram(program)
    gl.bindVertexArray(gl.createVertexArray())
    uploadGlyphs(gl)
    gl.uniform1i(this.#at('u_cells'), 0)
    gl.uniform1i(this.#at('u_owners'), 1)
    gl.uniform1i(this.#at('u_glyphs'), GLYPH_UNIT)
    this.#setInks()
    return program
  }

  #setInks(): void {
    const gl = this.#gl
    const { void: ground, glow, ink, lumen, ember, alarm, isDark } = this.#inks
    gl.uniform1f(this.#at('u_dark'), isDark ? 1 : 0)
    for (const [name, rgb] of Object.entries({ void: ground, glow, ink, lumen, ember, alarm })) {
      gl.uniform3f(this.#at(`u_${name}`), rgb[0] / 255, rgb[1] / 255, rgb[2] / 255)
    }
  }
}

/** The ground on a canvas; null where the browser gives no WebGL2. */
export const createGround = (canvas: HTMLCanvasElement, inks: GroundInks): Ground | null => {
  const gl = canvas.getContext('webgl2', {
    antialias: false,
    alpha: false,
    powerPreference: 'low-power',
  })
  return gl === null ? null : new Ground(canvas, gl, inks)
}
