/** Seeded randomness, so that the same seed plays the same game. Not for secrets. */

/** 0 ≤ number < 1. */
export type Random = () => number

const STEP = 0x6d2b79f5
const MIX = 0x9e3779b1
const TWO_TO_32 = 2 ** 32

/** The mulberry32 generator, started from all the given integers together. */
export const createRandom = (...seeds: readonly number[]): Random => {
  let state = seeds.reduce((mixed, seed) => Math.imul(mixed ^ seed, MIX) ^ (mixed >>> 15), STEP)
  return () => {
    state = (state + STEP) | 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / TWO_TO_32
  }
}
