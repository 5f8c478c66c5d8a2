/**
 * How finely the ground is drawn on this machine. The cost of a frame is its pixels times its
 * samples; what a million of them take is measured now and then, and a frame is made to fit its
 * budget: fewer samples first, then fewer pixels. A graphics card never notices; a machine that
 * computes every pixel itself stays usable.
 */

/** `density` is device pixels per CSS pixel. */
export type Fineness = Readonly<{ density: number; samples: 1 | 2 | 4 }>

/** Milliseconds that a frame of the ground may take, and how coarse it may become for that. */
export type FinenessLimits = Readonly<{ budgetMs: number; densityMin: number }>

/** While the map moves: a frame in time, however coarse … */
export const MOVING: FinenessLimits = { budgetMs: 22, densityMin: 0.4 }
/** … and once it rests: a fine one, however late. */
export const RESTING: FinenessLimits = { budgetMs: 450, densityMin: 0.8 }

const FEWER: Readonly<Record<1 | 2 | 4, 1 | 2>> = { 1: 1, 2: 1, 4: 2 }

/**
 * The finest that fits the limits. `unitMs` is the time for a million samples, `cssPixels` the size
 * of the map.
 */
export const finenessFor = (
  wanted: Fineness,
  { budgetMs, densityMin }: FinenessLimits,
  unitMs: number,
  cssPixels: number,
): Fineness => {
  const costMs = (density: number, samples: number): number =>
    (cssPixels * density ** 2 * samples * unitMs) / 1e6
  let { samples } = wanted
  while (samples > 1 && costMs(wanted.density, samples) > budgetMs) samples = FEWER[samples]
  const cost = costMs(wanted.density, samples)
  if (cost <= budgetMs) return { density: wanted.density, samples }
  const fitting = wanted.density * Math.sqrt(budgetMs / cost)
  return { density: Math.max(Math.min(densityMin, wanted.density), fitting), samples }
}

/**
 * Samples that a scale asks for, in device pixels per unit: from afar one sample a pixel would
 * shimmer.
 */
export const samplesFor = (devicePixelsPerUnit: number): 1 | 2 | 4 => {
  if (devicePixelsPerUnit >= 7) return 1
  return devicePixelsPerUnit >= 3 ? 2 : 4
}

/** What the ground costs on this machine. */
export type CostMeter = Readonly<{
  /** Time for a million samples, in milliseconds, as far as it was measured. */
  unitMs: () => number
  /**
   * Whether the next frame is to be measured: the first few, and then every so often, for measuring
   * stalls it.
   */
  isDue: () => boolean
  /** Takes in what a frame of so many samples took. */
  note: (samples: number, tookMs: number) => void
}>

const FIRST_MEASURED = 4
const MEASURED_EVERY = 12

/** A meter that has measured nothing yet. */
export const createCostMeter = (): CostMeter => {
  let unit = 0
  let frames = 0
  return {
    unitMs: () => unit,
    isDue: () => {
      frames += 1
      return frames <= FIRST_MEASURED || frames % MEASURED_EVERY === 0
    },
    note: (samples, tookMs) => {
      const measured = (tookMs / Math.max(1, samples)) * 1e6
      // The least counts: a frame that took longer had to share the machine.
      unit = unit === 0 ? measured : Math.min(measured, unit * 1.15)
    },
  }
}
