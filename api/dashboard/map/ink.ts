/** What the parts of the overlay draw with: fonts, circles, and texts that keep out of each other's way. */
import type { Point } from './projection.ts'
import type { OverlayInks } from './themes.ts'

/** Font of territories' names. */
export const SERIF =
  '"Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", Georgia, serif'
/** Font of everything else. */
export const SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif'

/** A rectangle of the screen, in CSS pixels. */
export type Box = Readonly<{ left: number; right: number; top: number; bottom: number }>

const meet = (one: Box, other: Box): boolean =>
  one.left < other.right &&
  one.right > other.left &&
  one.top < other.bottom &&
  one.bottom > other.top

/** Adds a box to those that are taken, where it meets none of them; says whether it did. */
export const takeRoom = (taken: Box[], box: Box): boolean => {
  if (taken.some((other) => meet(box, other))) return false
  taken.push(box)
  return true
}

/** Begins the path of a circle. */
export const circle = (ink: CanvasRenderingContext2D, { x, y }: Point, radius: number): void => {
  ink.beginPath()
  ink.arc(x, y, radius, 0, Math.PI * 2)
}

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
