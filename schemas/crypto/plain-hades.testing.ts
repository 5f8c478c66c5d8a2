/**
 * The Hades permutation written down plainly over bigints, as its paper has it: what hades.ts is
 * held against.
 */
import { createHash } from 'node:crypto'
import { FELT_PRIME } from '../../domain/felt.ts'

const WIDTH = 3
const ROUNDS = 91
/**
 * Rounds that cube all three elements stand at both ends; those between cube the last element only.
 */
const FULL_ROUNDS_AT_EACH_END = 4

/** sha256("Hades<n>") as a big-endian number, for every element of every round. */
const CONSTANTS: readonly bigint[] = Array.from(
  { length: ROUNDS * WIDTH },
  (_, at) => BigInt(`0x${createHash('sha256').update(`Hades${at}`).digest('hex')}`) % FELT_PRIME,
)

const modulo = (x: bigint): bigint => ((x % FELT_PRIME) + FELT_PRIME) % FELT_PRIME
const cube = (x: bigint): bigint => modulo(x * x * x)

/** One permutation of three felts. */
export const plainHadesPermutation = (
  a: bigint,
  b: bigint,
  c: bigint,
): readonly [bigint, bigint, bigint] => {
  for (let round = 0; round < ROUNDS; round += 1) {
    // CONSTANTS has WIDTH numbers for each of these rounds.
    a += CONSTANTS[WIDTH * round] as bigint
    b += CONSTANTS[WIDTH * round + 1] as bigint
    c = cube(c + (CONSTANTS[WIDTH * round + 2] as bigint))
    if (round < FULL_ROUNDS_AT_EACH_END || round >= ROUNDS - FULL_ROUNDS_AT_EACH_END) {
      a = cube(a)
      b = cube(b)
    }
    const sum = a + b + c
    a = modulo(sum + 2n * a)
    b = modulo(sum - 2n * b)
    c = modulo(sum - 3n * c)
  }
  return [a, b, c]
}
