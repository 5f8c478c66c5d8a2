/** What is drawn above the ground in one frame, and the measures that its parts share. */
import type { Axial } from '../../../domain/hex.ts'
import type { Tone } from '../format/sentence-parts.ts'
import type { Atlas } from '../state/atlas.ts'
import type { NamedTerritory } from '../state/territories.ts'
import type { Selection } from '../view-url.ts'
import type { Camera, Point } from './projection.ts'
import type { OverlayInks } from './themes.ts'

/** An adventurer on its way, from a time in seconds on the frame's clock. */
export type ActiveWalk = Readonly<{ adventurerId: string; from: Axial; to: Axial; since: number }>

/** A ring that spreads from a hex where something just happened. */
export type Ripple = Readonly<{ hex: Axial; tone: Tone; since: number }>

export type OverlayLayers = Readonly<{
  adventurers: number
  ownership: number
  decay: number
  resources: number
}>

export type Scene = Readonly<{
  camera: Camera
  atlas: Atlas
  territories: readonly NamedTerritory[]
  nameOf: (adventurerId: string) => string
  selection: Selection | null
  hover: Axial | null
  walks: readonly ActiveWalk[]
  ripples: readonly Ripple[]
  /** Hexes in view that can be claimed. */
  claimable: readonly Axial[]
  inks: OverlayInks
  layers: OverlayLayers
  /** Seconds on the frame's clock. */
  now: number
  /** Whether motion is to be kept to what is needed. */
  calm: boolean
}>

export const WALK_SECONDS = 0.9
export const TRAIL_SECONDS = 3.2
export const RIPPLE_SECONDS = 1.6

export const SERIF =
  '"Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", Georgia, serif'
export const SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif'

/** 0 below `from`, 1 above `to`, smooth between. */
export const ramp = (value: number, from: number, to: number): number => {
  const part = Math.min(1, Math.max(0, (value - from) / (to - from)))
  return part * part * (3 - 2 * part)
}

export const mixPoints = (one: Point, other: Point, part: number): Point => ({
  x: one.x + (other.x - one.x) * part,
  y: one.y + (other.y - one.y) * part,
})

/** A rectangle of the screen, in CSS pixels. */
export type Box = Readonly<{ left: number; right: number; top: number; bottom: number }>

export const meet = (one: Box, other: Box): boolean =>
  one.left < other.right &&
  one.right > other.left &&
  one.top < other.bottom &&
  one.bottom > other.top

/** Text with a halo of the ground's colour, readable on every biome. */
export const inkText = (
  ink: CanvasRenderingContext2D,
  text: string,
  { x, y }: Point,
  inks: OverlayInks,
): void => {
  ink.lineJoin = 'round'
  ink.strokeStyle = inks.halo
  ink.strokeText(text, x, y)
  ink.fillText(text, x, y)
}

/** A text cut to a number of characters, for the map. */
export const cut = (text: string, charactersMax: number): string =>
  text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 1)}…`
