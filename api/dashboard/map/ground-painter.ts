/**
 * Brings hexes onto the ground: new ones fade in, changed ones change in place, and only what
 * changed is written.
 */
import type { Axial } from '../../../domain/hex.ts'
import type { Atlas } from '../state/atlas.ts'
import { isClaimableHex } from '../state/hex-facts.ts'
import type { HexPlace, MapHex } from '../state/world-types.ts'
import type { Scheme } from './colours.ts'
import { type Ground, STAMP_LIFE_SECONDS, stampAt } from './ground.ts'
import type { Warmth } from './heat.ts'
import { drawnHex } from './texels.ts'

/** Knows which hexes are on the ground, and which of them are still appearing. Times are in seconds. */
export class GroundPainter {
  readonly #ground: Ground
  readonly #claimable = new Map<string, HexPlace>()
  #fading: { q: number; r: number; until: number }[] = []
  #atlas: Atlas
  #scheme: Scheme
  #block = 0

  constructor(ground: Ground, atlas: Atlas, scheme: Scheme) {
    this.#ground = ground
    this.#atlas = atlas
    this.#scheme = scheme
  }

  /** Whether any hex is still fading in. */
  get isFading(): boolean {
    return this.#fading.length > 0
  }

  /** Hexes that can be claimed. */
  get claimable(): Iterable<Axial> {
    return this.#claimable.values()
  }

  /**
   * Writes places as the atlas has them. `delay` is in seconds, 0 … 2.5, before a new hex begins to
   * appear; null shows it at once.
   */
  paint(places: Iterable<HexPlace>, now: number, delay: ((place: Axial) => number) | null): void {
    for (const place of places) {
      const hex = this.#atlas.hexes.get(place.packed)
      if (hex === undefined) this.#erase(place)
      else this.#write(hex, now, delay)
    }
  }

  /** Shows another atlas: what both have stays, what only the old one had goes. */
  show(atlas: Atlas, now: number): void {
    const before = this.#atlas
    this.#atlas = atlas
    for (const { coordinate } of before.hexes.values()) {
      if (!atlas.hexes.has(coordinate.packed)) this.#erase(coordinate)
    }
    for (const hex of atlas.hexes.values()) this.#write(hex, now, () => 0)
  }

  /** Takes other colours: every territory's line depends on the scheme. */
  dress(scheme: Scheme): void {
    this.#scheme = scheme
    for (const hex of this.#atlas.hexes.values()) this.#write(hex, 0, null)
  }

  /** Decay goes on without events: hexes that have it are written as of the block. */
  setBlock(block: number): void {
    if (block === this.#block) return
    this.#block = block
    for (const hex of this.#atlas.hexes.values()) if (hex.decay !== null) this.#write(hex, 0, null)
  }

  /** Shows how busy hexes are. */
  warm(warmths: readonly Warmth[]): void {
    for (const { q, r, level } of warmths) this.#ground.field.setHeat(q, r, level)
  }

  /** Ends the appearance of hexes that are whole by now. */
  settle(now: number): void {
    if (this.#fading.length === 0) return
    const ready = this.#fading.filter(({ until }) => until <= now)
    if (ready.length === 0) return
    for (const { q, r } of ready) this.#ground.field.settle(q, r)
    this.#fading = this.#fading.filter(({ until }) => until > now)
  }

  #write(hex: MapHex, now: number, delay: ((place: Axial) => number) | null): void {
    const { q, r, packed } = hex.coordinate
    const { field } = this.#ground
    const drawn = drawnHex(hex, this.#block, this.#scheme)
    let stamp = field.stampOf(q, r)
    if (drawn !== null && !field.isDiscovered(q, r)) {
      stamp = delay === null ? 0 : stampAt(now + delay(hex.coordinate))
      if (stamp !== 0) this.#fading.push({ q, r, until: now + STAMP_LIFE_SECONDS })
    }
    field.set(q, r, drawn === null ? null : { ...drawn, stamp })
    if (isClaimableHex(hex)) this.#claimable.set(packed, hex.coordinate)
    else this.#claimable.delete(packed)
  }

  #erase({ q, r, packed }: HexPlace): void {
    this.#ground.field.set(q, r, null)
    this.#claimable.delete(packed)
  }
}
