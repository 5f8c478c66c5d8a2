/**
 * Arithmetic of Starknet's field in WebAssembly, for hades.ts. An element is nine limbs of 29 bits
 * in 64-bit integers of the module's memory, so that the nine products of a column add up without a
 * carry. Elements are in Montgomery form with R = 2^261: ten bits above the prime p = 2^251 +
 * 17·2^192 + 1, so that sums of a few elements may be multiplied before they are reduced. As p ≡ 1
 * modulo a limb, reducing by one limb subtracts that limb times p, of which but two terms have to
 * be multiplied out.
 */
import { FELT_PRIME } from '../../domain/felt.ts'
import {
  ADD,
  AND,
  address,
  type Code,
  call,
  constant,
  get,
  load,
  MUL,
  moduleBytes,
  OR,
  SHL,
  SHR,
  SHR_UNSIGNED,
  SUB,
  set,
  store,
  type WasmFunction,
} from './wasm.ts'

const LIMBS = 9
const LIMB_BITS = 29
const LIMB_MASK = 2 ** LIMB_BITS - 1
const WORDS = 4
const WORD_BITS = 64
const WORD_BYTES = 8
/** Bytes of an element. */
export const ELEMENT_BYTES = LIMBS * WORD_BYTES

/** Where p has its two terms above 1: 17·2^192 in limb 6 and 2^251 in limb 8. */
const MIDDLE_LIMB = 6
const MIDDLE_TERM = 17 * 2 ** (192 - MIDDLE_LIMB * LIMB_BITS)
const TOP_LIMB = LIMBS - 1
const TOP_SHIFT = 251 - TOP_LIMB * LIMB_BITS

/** The four words of a felt on its way in or out. */
const EXCHANGE = 0
const SCRATCH = WORDS * WORD_BYTES
/** First address of the memory that is the user's. */
export const ELEMENTS_START = SCRATCH + ELEMENT_BYTES

const range = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index)
const each = (count: number, codeOf: (index: number) => Code): Code => range(count).flatMap(codeOf)

const addTo = (local: number, code: Code): Code => [...get(local), ...code, ...ADD, ...set(local)]
const limbAt = (element: number, index: number): Code => [
  ...get(element),
  ...load(index * WORD_BYTES),
]
const masked = (code: Code): Code => [...code, ...constant(LIMB_MASK), ...AND]

/**
 * Adds `factor` times p, without the term 1, to the limbs from `first` on, of which `limb` names
 * the local.
 */
const addPrimeTerms = (limb: (index: number) => number, factor: number): Code => [
  ...addTo(limb(MIDDLE_LIMB), [...get(factor), ...constant(MIDDLE_TERM), ...MUL]),
  ...addTo(limb(TOP_LIMB), [...get(factor), ...constant(TOP_SHIFT), ...SHL]),
]

/**
 * A product of two elements over R, below 1.25 p in amount for factors up to 16 p, row by row: a
 * row adds one limb's products to the columns of the same weight, and then reduces the lowest
 * column away. A square has every product of two different limbs twice, which is computed once.
 * `out` may be one of the factors.
 */
const product = (
  name: string,
  addresses: number,
  yOf: (index: number) => Code,
  isSquare: boolean,
): WasmFunction => {
  const [out, x] = [0, 1]
  const xLimb = (index: number): number => addresses + index
  // Nine columns at a time: what was the lowest becomes the highest of the next row.
  const column = (index: number): number => addresses + LIMBS + (index % LIMBS)
  const [factor, quotient] = [addresses + 2 * LIMBS, addresses + 2 * LIMBS + 1]
  const addProduct = (index: number, at: number): Code => {
    const isOnce = isSquare && index === at
    const limbs = [...get(xLimb(at)), ...get(isOnce ? xLimb(at) : factor), ...MUL]
    const isNewColumn = index === 0 || at === TOP_LIMB
    return isNewColumn ? [...limbs, ...set(column(index + at))] : addTo(column(index + at), limbs)
  }
  const row = (index: number): Code => [
    ...[...yOf(index), ...(isSquare ? [...constant(1), ...SHL] : []), ...set(factor)],
    ...each(LIMBS, (at) => (isSquare && at < index ? [] : addProduct(index, at))),
    ...[...masked([...constant(0), ...get(column(index)), ...SUB]), ...set(quotient)],
    ...addPrimeTerms((at) => column(index + at), quotient),
    ...addTo(column(index + 1), [
      ...get(column(index)),
      ...get(quotient),
      ...ADD,
      ...constant(LIMB_BITS),
      ...SHR,
    ]),
  ]
  const carryOf = (index: number): Code => [...get(column(index)), ...constant(LIMB_BITS), ...SHR]
  const code = [
    ...each(LIMBS, (at) => [...limbAt(x, at), ...set(xLimb(at))]),
    ...each(LIMBS, row),
    ...each(TOP_LIMB, (at) => [
      ...get(out),
      ...masked(get(column(LIMBS + at))),
      ...store(at * WORD_BYTES),
      ...(at + 1 < TOP_LIMB
        ? addTo(column(LIMBS + at + 1), carryOf(LIMBS + at))
        : [...get(out), ...carryOf(LIMBS + at), ...store(TOP_LIMB * WORD_BYTES)]),
    ]),
  ]
  return { name, addresses, locals: 2 * LIMBS + 2, code }
}

