/**
 * The signs of the biomes, after those of printed atlases: SVG paths in a box from −50 to 50, y
 * downwards, kept inside the hex. `lines` are drawn in dark ink, `dark` and `light` are filled.
 */
import type { Biome } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'

/** SVG paths; what is absent is not drawn. */
export type Glyph = Readonly<{ lines?: string; dark?: string; light?: string }>

const tuft = (x: number, y: number, size = 7): string =>
  `M${x - size} ${y - size * 0.7}L${x - size * 0.25} ${y}M${x} ${y - size * 1.2}L${x} ${y}M${x + size} ${y - size * 0.7}L${x + size * 0.25} ${y}`

const disc = (x: number, y: number, radius: number): string =>
  `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${radius * 2} 0a${radius} ${radius} 0 1 0 ${-radius * 2} 0Z`

const conifer = (x: number, y: number, size: number): string =>
  `M${x} ${y - size * 2}L${x + size * 0.7} ${y}H${x - size * 0.7}Z`

const wave = (x: number, y: number, steps: number, step = 9): string =>
  `M${x} ${y}${`q${step / 2} ${-step * 0.6} ${step} 0t${step} 0`.repeat(steps)}`

const stipple = (points: readonly (readonly [number, number])[], radius = 1.8): string =>
  points.map(([x, y]) => disc(x, y, radius)).join('')

/** The sign of each biome. */
export const GLYPHS: Readonly<Record<Biome, Glyph>> = {
  Unknown: { lines: 'M-8 -8a9 9 0 1 1 9 11v6M1 16v2' },
  Plains: { lines: tuft(-18, -6) + tuft(12, -16) + tuft(8, 16) },
  Forest: {
    dark: `${disc(-16, -4, 12)}M-17.5 6h3v12h-3Z${disc(14, -12, 13)}M12.5 0h3v12h-3Z${disc(8, 18, 9)}M6.5 26h3v7h-3Z`,
    light: disc(-20, -8, 4) + disc(9, -17, 4.5) + disc(5, 15, 3),
  },
  Mountain: {
    lines: 'M-38 22L-12 -24L10 18M-2 -6L14 -30L40 22',
    dark: 'M-12 -24L10 18L-4 18L-9 4Z M14 -30L40 22H26L18 2Z',
    light: 'M-12 -24L-18 -13L-12 -8L-8 -14Z M14 -30L8 -20L14 -14L19 -20Z',
  },
  Desert: {
    lines: 'M-34 4q16 -16 30 0q12 -10 24 -2M-14 24q16 -14 32 0',
    dark: stipple([
      [-24, -18],
      [-8, -24],
      [10, -16],
      [26, -22],
      [-30, 18],
      [28, 18],
      [2, 10],
    ]),
  },
  Swamp: {
    lines: `M-34 6H-6M4 6H34M-22 20H18M-14 -10H22${tuft(-20, 6, 6)}${tuft(18, 6, 6)}${tuft(4, -10, 6)}`,
  },
  Tundra: {
    lines: 'M-26 -12h10M8 -18h12M-8 6h10M16 12h10M-24 20h10',
    dark: stipple(
      [
        [-4, -22],
        [-32, 4],
        [30, -4],
        [2, 24],
        [14, -2],
      ],
      2,
    ),
  },
  Taiga: {
    dark: conifer(-18, 14, 15) + conifer(6, 2, 16) + conifer(24, 24, 13) + conifer(-2, 32, 10),
    light: 'M6 -30L1 -18H6Z M-18 -16L-22 -6H-18Z',
  },
  Jungle: {
    dark:
      disc(-22, 2, 12) +
      disc(-4, -14, 13) +
      disc(18, -6, 13) +
      disc(6, 12, 13) +
      disc(-14, 22, 11) +
      disc(24, 20, 10),
    light: disc(-8, -19, 4) + disc(13, -11, 4) + disc(1, 8, 4) + disc(-26, -2, 3.5),
  },
  Savanna: {
    lines: `M-4 20V-4M-4 4L-14 -6M-4 2L8 -8${tuft(24, 22, 6)}${tuft(-28, 24, 6)}`,
    dark: 'M-30 -6q6 -16 26 -16t26 14q-26 -8 -52 2Z',
  },
  Grassland: {
    lines:
      tuft(-24, -8) + tuft(0, -16) + tuft(24, -6) + tuft(-12, 12) + tuft(14, 16) + tuft(0, 34, 6),
  },
  Canyon: {
    lines:
      'M-40 -10q14 -8 26 2t24 -2t26 2M-40 14q14 -8 26 2t24 -2t26 2M-30 -12v8M-18 -8v8M-4 -4v8M10 -8v8M24 -10v8M-30 12v-7M-14 16v-8M4 18v-8M22 13v-7',
  },
  Badlands: {
    lines: 'M-38 18L-28 -6H-14L-8 10M0 22L8 -16H24L32 18M-24 -6v14M-19 -6v10M13 -16v20M19 -16v26',
    dark: 'M-14 -6L-8 10L-2 18H-12Z M24 -16L32 18H26L20 0Z',
  },
  Volcanic: {
    lines: 'M-34 26L-10 -10H10L34 26M-4 -18q-8 -8 0 -14t2 -12M8 -18q8 -6 2 -12',
    dark: 'M4 -10H10L34 26H18Z',
    light: 'M-9 -10H9L4 -3L0 -7L-4 0Z',
  },
  Glacier: {
    lines:
      'M-30 -14L-8 -24L6 -10L30 -18M-34 10L-10 2L8 14L34 6M-8 -24L-10 2M6 -10L8 14M-16 28L8 14',
    light: 'M-8 -24L6 -10L8 14L-10 2Z',
  },
  Wetlands: {
    lines: `M-16 18V-14M-4 18V-22M10 18V-10M22 18V-2${wave(-34, 26, 4)}`,
    dark: 'M-18.5 -14a2.5 9 0 1 0 5 0a2.5 9 0 1 0 -5 0Z M-6.5 -22a2.5 9 0 1 0 5 0a2.5 9 0 1 0 -5 0Z M7.5 -10a2.5 8 0 1 0 5 0a2.5 8 0 1 0 -5 0Z',
  },
  Steppe: {
    lines:
      'M-32 -10q12 -6 24 0M4 -18q12 -6 24 0M-20 8q12 -6 24 0M12 4q10 -5 20 0M-30 24q10 -5 20 0M2 24q10 -5 20 0',
  },
  Oasis: {
    lines: `M-2 14Q2 -4 -4 -18M-4 -18q-12 -8 -20 2M-4 -18q-6 -14 -18 -12M-4 -18q8 -14 18 -6M-4 -18q12 -2 16 10${wave(-20, 30, 2)}`,
    dark: 'M-26 22a24 8 0 1 0 48 0a24 8 0 1 0 -48 0Z',
  },
  Mire: {
    lines: 'M-30 -8H-10M2 -8H30M-20 8H8M16 8H32M-32 22H-12M-2 22H24',
    dark: disc(-4, -20, 3.5) + disc(10, -18, 2.4) + disc(-24, -20, 2.4) + disc(24, 16, 2.4),
  },
  Highlands: {
    lines: 'M-38 10q14 -26 30 0M-14 2q16 -30 34 6M6 22q12 -20 30 0',
    dark: 'M-23 -4q8 2 15 14h-5q-4 -8 -10 -14Z M3 -14q10 4 17 22h-6q-4 -12 -11 -22Z',
  },
  Coast: { lines: wave(-36, -14, 3, 10) + wave(-24, 4, 3, 10) + wave(-36, 22, 3, 10) },
}
