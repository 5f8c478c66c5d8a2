/**
 * The scalars of the schema: each reads every spelling that it promises, writes one, and says what
 * was wrong.
 */
import { GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql'
import { FatalError } from '../../domain/errors.ts'
import { type Felt, feltOfNumber, parseFelt } from '../../domain/felt.ts'
import { parseHexInput } from '../../domain/hex-input.ts'
import { parseInstant } from '../../domain/instant.ts'
import { shown } from '../../domain/shown.ts'
import { userInputError } from '../errors.ts'

const BIG_INTEGER_MAX = 2n ** 128n - 1n
const UINT32_MAX = 2 ** 32 - 1

const isInteger = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value)
const isCount = (value: unknown): value is number => isInteger(value) && value >= 0
const isUInt32 = (value: unknown): value is number => isCount(value) && value <= UINT32_MAX

/**
 * Output of a scalar whose views already hold the right thing; a number or text of another kind is
 * a bug here.
 */
const serializeAs =
  <T>(name: string, isRight: (value: unknown) => value is T) =>
  (value: unknown): T => {
    if (isRight(value)) return value
    throw new FatalError(`A view holds ${shown(value)} where the schema promises ${name}`)
  }

const isText = (value: unknown): value is string => typeof value === 'string'

/**
 * A scalar from one parse function. In documents, integers reach it as their digits (they may
 * exceed 2^53), and objects may contain variables: while a document is only validated those have no
 * values yet, and nothing is parsed.
 */
const scalar = <T>(
  name: string,
  serialize: (value: unknown) => unknown,
  parseValue: (value: unknown) => T,
): GraphQLScalarType =>
  new GraphQLScalarType({
    name,
    serialize,
    parseValue,
    parseLiteral: (node, variables) => {
      if (!variables && holdsVariable(node)) return null
      return parseValue(
        node.kind === Kind.INT ? integerOf(node.value) : valueFromASTUntyped(node, variables),
      )
    },
  })

const integerOf = (digits: string): number | string => {
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : digits
}

const holdsVariable = (node: ValueNode): boolean => {
  if (node.kind === Kind.VARIABLE) return true
  if (node.kind === Kind.LIST) return node.values.some(holdsVariable)
  return node.kind === Kind.OBJECT && node.fields.some((field) => holdsVariable(field.value))
}

const parseFeltInput = (value: unknown): Felt => {
  const felt = isCount(value) ? feltOfNumber(value) : parseFelt(value)
  if (felt === null) {
    throw userInputError(
      `Expected a felt as 0x hex or decimal text below 2^251 + 17·2^192 + 1, but got ${shown(value)}`,
    )
  }
  return felt
}

const parseCount =
  (what: string) =>
  (value: unknown): number => {
    if (!isCount(value))
      throw userInputError(
        `Expected ${what}, an integer from 0 to 2^53 - 1, but got ${shown(value)}`,
      )
    return value
  }

const parseUInt32 = (value: unknown): number => {
  if (isUInt32(value)) return value
  throw userInputError(`Expected an integer from 0 to 2^32 - 1, but got ${shown(value)}`)
}

const parseBigInteger = (value: unknown): string => {
  const text = isCount(value) ? String(value) : value
  if (typeof text === 'string' && /^[0-9]{1,39}$/.test(text) && BigInt(text) <= BIG_INTEGER_MAX)
    return String(BigInt(text))
  throw userInputError(
    `Expected an integer from 0 to 2^128 - 1 as decimal text, but got ${shown(value)}`,
  )
}

const parseDateTime = (value: unknown): Date => {
  const instant = typeof value === 'string' ? parseInstant(value) : null
  if (instant === null)
    throw userInputError(`Expected an instant like 2026-01-31T12:00:00Z, but got ${shown(value)}`)
  return instant
}

const serializeInstant = (value: unknown): string => {
  if (value instanceof Date) return value.toISOString()
  throw new FatalError(`A view holds ${shown(value)} where the schema promises DateTime`)
}

const CURSOR_CHARACTERS_MAX = 1_000

const parseCursorText = (value: unknown): string => {
  if (typeof value === 'string' && value.length > 0 && value.length <= CURSOR_CHARACTERS_MAX)
    return value
  throw userInputError(`Expected a cursor that this API gave, but got ${shown(value)}`)
}

const HEX_FORMS =
  '{x, y, z} with x + y + z = 0, {q, r}, or the packed felt as text; each axis from -2^20 to 2^20 - 1'

/** The packed felt of a hex in any of its three forms. Throws an error that names the forms. */
const parseHexCoordinate = (value: unknown): Felt => {
  const packed = parseHexInput(value)
  if (packed === null)
    throw userInputError(`Expected a hex as ${HEX_FORMS}, but got ${shown(value)}`)
  return packed
}

/** Positions in views start at -1: the time before the first event. */
const isPosition = (value: unknown): value is number => isInteger(value) && value >= -1

const accept = (value: unknown): unknown => value

/** By name, as the schema declares them. */
export const SCALARS: Readonly<Record<string, GraphQLScalarType>> = {
  Felt: scalar('Felt', serializeAs('Felt', isText), parseFeltInput),
  BigInt: scalar('BigInt', serializeAs('BigInt', isText), parseBigInteger),
  UInt32: scalar('UInt32', serializeAs('UInt32', isUInt32), parseUInt32),
  BlockNumber: scalar(
    'BlockNumber',
    serializeAs('BlockNumber', isCount),
    parseCount('a block number'),
  ),
  Position: scalar('Position', serializeAs('Position', isPosition), parseCount('a position')),
  DateTime: scalar('DateTime', serializeInstant, parseDateTime),
  JSON: scalar('JSON', accept, accept),
  Cursor: scalar('Cursor', serializeAs('Cursor', isText), parseCursorText),
  HexCoordinate: scalar('HexCoordinate', serializeAs('HexCoordinate', isText), parseHexCoordinate),
}
