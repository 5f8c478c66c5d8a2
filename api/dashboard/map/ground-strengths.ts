/**
 * How strongly each thing of the ground shows at a scale: the three levels of detail as smooth
 * ramps, so that nothing appears suddenly. From afar territories lead and single biomes step back;
 * near, the areas take the place of signs.
 */
import type { Rgb } from './colours.ts'
import { GLYPH_PIXELS } from './glyph-atlas.ts'
import { ramp } from './ramp.ts'
import type { GroundInks } from './themes.ts'

/** Strength of each layer, 0 … 1. */
export type GroundLayers = Readonly<{
  biome: number
  ownership: number
  decay: number
  heat: number
  resources: number
}>

/** Values of the shader's uniforms by name without "u_"; all 0 … 1 but for the last three. */
export type GroundStrengths = Readonly<{
  lattice: number
  edges: number
  rims: number
  signs: number
  decay: number
  hatch: number
  heat: number
  tint: number
  wash: number
  border: number
  keyline: number
  pips: number
  rings: number
  /** Mipmap level of the signs. */
  signLevel: number
  /** Device pixels. */
  borderWidth: number
}>

/** The shader shows 1 / 0.56 units of a sign's square side. */
const SIGN_PIXELS_PER_UNIT = GLYPH_PIXELS * 0.56

/** `scale` is in CSS pixels per unit, `density` in device pixels per CSS pixel. */
export const strengthsAt = (
  scale: number,
  density: number,
  layers: GroundLayers,
  isDark: boolean,
): GroundStrengths => {
  const far = 1 - ramp(scale, 3.5, 11)
  return {
    lattice: ramp(scale, 5, 16) * (isDark ? 0.07 : 0.16),
    edges: ramp(scale, 5, 12) * 0.5,
    rims: ramp(scale, 9, 24) * 0.1,
    signs: ramp(scale, 9, 17) * (1 - 0.7 * ramp(scale, 44, 72)) * layers.biome,
    decay: layers.decay,
    hatch: ramp(scale, 5, 10) * 0.45,
    heat: layers.heat,
    tint: (far * 0.5 + 0.04 * (1 - far)) * layers.ownership,
    wash: (isDark ? 0.42 : 0.46) * (1 - far) * layers.ownership,
    border: layers.ownership,
    keyline: ramp(scale, 8, 20) * 0.45 * layers.ownership,
    pips: layers.resources * ramp(scale, 8, 14) * (1 - ramp(scale, 42, 56)),
    rings: ramp(scale, 3, 8) * Math.max(layers.decay, layers.ownership),
    signLevel: Math.max(0, Math.log2(SIGN_PIXELS_PER_UNIT / (scale * density))),
    borderWidth: (1.3 + 2.1 * ramp(scale, 4, 40)) * density,
  }
}

const mixed = (one: Rgb, other: Rgb, part: number): Rgb => [
  one[0] + (other[0] - one[0]) * part,
  one[1] + (other[1] - one[1]) * part,
  one[2] + (other[2] - one[2]) * part,
]

const grey = ([red, green, blue]: Rgb, gain: number): Rgb => {
  const luma = (0.299 * red + 0.587 * green + 0.114 * blue) * gain
  return [luma, luma, luma]
}

/**
 * The biomes' colours of a frame: plain without their layer, muted from afar, grey under the heat
 * of activity.
 */
export const paletteAt = (
  scale: number,
  layers: GroundLayers,
  { palette, plain, land, isDark }: GroundInks,
): Rgb[] => {
  const back = 0.62 * (1 - ramp(scale, 2.5, 12))
  return palette.map((biome) => {
    const filled = mixed(plain, mixed(biome, land, back), layers.biome)
    return mixed(filled, grey(filled, isDark ? 0.6 : 1.05), 0.5 * layers.heat)
  })
}
