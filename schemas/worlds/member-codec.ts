/**
 * One member of an event, a model or a call: between its felt and its value in JSON. Every type of
 * a world's definition takes exactly one felt. Values that are not of the type give undefined, in
 * both directions; nothing here throws but for a definition that names a type which does not exist.
 */
import { FatalError } from '../../domain/errors.ts'
import { type Felt, feltOf, feltOfNumber, parseFelt } from '../../domain/felt.ts'
import {
  type Fields,
  type Members,
  type MemberType,
  type MemberValue,
  type WireType,
  type WorldDefinition,
  wireTypeOf,
} from '../../domain/worlds/definition.ts'

/**
 * Where a member stands decides what enum felts mean: `serialised` (events, model keys, calldata,
 * view answers) counts variants from 0, `stored` (model values) from 1, and 0 there means never
 * written and reads as null (game.md §0.3).
 */
export type MemberPlace = 'serialised' | 'stored'

export type MemberCodec = Readonly<{
  name: string
  type: MemberType
  /** How the type is spelt, which decides what is a value of it; errors name this one. */
  wireType: WireType
  /**
   * The value in JSON; undefined when the felt is not of the type. Felts must be in canonical
   * spelling.
   */
  decode: (felt: Felt) => MemberValue | undefined
  /** The felt; undefined when the value is not of the type. */
  encode: (value: MemberValue | undefined) => Felt | undefined
}>

type ValueCodec = Pick<MemberCodec, 'decode' | 'encode'>

const HEX_PREFIX_LENGTH = 2
const BITS_PER_DIGIT = 4

const feltCodec: ValueCodec = {
  decode: (felt) => felt,
  encode: (value) => parseFelt(value) ?? undefined,
}

/**
 * Contract addresses are felts below 2^251: at most 63 hex digits of which the first is below 8.
 */
const ADDRESS_LENGTH_MAX = HEX_PREFIX_LENGTH + 63
export const isAddress = (felt: Felt): boolean =>
  felt.length < ADDRESS_LENGTH_MAX ||
  (felt.length === ADDRESS_LENGTH_MAX && felt.charAt(HEX_PREFIX_LENGTH) < '8')

const addressCodec: ValueCodec = {
  decode: (felt) => (isAddress(felt) ? felt : undefined),
  encode: (value) => {
    const felt = parseFelt(value)
    return felt !== null && isAddress(felt) ? felt : undefined
  },
}

/**
 * Unsigned integers of up to 32 bits: numbers in JSON. A canonical felt is in range when it is
 * short enough.
 */
const numberCodec = (bits: 8 | 16 | 32): ValueCodec => {
  const lengthMax = HEX_PREFIX_LENGTH + bits / BITS_PER_DIGIT
  const max = 2 ** bits - 1
  return {
    decode: (felt) => (felt.length <= lengthMax ? Number(felt) : undefined),
    encode: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max
        ? feltOfNumber(value)
        : undefined,
  }
}

const DECIMAL_TEXT = /^(?:0|[1-9][0-9]{0,38})$/
/**
 * Felts of at most 13 digits (52 bits) are safe integers, which are several times faster to print
 * than bigints.
 */
const SAFE_LENGTH_MAX = HEX_PREFIX_LENGTH + 13

/** Unsigned integers of 64 and 128 bits: decimal text in JSON. */
const decimalCodec = (bits: 64 | 128): ValueCodec => {
  const lengthMax = HEX_PREFIX_LENGTH + bits / BITS_PER_DIGIT
  const max = (1n << BigInt(bits)) - 1n
  return {
    decode: (felt) => {
      if (felt.length <= SAFE_LENGTH_MAX) return Number(felt).toString()
      return felt.length <= lengthMax ? BigInt(felt).toString() : undefined
    },
    encode: (value) => {
      if (typeof value !== 'string' || !DECIMAL_TEXT.test(value)) return undefined
      const integer = BigInt(value)
      return integer <= max ? (feltOf(integer) ?? undefined) : undefined
    },
  }
}

/** A codec of finitely many values. */
const tableCodec = (entries: readonly (readonly [Felt, MemberValue])[]): ValueCodec => {
  const valueByFelt = new Map<Felt, MemberValue>(entries)
  const feltByValue = new Map<MemberValue | undefined, Felt>(
    entries.map(([felt, value]) => [value, felt]),
  )
  return { decode: (felt) => valueByFelt.get(felt), encode: (value) => feltByValue.get(value) }
}

const boolCodec = tableCodec([
  ['0x0', false],
  ['0x1', true],
])

const enumCodec = (variants: readonly string[], place: MemberPlace): ValueCodec => {
  const base = place === 'stored' ? 1 : 0
  const entries = variants.map((variant, index) => [feltOfNumber(index + base), variant] as const)
  return tableCodec(place === 'stored' ? [['0x0', null], ...entries] : entries)
}

const valueCodecOf = (
  { enums, name }: WorldDefinition,
  type: WireType,
  place: MemberPlace,
): ValueCodec => {
  switch (type) {
    case 'felt':
      return feltCodec
    case 'address':
      return addressCodec
    case 'bool':
      return boolCodec
    case 'u8':
      return numberCodec(8)
    case 'u16':
      return numberCodec(16)
    case 'u32':
      return numberCodec(32)
    case 'u64':
      return decimalCodec(64)
    case 'u128':
      return decimalCodec(128)
    default: {
      const variants = enums[type]
      if (variants === undefined) throw new FatalError(`World ${name}: there is no type "${type}"`)
      return enumCodec(variants, place)
    }
  }
}

/** Codecs of members in declaration order: the order of their felts. */
export const memberCodecsOf = (
  definition: WorldDefinition,
  members: Members,
  place: MemberPlace,
): readonly MemberCodec[] =>
  Object.entries(members).map(([name, type]) => {
    const wireType = wireTypeOf(type)
    return { name, type, wireType, ...valueCodecOf(definition, wireType, place) }
  })

/**
 * Decodes felts[start…] into `fields`, member by member. Null when all went well, else what was
 * wrong and where.
 */
export const decodeInto = (
  fields: Record<string, MemberValue>,
  codecs: readonly MemberCodec[],
  felts: readonly Felt[],
  start: number,
): string | null => {
  let at = start
  for (const codec of codecs) {
    const felt = felts[at]
    if (felt === undefined) return `data[${at}] (${codec.name}) is missing`
    const value = codec.decode(felt)
    if (value === undefined)
      return `data[${at}] (${codec.name}): ${felt} is not a value of type ${codec.wireType}`
    fields[codec.name] = value
    at++
  }
  return null
}

/**
 * Felts of the members in declaration order. Fields that do not fit are a bug of the caller: throws
 * FatalError.
 */
export const encodeMembers = (
  codecs: readonly MemberCodec[],
  fields: Fields,
  what: string,
): Felt[] =>
  codecs.map((codec) => {
    const felt = codec.encode(fields[codec.name])
    if (felt !== undefined) return felt
    throw new FatalError(
      `${what}: ${codec.name} = ${JSON.stringify(fields[codec.name])} is not of type ${codec.wireType}`,
    )
  })