/** multiply(out, x, y): x · y / R. */
const multiply = (): WasmFunction => product('multiply', 3, (index) => limbAt(2, index), false)
/** square(out, x): x² / R. */
const square = (): WasmFunction => product('square', 2, (index) => get(2 + index), true)

/** Places of the functions that are called by another, in the module. */
const FUNCTIONS = { multiply: 0, square: 1 } as const

/** cube(x): x becomes x³ / R². */
const cube = (): WasmFunction => {
  const code = [
    ...[...address(SCRATCH), ...get(0), ...call(FUNCTIONS.square)],
    ...[...get(0), ...address(SCRATCH), ...get(0), ...call(FUNCTIONS.multiply)],
  ]
  return { name: 'cube', addresses: 1, locals: 0, code }
}

/**
 * mix(state, added): the linear layer of Hades. Three elements (a, b, c) one after the other become
 * (3a + b + c, a − b + c, a + b − 2c), each plus one of the three elements at `added`, and each
 * within a small multiple of 2^192 of 0…2^251.
 */
const mix = (): WasmFunction => {
  const [state, added] = [0, 1]
  const [a, b, c, sum, carry] = [2, 3, 4, 5, 6]
  const limb = (element: number, index: number): number => 7 + element * LIMBS + index
  const mixedLimb = (element: number, index: number, times: number): Code => [
    ...get(sum),
    ...get([a, b, c][element] as number), // `element` is 0, 1 or 2
    ...constant(times),
    ...MUL,
    ...ADD,
    ...limbAt(added, element * LIMBS + index),
    ...ADD,
    ...set(limb(element, index)),
  ]
  const reduce = (element: number): Code => [
    ...each(TOP_LIMB, (at) => [
      ...addTo(limb(element, at + 1), [...get(limb(element, at)), ...constant(LIMB_BITS), ...SHR]),
      ...masked(get(limb(element, at))),
      ...set(limb(element, at)),
    ]),
    // What stands above 2^251, with its sign changed, times p.
    ...[
      ...constant(0),
      ...get(limb(element, TOP_LIMB)),
      ...constant(TOP_SHIFT),
      ...SHR,
      ...SUB,
      ...set(carry),
    ],
    ...addTo(limb(element, 0), get(carry)),
    ...addPrimeTerms((at) => limb(element, at), carry),
  ]
  const code = [
    ...each(LIMBS, (at) => [
      ...each(3, (element) => [...limbAt(state, element * LIMBS + at), ...set(a + element)]),
      ...[...get(a), ...get(b), ...ADD, ...get(c), ...ADD, ...set(sum)],
      ...[...mixedLimb(0, at, 2), ...mixedLimb(1, at, -2), ...mixedLimb(2, at, -3)],
    ]),
    ...each(3, reduce),
    ...each(3 * LIMBS, (at) => [...get(state), ...get(limb(0, at)), ...store(at * WORD_BYTES)]),
  ]
  return { name: 'mix', addresses: 2, locals: 5 + 3 * LIMBS, code }
}

