/**
 * The Hades permutation with Starknet's parameters, and Poseidon on top of it. starknet.js has both
 * over bigints; this one computes on limbs (limbs.ts), because hashing is most of what the chain
 * and the game cost.
 */
import { createHash } from 'node:crypto'
import { FELT_PRIME } from '../../domain/felt.ts'
import { createFeltLimbs, ELEMENT_BYTES, ELEMENTS_START } from './limbs.ts'

const WIDTH = 3
const ROUNDS = 91
/**
 * Rounds that cube all three elements stand at both ends; those between cube the last element only.
 */
const FULL_ROUNDS_AT_EACH_END = 4

/** sha256("Hades<n>") as a big-endian number, for every element of every round. */
const roundConstant = (at: number): bigint =>
  BigInt(`0x${createHash('sha256').update(`Hades${at}`).digest('hex')}`) % FELT_PRIME

const limbs = createFeltLimbs()

const A = ELEMENTS_START
const B = A + ELEMENT_BYTES
const C = B + ELEMENT_BYTES
const CONSTANTS = ELEMENTS_START + WIDTH * ELEMENT_BYTES
const ROUND_BYTES = WIDTH * ELEMENT_BYTES

// The constants of the first round are added to the input; mixing adds those of the next, and zeros
// after the last.
const FIRST_CONSTANTS = [roundConstant(0), roundConstant(1), roundConstant(2)] as const
for (let at = WIDTH; at < ROUNDS * WIDTH; at += 1) {
  limbs.write(CONSTANTS + (at - WIDTH) * ELEMENT_BYTES, roundConstant(at))
}

/** Leaves one permutation of three felts in the limbs; sums of two felts will do as well. */
const permute = (a: bigint, b: bigint, c: bigint): void => {
  limbs.write(A, a + FIRST_CONSTANTS[0])
  limbs.write(B, b + FIRST_CONSTANTS[1])
  limbs.write(C, c + FIRST_CONSTANTS[2])
  for (let round = 0; round < ROUNDS; round += 1) {
    limbs.cube(C)
    if (round < FULL_ROUNDS_AT_EACH_END || round >= ROUNDS - FULL_ROUNDS_AT_EACH_END) {
      limbs.cube(A)
      limbs.cube(B)
    }
    limbs.mix(A, CONSTANTS + round * ROUND_BYTES)
  }
}

/** All that one permutation of three felts gives. */
export const hadesPermutation = (
  a: bigint,
  b: bigint,
  c: bigint,
): readonly [bigint, bigint, bigint] => {
  permute(a, b, c)
  return [limbs.read(A), limbs.read(B), limbs.read(C)]
}

/** The first felt of it. */
export const hadesFirst = (a: bigint, b: bigint, c: bigint): bigint => {
  permute(a, b, c)
  return limbs.read(A)
}

/**
 * Poseidon over a span of felts (`poseidon_hash_span`): padded by a one, and by a zero where the
 * length is then odd.
 */
export const poseidonHash = (felts: readonly bigint[]): bigint => {
  let [a, b, c] = [0n, 0n, 0n]
  for (let at = 0; at <= felts.length; at += 2) {
    const first = at === felts.length ? 1n : (felts[at] as bigint) // at < length
    const next = at + 1
    // At most at the length, and read below it only.
    const second = next < felts.length ? (felts[next] as bigint) : next === felts.length ? 1n : 0n
    ;[a, b, c] = hadesPermutation(a + first, b + second, c)
  }
  return a
}
