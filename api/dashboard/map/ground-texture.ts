/**
 * One texture of the ground on the graphics card: rows that changed are sent again, and of them
 * only what changed.
 */
import { WINDOW } from './texel-field.ts'

const ROW_BYTES = WINDOW * 4

/** Texel columns of a row that changed: first and last. */
type Span = { first: number; last: number }

/** Holds a texture unit of the graphics context. */
export class GroundTexture {
  readonly #gl: WebGL2RenderingContext
  readonly #unit: number
  readonly #bytes: Uint8Array
  readonly #format: number
  readonly #inside: number
  readonly #dirty = new Map<number, Span>()

  /**
   * `whole` is read as integers by the shader, `fraction` as 0 … 1. The bytes stay the caller's,
   * and the caller marks what it changes.
   */
  constructor(
    gl: WebGL2RenderingContext,
    unit: number,
    kind: 'whole' | 'fraction',
    bytes: Uint8Array,
  ) {
    this.#gl = gl
    this.#unit = unit
    this.#bytes = bytes
    this.#format = kind === 'whole' ? gl.RGBA_INTEGER : gl.RGBA
    this.#inside = kind === 'whole' ? gl.RGBA8UI : gl.RGBA8
    this.recreate()
  }

  /** Marks one texel, by the offset of its first byte, as changed. */
  mark(at: number): void {
    const row = Math.floor(at / ROW_BYTES)
    const column = (at % ROW_BYTES) / 4
    const span = this.#dirty.get(row)
    if (span === undefined) {
      this.#dirty.set(row, { first: column, last: column })
    } else {
      span.first = Math.min(span.first, column)
      span.last = Math.max(span.last, column)
    }
  }

  /** Sends what changed since the last time. */
  flush(): void {
    if (this.#dirty.size === 0) return
    const gl = this.#gl
    gl.activeTexture(gl.TEXTURE0 + this.#unit)
    for (const [row, { first, last }] of this.#dirty) {
      const [width, from] = [last - first + 1, row * ROW_BYTES + first * 4]
      gl.texSubImage2D(
        gl.TEXTURE_2D,
        0,
        first,
        row,
        width,
        1,
        this.#format,
        gl.UNSIGNED_BYTE,
        this.#bytes,
        from,
      )
    }
    this.#dirty.clear()
  }

  /** Makes the texture anew from the bytes, at the start and after the context was lost. */
  recreate(): void {
    const gl = this.#gl
    gl.activeTexture(gl.TEXTURE0 + this.#unit)
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture())
    gl.texImage2D(
      gl.TEXTURE_2D,
      0,
      this.#inside,
      WINDOW,
      WINDOW,
      0,
      this.#format,
      gl.UNSIGNED_BYTE,
      this.#bytes,
    )
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
    this.#dirty.clear()
  }
}
