/** The inks of the map in its two schemes: a night sky of ink blue, and paper. */
import { BIOMES, biomeRgb, type Rgb, rgbOf, type Scheme } from './colours.ts'

/**
 * Colours of the ground. `plain` fills hexes when biomes are not shown; from afar biomes tend to
 * `land`.
 */
export type GroundInks = Readonly<{
  palette: readonly Rgb[]
  plain: Rgb
  land: Rgb
  isDark: boolean
  void: Rgb
  glow: Rgb
  ink: Rgb
  lumen: Rgb
  ember: Rgb
  alarm: Rgb
}>

/** Colours of what is drawn above the ground. */
export type OverlayInks = Readonly<{
  scheme: Scheme
  text: string
  halo: string
  panel: string
  line: string
  accent: string
  alarm: string
  leaf: string
  ore: string
  dead: string
}>

const palette = (scheme: Scheme): Rgb[] => BIOMES.map((_, code) => biomeRgb(code, scheme))

/** The ground's inks in a scheme. */
export const groundInks = (scheme: Scheme): GroundInks =>
  scheme === 'dark'
    ? {
        palette: palette(scheme),
        plain: rgbOf([0.37, 0.01, 240]),
        land: rgbOf([0.53, 0.045, 116]),
        isDark: true,
        void: rgbOf([0.175, 0.018, 252]),
        glow: rgbOf([0.46, 0.05, 80]),
        ink: rgbOf([0.12, 0.015, 250]),
        lumen: rgbOf([0.96, 0.02, 90]),
        ember: rgbOf([0.8, 0.155, 62]),
        alarm: rgbOf([0.8, 0.16, 62]),
      }
    : {
        palette: palette(scheme),
        plain: rgbOf([0.82, 0.025, 85]),
        land: rgbOf([0.76, 0.05, 112]),
        isDark: false,
        void: rgbOf([0.915, 0.022, 85]),
        glow: rgbOf([0.66, 0.05, 72]),
        ink: rgbOf([0.3, 0.03, 60]),
        lumen: rgbOf([0.99, 0.01, 90]),
        ember: rgbOf([0.6, 0.19, 38]),
        alarm: rgbOf([0.6, 0.2, 38]),
      }

/** The overlay's inks in a scheme. */
export const overlayInks = (scheme: Scheme): OverlayInks =>
  scheme === 'dark'
    ? {
        scheme,
        text: '#f4eddc',
        halo: 'rgb(10 14 20 / 0.82)',
        panel: 'rgb(14 19 26 / 0.78)',
        line: 'rgb(244 237 220 / 0.55)',
        accent: '#f0c46c',
        alarm: '#ff9f4a',
        leaf: '#a5dc78',
        ore: '#f6c46c',
        dead: '#8d8a84',
      }
    : {
        scheme,
        text: '#2b241b',
        halo: 'rgb(250 245 232 / 0.88)',
        panel: 'rgb(252 248 238 / 0.86)',
        line: 'rgb(60 46 30 / 0.6)',
        accent: '#8a4a12',
        alarm: '#b4410f',
        leaf: '#3f7a22',
        ore: '#9a6410',
        dead: '#7d776c',
      }
