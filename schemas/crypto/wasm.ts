/**
 * Just enough of WebAssembly's binary format to write straight-line integer code by hand:
 * instructions as bytes, and a module of functions over one page of memory. There are no branches
 * here, and nothing is checked but by the engine.
 */

/** Bytes of one or more instructions, which take and leave values on the stack. */
export type Code = readonly number[]

/** A function of 32-bit addresses that returns nothing; its further locals are 64-bit integers. */
export type WasmFunction = Readonly<{ name: string; addresses: number; locals: number; code: Code }>

const BITS_PER_BYTE = 7
const MORE = 0x80

/** LEB128 of a non-negative 32-bit integer. */
const unsigned = (value: number): number[] =>
  value < MORE ? [value] : [(value % MORE) + MORE, ...unsigned(Math.floor(value / MORE))]

/** LEB128 of a 32-bit integer with its sign. */
const signed = (value: number): number[] =>
  value >= -64 && value < 64
    ? [value & 0x7f]
    : [(value & 0x7f) | MORE, ...signed(value >> BITS_PER_BYTE)]

/** Pushes a parameter or local. */
export const get = (local: number): Code => [0x20, ...unsigned(local)]
/** Pops into a local. */
export const set = (local: number): Code => [0x21, ...unsigned(local)]
/** Pushes a 64-bit constant; it must fit into 32 bits with its sign. */
export const constant = (value: number): Code => [0x42, ...signed(value)]
/** Pushes an address. */
export const address = (value: number): Code => [0x41, ...signed(value)]

const ALIGNED_TO_8_BYTES = 3
/** Pops an address and pushes the 64-bit integer that stands `offset` bytes after it. */
export const load = (offset: number): Code => [0x29, ALIGNED_TO_8_BYTES, ...unsigned(offset)]
/**
 * Pops a 64-bit integer and an address below it, and stores the one `offset` bytes after the other.
 */
export const store = (offset: number): Code => [0x37, ALIGNED_TO_8_BYTES, ...unsigned(offset)]

/** Each pops two 64-bit integers and pushes one. */
export const ADD: Code = [0x7c]
export const SUB: Code = [0x7d]
export const MUL: Code = [0x7e]
export const AND: Code = [0x83]
export const OR: Code = [0x84]
export const SHL: Code = [0x86]
/** Shift to the right that keeps the sign. */
export const SHR: Code = [0x87]
/** Shift to the right that fills with zeros. */
export const SHR_UNSIGNED: Code = [0x88]

/** Calls the function with this index. */
export const call = (index: number): Code => [0x10, ...unsigned(index)]

const I32 = 0x7f
const I64 = 0x7e
const FUNCTION = 0x60
const END = 0x0b

const vector = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()]
const section = (id: number, items: readonly Code[]): number[] => {
  const content = vector(items)
  return [id, ...unsigned(content.length), ...content]
}
const nameBytes = (name: string): Code => vector([...Buffer.from(name)].map((byte) => [byte]))

const bodyOf = ({ locals, code }: WasmFunction): Code => {
  const body = [...vector([[...unsigned(locals), I64]]), ...code, END]
  return [...unsigned(body.length), ...body]
}

const MAGIC_AND_FORMAT: Code = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
/** Without a maximum, one page of 64 KiB. */
const ONE_PAGE: Code = [0x00, 1]

/** The module that exports `memory` and all functions by name. */
export const moduleBytes = (functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    ...MAGIC_AND_FORMAT,
    ...section(
      1,
      functions.map(({ addresses }) => [FUNCTION, ...vector(Array(addresses).fill([I32])), 0]),
    ),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(5, [ONE_PAGE]),
    ...section(7, [
      [...nameBytes('memory'), 0x02, 0],
      ...functions.map(({ name }, index) => [...nameBytes(name), 0x00, ...unsigned(index)]),
    ]),
    ...section(10, functions.map(bodyOf)),
  ])
