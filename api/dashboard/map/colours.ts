/**
 * Colours of the map, given in OKLCH so that lightness means the same in every hue: the biomes in
 * families that differ in lightness too, and the line of an adventurer, whose hue is a hash of its
 * id at one lightness and chroma.
 */
import type { Biome } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'

/** The two looks of the map and the page, as the system asks for them. */
export type Scheme = 'dark' | 'light'

/** Red, green and blue, 0 … 255. */
export type Rgb = readonly [number, number, number]

/** Lightness 0 … 1, chroma 0 … 0.4, hue in degrees. */
export type Oklch = readonly [number, number, number]

const gamma = (linear: number): number => {
  const limited = Math.min(1, Math.max(0, linear))
  return Math.round(
    255 * (limited <= 0.0031308 ? 12.92 * limited : 1.055 * limited ** (1 / 2.4) - 0.055),
  )
}

/**
 * sRGB of a colour in OKLCH (matrices by Björn Ottosson); what lies outside the gamut is clipped.
 */
export const rgbOf = ([lightness, chroma, hue]: Oklch): Rgb => {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    gamma(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
    gamma(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
    gamma(-0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short),
  ]
}

/** A colour as CSS writes it; `alpha` 0 … 1. */
export const cssOf = ([red, green, blue]: Rgb, alpha = 1): string =>
  `rgb(${red} ${green} ${blue} / ${alpha})`

/** Biomes that look alike at a distance. */
export type BiomeFamily = 'green' | 'wet' | 'sand' | 'stone' | 'fire' | 'ice' | 'water'

const UNKNOWN: Oklch = [0.42, 0.008, 260]

/** Biomes in the game's order, each with its family and its colour on a dark ground. */
export const BIOMES: readonly Readonly<{ biome: Biome; family: BiomeFamily; colour: Oklch }>[] = [
  { biome: 'Unknown', family: 'stone', colour: UNKNOWN },
  { biome: 'Plains', family: 'green', colour: [0.645, 0.062, 116] },
  { biome: 'Forest', family: 'green', colour: [0.445, 0.055, 146] },
  { biome: 'Mountain', family: 'stone', colour: [0.505, 0.014, 262] },
  { biome: 'Desert', family: 'sand', colour: [0.745, 0.058, 82] },
  { biome: 'Swamp', family: 'wet', colour: [0.4, 0.042, 128] },
  { biome: 'Tundra', family: 'ice', colour: [0.68, 0.018, 190] },
  { biome: 'Taiga', family: 'green', colour: [0.415, 0.042, 176] },
  { biome: 'Jungle', family: 'green', colour: [0.395, 0.062, 152] },
  { biome: 'Savanna', family: 'sand', colour: [0.66, 0.066, 90] },
  { biome: 'Grassland', family: 'green', colour: [0.575, 0.068, 126] },
  { biome: 'Canyon', family: 'stone', colour: [0.545, 0.062, 52] },
  { biome: 'Badlands', family: 'stone', colour: [0.465, 0.045, 42] },
  { biome: 'Volcanic', family: 'fire', colour: [0.35, 0.066, 28] },
  { biome: 'Glacier', family: 'ice', colour: [0.82, 0.026, 225] },
  { biome: 'Wetlands', family: 'wet', colour: [0.525, 0.052, 166] },
  { biome: 'Steppe', family: 'sand', colour: [0.685, 0.05, 104] },
  { biome: 'Oasis', family: 'water', colour: [0.6, 0.062, 190] },
  { biome: 'Mire', family: 'wet', colour: [0.35, 0.034, 96] },
  { biome: 'Highlands', family: 'stone', colour: [0.57, 0.034, 118] },
  { biome: 'Coast', family: 'water', colour: [0.575, 0.052, 232] },
]

const BIOME_CODES: ReadonlyMap<string, number> = new Map(BIOMES.map(({ biome }, at) => [biome, at]))

/** Number of a biome in the game's order; 0 for one that is not known. */
export const biomeCode = (biome: Biome | null): number => BIOME_CODES.get(biome ?? 'Unknown') ?? 0

/**
 * The colour that a biome is filled with. On paper, inks are lighter and a little thinner than on the dark ground.
 */
export const biomeRgb = (code: number, scheme: Scheme): Rgb => {
  const [lightness, chroma, hue] = BIOMES[code]?.colour ?? UNKNOWN
  return rgbOf(
    scheme === 'dark'
      ? [lightness * 0.93, chroma, hue]
      : [0.36 + lightness * 0.64, chroma * 0.95, hue],
  )
}

/** FNV-1a over the characters of an id, 32 bits. */
export const hashOf = (id: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}

/** The colour of everything that belongs to an adventurer. */
export const ownerRgb = (adventurerId: string, scheme: Scheme): Rgb => {
  const hue = ((hashOf(adventurerId) % 1024) / 1024) * 360
  return rgbOf(scheme === 'dark' ? [0.82, 0.135, hue] : [0.47, 0.145, hue])
}