/** unpack(out): the words at EXCHANGE become the limbs of an element, as they are. */
const unpack = (): WasmFunction => {
  const word = (index: number): Code => [...address(EXCHANGE), ...load(index * WORD_BYTES)]
  const code = each(LIMBS, (at) => {
    const [index, shift] = [Math.floor((at * LIMB_BITS) / WORD_BITS), (at * LIMB_BITS) % WORD_BITS]
    const low = [...word(index), ...constant(shift), ...SHR_UNSIGNED]
    const isSplit = shift + LIMB_BITS > WORD_BITS && index + 1 < WORDS
    const bits = isSplit
      ? [...low, ...word(index + 1), ...constant(WORD_BITS - shift), ...SHL, ...OR]
      : low
    return [...get(0), ...masked(bits), ...store(at * WORD_BYTES)]
  })
  return { name: 'unpack', addresses: 1, locals: 0, code }
}

/** pack(x): the limbs of a product become the words at EXCHANGE, in two's complement. */
const pack = (): WasmFunction => {
  const bitsFrom = (limb: number, word: number): Code => {
    const shift = limb * LIMB_BITS - word * WORD_BITS
    const direction = shift < 0 ? SHR : SHL
    return [...limbAt(0, limb), ...constant(Math.abs(shift)), ...direction]
  }
  const code = each(WORDS, (word) => {
    const overlapping = range(LIMBS).filter((limb) => {
      const start = limb * LIMB_BITS - word * WORD_BITS
      return start < WORD_BITS && (start > -LIMB_BITS || limb === TOP_LIMB)
    })
    const [first = TOP_LIMB, ...others] = overlapping
    const bits = [
      ...bitsFrom(first, word),
      ...others.flatMap((limb) => [...bitsFrom(limb, word), ...OR]),
    ]
    return [...address(EXCHANGE), ...bits, ...store(word * WORD_BYTES)]
  })
  return { name: 'pack', addresses: 1, locals: 0, code }
}

type Exports = Readonly<{
  memory: WebAssembly.Memory
  multiply: (out: number, x: number, y: number) => void
  cube: (x: number) => void
  mix: (state: number, added: number) => void
  unpack: (out: number) => void
  pack: (x: number) => void
}>

const compiled = (): Exports => {
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(moduleBytes([multiply(), square(), cube(), mix(), unpack(), pack()])),
  )
  // The functions above are exported under their names, with as many addresses as they say.
  return exports as unknown as Exports
}

export type FeltLimbs = Readonly<{
  /**
   * Writes a felt, or a small multiple of the prime above it below 2^256, into the element at an
   * address.
   */
  write: (element: number, felt: bigint) => void
  /** The felt that the element at an address stands for. */
  read: (element: number) => bigint
  /** Cubes the element at an address. */
  cube: (element: number) => void
  /** Mixes the three elements from `state` on, and adds the three from `added` on. */
  mix: (state: number, added: number) => void
}>

/**
 * A memory of elements, from ELEMENTS_START to the end of its 64 KiB; the last two elements of it
 * are taken.
 */
export const createFeltLimbs = (): FeltLimbs => {
  const { memory, multiply, cube, mix, unpack, pack } = compiled()
  const words = new BigUint64Array(memory.buffer, EXCHANGE, WORDS)
  const topWord = new BigInt64Array(memory.buffer, EXCHANGE + (WORDS - 1) * WORD_BYTES, 1)
  const one = memory.buffer.byteLength - ELEMENT_BYTES
  const squareOfR = one - ELEMENT_BYTES

  const writeLimbs = (element: number, value: bigint): void => {
    // A store takes the low 64 bits of what it is given.
    words[0] = value
    words[1] = value >> 64n
    words[2] = value >> 128n
    words[3] = value >> 192n
    unpack(element)
  }
  writeLimbs(one, 1n)
  writeLimbs(squareOfR, (1n << BigInt(2 * LIMBS * LIMB_BITS)) % FELT_PRIME)

  return {
    cube,
    mix,
    write: (element, felt) => {
      writeLimbs(element, felt)
      multiply(element, element, squareOfR)
    },
    read: (element) => {
      multiply(SCRATCH, element, one)
      pack(SCRATCH)
      let value = topWord[0] as bigint // every view has the elements that it was made with
      for (let word = WORDS - 2; word >= 0; word -= 1)
        value = (value << 64n) | (words[word] as bigint) // below WORDS
      const rest = value % FELT_PRIME
      return rest < 0n ? rest + FELT_PRIME : rest
    },
  }
}
