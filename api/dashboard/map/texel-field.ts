/**
 * The hexes as the map's shader reads them: one texel of each of two textures. The textures are
 * tori of `WINDOW` hexes a side over the axial plane: the sectors that are followed at once span
 * less, so no two hexes ever share a texel.
 *
 * cells   R: 0 unknown, 31 unknown beside a discovered hex, else biome + 1 | 32 claimable | 64 claimed | 128 mine field
 *         G: decay level 0…100 | 128 plant field; of an unknown hex: its sides with discovered neighbours
 *         B: activity 0…127 | 128 held by somebody   A: 0 settled, else when it began to appear
 * owners  RGB: the controller's colour   A: sides with a neighbour that is not the controller's
 *
 * Sides are bits in the order of SIDES. They are kept here, when a hex changes, and not found by
 * the shader for each pixel: seven reads a pixel would become one.
 */
import type { Axial } from '../../../domain/hex.ts'
import type { Rgb } from './colours.ts'

/** Hexes along one side of the textures; a power of two. */
export const WINDOW = 1024
/** Code of an unknown hex beside a discovered one. */
export const SHORE = 31
const CODE = 31
const HELD = 128
const HEAT = 127

/** Neighbours in the order of the shader's normals: clockwise from the right. */
export const SIDES: readonly Axial[] = [
  { q: 1, r: 0 },
  { q: 0, r: 1 },
  { q: -1, r: 1 },
  { q: -1, r: 0 },
  { q: 0, r: -1 },
  { q: 1, r: -1 },
]

/** What is drawn of a hex. */
export type Drawn = Readonly<{
  /** First two bytes of `cells`. */
  cell: readonly [number, number]
  /** Controller's colour, and a number that tells controllers apart; null for none. */
  owner: Readonly<{ colour: Rgb; id: number }> | null
  /** Byte that says when it began to appear; 0 for long ago. */
  stamp: number
}>

/** Offset of a hex's first byte in a texture of four bytes a texel. */
export const texelAt = (q: number, r: number): number =>
  ((r & (WINDOW - 1)) * WINDOW + (q & (WINDOW - 1))) * 4

/** Holds the bytes of both textures. */
export class TexelField {
  readonly cells = new Uint8Array(WINDOW * WINDOW * 4)
  readonly owners = new Uint8Array(WINDOW * WINDOW * 4)
  readonly #ownerIds = new Uint32Array(WINDOW * WINDOW)
  readonly #onChange: (texel: number) => void

  /** `onChange` is told the offset of each texel that changed. */
  constructor(onChange: (texel: number) => void) {
    this.#onChange = onChange
  }

  /** Whether a discovered hex stands there. */
  isDiscovered(q: number, r: number): boolean {
    const code = this.#byte(q, r, 0) & CODE
    return code !== 0 && code !== SHORE
  }

  /** Byte that says when a hex began to appear; 0 for long ago. */
  stampOf(q: number, r: number): number {
    return this.#byte(q, r, 3)
  }

  /** Writes a hex, and what its neighbours show because of it. Null for an unknown one. */
  set(q: number, r: number, drawn: Drawn | null): void {
    const at = texelAt(q, r)
    const wasDiscovered = this.isDiscovered(q, r)
    const ownerBefore = this.#ownerIds[at / 4] ?? 0
    const owner = drawn?.owner ?? null
    const heat = (this.cells[at + 2] ?? 0) & HEAT
    this.cells.set(
      [...(drawn?.cell ?? [0, 0]), heat | (owner === null ? 0 : HELD), drawn?.stamp ?? 0],
      at,
    )
    this.#ownerIds[at / 4] = owner?.id ?? 0
    this.owners.set(owner?.colour ?? [0, 0, 0], at)
    this.#onChange(at)
    const isDiscovered = this.isDiscovered(q, r)
    this.#findSides(q, r, drawn?.stamp ?? 0)
    if (isDiscovered === wasDiscovered && ownerBefore === (owner?.id ?? 0)) return
    for (const side of SIDES) this.#findSides(q + side.q, r + side.r, drawn?.stamp ?? 0)
  }

  /** Activity of a hex, 0 … 255. */
  setHeat(q: number, r: number, heat: number): void {
    const at = texelAt(q, r)
    const before = this.cells[at + 2] ?? 0
    const after = (before & HELD) | (heat >> 1)
    if (after === before) return
    this.cells[at + 2] = after
    this.#onChange(at)
  }

  /** Ends the appearance of a hex and of the light that it throws. */
  settle(q: number, r: number): void {
    for (const side of [{ q: 0, r: 0 }, ...SIDES]) {
      const at = texelAt(q + side.q, r + side.r)
      const code = (this.cells[at] ?? 0) & CODE
      if (this.cells[at + 3] === 0 || (code !== SHORE && (side.q !== 0 || side.r !== 0))) continue
      this.cells[at + 3] = 0
      this.#onChange(at)
    }
  }

  #byte(q: number, r: number, which: number): number {
    return this.cells[texelAt(q, r) + which] ?? 0
  }

  #ownerId(q: number, r: number): number {
    return this.#ownerIds[texelAt(q, r) / 4] ?? 0
  }

  /** Bits of the sides whose neighbour is such. */
  #sidesWhere(q: number, r: number, isSuch: (q: number, r: number) => boolean): number {
    return SIDES.reduce(
      (mask, side, bit) => (isSuch(q + side.q, r + side.r) ? mask | (1 << bit) : mask),
      0,
    )
  }

  #findSides(q: number, r: number, stamp: number): void {
    const at = texelAt(q, r)
    const ownerId = this.#ownerId(q, r)
    const border =
      ownerId === 0
        ? 0
        : this.#sidesWhere(q, r, (besideQ, besideR) => this.#ownerId(besideQ, besideR) !== ownerId)
    if (border !== this.owners[at + 3]) {
      this.owners[at + 3] = border
      this.#onChange(at)
    }
    if (this.isDiscovered(q, r)) return
    const shore = this.#sidesWhere(q, r, (besideQ, besideR) => this.isDiscovered(besideQ, besideR))
    if (shore === this.cells[at + 1] && (shore !== 0) === (this.cells[at] === SHORE)) return
    const isNewShore = this.cells[at] !== SHORE
    this.cells[at] = shore === 0 ? 0 : SHORE
    this.cells[at + 1] = shore
    this.cells[at + 3] = shore === 0 ? 0 : isNewShore ? stamp : (this.cells[at + 3] ?? 0)
    this.#onChange(at)
  }
}
