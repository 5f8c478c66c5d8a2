/** One texture of the ground: four bytes per hex, kept here and sent to the graphics card row by row when they changed. */
import { WINDOW } from './texels.ts'

const ROW_BYTES = WINDOW * 4

/** Texel columns of a row that changed: first and last. */
type Span = { first: number; last: number }

export class GroundTexture {
  readonly #gl: WebGL2RenderingContext
  readonly #unit: number
  readonly #kind: 'whole' | 'fraction'
  readonly #bytes = new Uint8Array(WINDOW * ROW_BYTES)
  readonly #dirty = new Map<number, Span>()

  /** `whole` is read as integers by the shader, `fraction` as 0 … 1. */
  constructor(gl: WebGL2RenderingContext, unit: number, kind: 'whole' | 'fraction') {
    this.#gl = gl
    this.#unit = unit
    this.#kind = kind
    this.recreate()
  }

  byte(at: number): number {
    return this.#bytes[at] ?? 0
  }

  /** Writes one texel whose first byte is at `at`. */
  write(at: number, texel: readonly number[]): void {
    this.#bytes.set(texel, at)
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
    this.#bind()
    for (const [row, { first, last }] of this.#dirty) {
      const width = last - first + 1
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
        row * ROW_BYTES + first * 4,
      )
    }
    this.#dirty.clear()
  }

  /** Makes the texture anew from the bytes, at the start and after the context was lost. */
  recreate(): void {
    const gl = this.#gl
    gl.activeTexture(gl.TEXTURE0 + this.#unit)
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture())
    const inside = this.#kind === 'whole' ? gl.RGBA8UI : gl.RGBA8
    gl.texImage2D(gl.TEXTURE_2D, 0, inside, WINDOW, WINDOW, 0, this.#format, gl.UNSIGNED_BYTE, this.#bytes)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
    this.#dirty.clear()
  }

  get #format(): number {
    return this.#kind === 'whole' ? this.#gl.RGBA_INTEGER : this.#gl.RGBA
  }

  #bind(): void {
    this.#gl.activeTexture(this.#gl.TEXTURE0 + this.#unit)
  }
}
