/**
 * Arguments of a call as people, agents and scripts write them, checked against the definition and
 * brought into the one spelling that encode.ts and the log use. A refusal names the argument.
 */
import type { Rejection } from '../../domain/decider.ts'
import { type Felt, feltOfShortString } from '../../domain/felt.ts'
import { parseHexInput } from '../../domain/hex-input.ts'
import { shown } from '../../domain/shown.ts'
import {
  type Fields,
  type MemberValue,
  meaningOf,
  type WorldDefinition,
} from '../../domain/worlds/definition.ts'
import { entrypointsOf } from './calls.ts'
import type { MemberCodec } from './member-codec.ts'

export type CallRejection = Rejection<'UNKNOWN_ENTRYPOINT' | 'BAD_ARGUMENT'> &
  Readonly<{
    /** The argument that was refused; null when it is not about one. */
    argument: string | null
  }>

const badArgument = (argument: string | null, reason: string): CallRejection => ({
  rejected: 'BAD_ARGUMENT',
  reason,
  argument,
})

const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The felt of 1 to 31 printable ASCII characters, digits among them. */
const textFeltOf = (value: unknown): Felt | null =>
  typeof value === 'string' && value !== '' ? feltOfShortString(value) : null

/** Items are short strings or hashes: what spells a number is one, anything else a text. */
const itemFeltOf = (value: unknown): Felt | null => {
  const integer = integerOf(value)
  return integer === null ? textFeltOf(value) : `0x${integer.toString(16)}`
}

const INTEGER_TEXT = /^(?:0[xX][0-9a-fA-F]{1,64}|[0-9]{1,77})$/

/**
 * Decimal or hex text of a non-negative integer as a bigint; also a safe integer; null for anything
 * else.
 */
const integerOf = (value: unknown): bigint | null => {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : null
  return typeof value === 'string' && INTEGER_TEXT.test(value) ? BigInt(value) : null
}

/**
 * The argument in the spelling of its type, not yet checked for range; undefined when it cannot be
 * one.
 */
const normalised = ({ type, wireType }: MemberCodec, value: unknown): MemberValue | undefined => {
  switch (type) {
    case 'hex':
      return parseHexInput(value) ?? undefined
    case 'text':
      return textFeltOf(value) ?? undefined
    case 'item':
      return itemFeltOf(value) ?? undefined
  }
  switch (wireType) {
    case 'u8':
    case 'u16':
    case 'u32': {
      const integer = integerOf(value)
      return integer === null ? undefined : Number(integer)
    }
    case 'felt':
    case 'address':
    case 'u64':
    case 'u128':
      return integerOf(value)?.toString()
    default: // bool and enums have one spelling
      return typeof value === 'boolean' || typeof value === 'string' ? value : undefined
  }
}

/** The forms in which a value may be given, in words. */
const formsOf = ({ enums }: WorldDefinition, { type, wireType }: MemberCodec): string => {
  if (type === 'hex') return '{x, y, z} with sum 0, {q, r}, or its packed felt'
  if (type === 'text') return '1 to 31 printable ASCII characters'
  if (type === 'item') return '1 to 31 printable ASCII characters, or a felt: 0x… or decimal text'
  if (wireType === 'felt') return 'a felt: 0x… or decimal text'
  if (wireType === 'address') return 'an address: 0x… or decimal text'
  const variants = enums[wireType]
  return variants === undefined ? `a ${wireType}` : `one of ${variants.join(', ')}`
}

/** What was expected: the meaning where the type has one, and the forms that are read. */
const expectation = (definition: WorldDefinition, codec: MemberCodec): string => {
  const [meaning, forms] = [meaningOf(codec.type), formsOf(definition, codec)]
  return meaning === null ? forms : `${meaning}: ${forms}`
}

const validateArg = (
  definition: WorldDefinition,
  codec: MemberCodec,
  value: unknown,
): MemberValue | CallRejection => {
  if (value === undefined)
    return badArgument(codec.name, `${codec.name} is missing: ${expectation(definition, codec)}`)
  const felt = codec.encode(normalised(codec, value))
  const valid = felt === undefined ? undefined : codec.decode(felt)
  if (valid !== undefined) return valid
  return badArgument(
    codec.name,
    `${codec.name}: ${shown(value)} is not ${expectation(definition, codec)}`,
  )
}

/**
 * The arguments of a call in canonical spelling and declaration order, or why they are refused.
 * Felts may be hex or decimal text or safe integers, integers numbers or text, enums are named;
 * hexes may also be {x, y, z} or {q, r}, items their characters. Texts are their characters and
 * nothing else: "0x41" has four. Every argument must be there, and no other.
 */
export const validateArgs = (
  definition: WorldDefinition,
  entrypoint: string,
  args: unknown,
): Readonly<{ args: Fields }> | CallRejection => {
  const call = entrypointsOf(definition).get(entrypoint)
  if (call === undefined)
    return {
      rejected: 'UNKNOWN_ENTRYPOINT',
      reason: `there is no entrypoint ${shown(entrypoint)}`,
      argument: null,
    }
  if (!isPlainObject(args))
    return badArgument(null, `the arguments of ${entrypoint} must be an object by name`)
  const unknown = Object.keys(args).find((name) => !call.args.some((codec) => codec.name === name))
  if (unknown !== undefined)
    return badArgument(unknown, `${entrypoint} has no argument ${shown(unknown)}`)
  const valid: Record<string, MemberValue> = {}
  for (const codec of call.args) {
    const value = validateArg(
      definition,
      codec,
      Object.hasOwn(args, codec.name) ? args[codec.name] : undefined,
    )
    if (typeof value === 'object' && value !== null) return value
    valid[codec.name] = value
  }
  return { args: valid }
}
