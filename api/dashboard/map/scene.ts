/** What is drawn above the ground in one frame, and how long what moves there lasts. */
import type { Axial } from '../../../domain/hex.ts'
import type { Tone } from '../format/sentence-parts.ts'
import type { Atlas } from '../state/atlas.ts'
import type { NamedTerritory } from '../state/territories.ts'
import type { Selection } from '../view-url.ts'
import type { Camera } from './projection.ts'
import type { OverlayInks } from './themes.ts'

/** An adventurer on its way, from a time in seconds on the frame's clock. */
export type ActiveWalk = Readonly<{ adventurerId: string; from: Axial; to: Axial; since: number }>

/** A ring that spreads from a hex where something just happened. */
export type Ripple = Readonly<{ hex: Axial; tone: Tone; since: number }>

/** Strength of the layers that show above the ground, 0 … 1. */
export type OverlayLayers = Readonly<{ adventurers: number; ownership: number; decay: number }>

/** What one frame of the overlay is drawn from. */
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
  isCalm: boolean
}>

/** An adventurer walks to the next hex so long … */
export const WALK_SECONDS = 0.9
/** … and its trail fades until so long after it set out. */
export const TRAIL_SECONDS = 3.2
/** A ring spreads so long. */
export const RIPPLE_SECONDS = 1.6
