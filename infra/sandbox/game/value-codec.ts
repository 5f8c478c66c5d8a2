/**
 * One value of a row between its felt and its form in memory, by its Cairo type. The codecs of
 * schemas/worlds/member-codec.ts are for JSON, where wide integers are decimal text and felts hex
 * text: with them generating a world takes a quarter more CPU time.
 */
import { FatalError } from '../../../domain/errors.ts'
import { FELT_PRIME } from '../../../domain/felt.ts'
import type { WireType, WorldDefinition } from '../../../domain/worlds/definition.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { MemberPlace } from '../../../schemas/worlds/member-codec.ts'

export type RowValue = bigint | number | boolean | string

export type ValueCodec = Readonly<{
  /** The value in memory; undefined when the felt is not of the type. */
  fromFelt: (felt: bigint) => RowValue | undefined
  /** The felt; undefined when the value is not of the type. */
  toFelt: (value: RowValue | undefined) => bigint | undefined
}>

/** Bits of the unsigned integers by the name of their type. */
export const UNSIGNED_BITS: Readonly<Record<string, number>> = {
  u8: 8,
  u16: 16,
  u32: 32,
  u64: 64,
  u128: 128,
}
/** Unsigned integers of at most so many bits are numbers in memory, wider ones bigints. */
const NUMBER_BITS_MAX = 32
/** Contract addresses are felts below this. */
const ADDRESSES_END = 1n << 251n

const bigintCodec = (limit: bigint): ValueCodec => ({
  fromFelt: (felt) => (felt >= 0n && felt < limit ? felt : undefined),
  toFelt: (value) =>
    typeof value === 'bigint' && value >= 0n && value < limit ? value : undefined,
})

const numberCodec = (limit: number): ValueCodec => ({
  fromFelt: (felt) => (felt >= 0n && felt < limit ? Number(felt) : undefined),
  toFelt: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < limit
      ? BigInt(value)
      : undefined,
})

/** A stored bool is 0 or 1; Cairo's Serde takes every felt but 0 for true. */
const boolCodec = (place: MemberPlace): ValueCodec => ({
  fromFelt: (felt) => (place === 'stored' && felt > 1n ? undefined : felt !== 0n),
  toFelt: (value) => (typeof value === 'boolean' ? BigInt(value) : undefined),
})

/**
 * Stored enums are 1-based; a stored 0 was never written and reads as the first variant, as on
 * chain.
 */
const enumCodec = (variants: readonly string[], place: MemberPlace): ValueCodec => {
  const base = place === 'stored' ? 1 : 0
  const indices = new Map<RowValue | undefined, bigint>(
    variants.map((variant, at) => [variant, BigInt(at + base)]),
  )
  return {
    fromFelt: (felt) =>
      felt >= 0n && felt < variants.length + base
        ? variants[Math.max(Number(felt) - base, 0)]
        : undefined,
    toFelt: (value) => indices.get(value),
  }
}

const ENUMS: WorldDefinition['enums'] = infiniteHexAdventurers.enums

/** Throws FatalError for a type that the world's definition does not have. */
export const valueCodecOf = (type: WireType, place: MemberPlace): ValueCodec => {
  const bits = UNSIGNED_BITS[type]
  if (bits !== undefined)
    return bits <= NUMBER_BITS_MAX ? numberCodec(2 ** bits) : bigintCodec(1n << BigInt(bits))
  if (type === 'felt') return bigintCodec(FELT_PRIME)
  if (type === 'address') return bigintCodec(ADDRESSES_END)
  if (type === 'bool') return boolCodec(place)
  const variants = ENUMS[type]
  if (variants === undefined) throw new FatalError(`There is no type "${type}"`)
  return enumCodec(variants, place)
}
