/** How strongly each layer shows: a layer that is switched fades, it does not jump. */
import { LAYERS, type Layer } from '../view-url.ts'

const FADE_SECONDS = 0.3

/** Strengths are 0 … 1. Begins with the given layers in full. */
export class LayerFader {
  readonly #aims: Record<Layer, number>
  #strengths: Readonly<Record<Layer, number>>
  #steppedAt: number | null = null

  constructor(shown: readonly Layer[]) {
    this.#aims = strengthsOf(shown)
    this.#strengths = { ...this.#aims }
  }

  /** Of each layer as of the last step. */
  get strengths(): Readonly<Record<Layer, number>> {
    return this.#strengths
  }

  /** Whether any layer is still on its way. */
  get isFading(): boolean {
    return LAYERS.some((layer) => this.#strengths[layer] !== this.#aims[layer])
  }

  /** Sets which layers are to be shown; at once when motion is to be avoided. */
  aim(shown: readonly Layer[], isCalm: boolean): void {
    Object.assign(this.#aims, strengthsOf(shown))
    if (isCalm) this.#strengths = { ...this.#aims }
  }

  /** Moves every layer towards its aim; `now` in seconds. */
  step(now: number): void {
    if (!this.isFading) {
      this.#steppedAt = null
      return
    }
    const stepMax = this.#steppedAt === null ? 0.05 : (now - this.#steppedAt) / FADE_SECONDS
    this.#steppedAt = now
    const next = { ...this.#strengths }
    for (const layer of LAYERS) {
      const off = this.#aims[layer] - next[layer]
      next[layer] =
        Math.abs(off) <= stepMax ? this.#aims[layer] : next[layer] + Math.sign(off) * stepMax
    }
    this.#strengths = next
  }
}

const strengthsOf = (shown: readonly Layer[]): Record<Layer, number> => ({
  biome: shown.includes('biome') ? 1 : 0,
  ownership: shown.includes('ownership') ? 1 : 0,
  decay: shown.includes('decay') ? 1 : 0,
  heat: shown.includes('heat') ? 1 : 0,
  resources: shown.includes('resources') ? 1 : 0,
  adventurers: shown.includes('adventurers') ? 1 : 0,
})
