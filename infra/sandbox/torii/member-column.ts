/**
 * One member of a model or an event as Torii keeps and shows it (torii-and-starknet.md §1.6): its
 * felt on chain, its value in a column, its value in GraphQL, and the column's value for a `where`
 * argument.
 */
import { FatalError } from '../../../domain/errors.ts'
import { type Felt, feltOf, parseFelt } from '../../../domain/felt.ts'
import {
  type Members,
  type WireType,
  type WorldDefinition,
  wireTypeOf,
} from '../../../domain/worlds/definition.ts'
import { isAddress } from '../../../schemas/worlds/member-codec.ts'
import { paddedHex } from './ids.ts'

export type StoredValue = string | number

export type MemberColumn = Readonly<{
  name: string
  /** Name of the GraphQL scalar, which is also the name of the Cairo type in Torii. */
  scalar: string
  sqlType: 'TEXT' | 'INTEGER'
  /** Torii compares booleans and enums for equality only. */
  comparable: boolean
  /** The column's value; undefined when the felt is not of the type. */
  store: (felt: Felt) => StoredValue | undefined
  /**
   * What GraphQL answers; null means a member that was never written, which cannot be told from
   * zero.
   */
  render: (stored: unknown) => string | number | boolean
  /** The value in the JSON of a historical row. */
  json: (stored: StoredValue) => string | number | boolean
  /**
   * The column's value for an argument; text that does not parse stays as it is. Undefined: of the
   * wrong kind.
   */
  operand: (argument: unknown) => StoredValue | undefined
  /** The type as Torii's column `models.schema` describes it. */
  schema: unknown
  /** The type's storage layout as the column `models.layout` describes it. */
  layout: unknown
}>

type Rendering = Omit<MemberColumn, 'name'>

const LEADING_ZEROS = /^0x0+(?=[0-9a-f])/

const bigintOfText = (text: string): bigint | null => {
  if (/^0x[0-9a-fA-F]{1,64}$/.test(text)) return BigInt(text)
  return /^[0-9]{1,77}$/.test(text) ? BigInt(text) : null
}

const primitive = (scalar: string, bits: number) => ({
  schema: { type: 'primitive', content: { scalar_type: scalar.toLowerCase(), value: null } },
  layout: { Fixed: [bits] },
})

const FELT_BITS = 251

/** Types that are kept as hex text of one width, so that text sorts as numbers do. */
const hexColumn = (
  scalar: string,
  { digits, bits }: Readonly<{ digits: number; bits: number }>,
  accepts: (felt: Felt) => boolean,
  json: (stored: StoredValue) => string,
): Rendering => ({
  scalar,
  sqlType: 'TEXT',
  comparable: true,
  store: (felt) => (accepts(felt) ? paddedHex(felt, digits) : undefined),
  render: (stored) => (typeof stored === 'string' ? stored.replace(LEADING_ZEROS, '0x') : ''),
  json,
  operand: (argument) => {
    if (typeof argument !== 'string') return undefined
    const value = bigintOfText(argument)
    const felt = value === null ? null : feltOf(value)
    return felt === null || !accepts(felt) ? argument : paddedHex(felt, digits)
  },
  ...primitive(scalar, bits),
})

const decimalText = (stored: StoredValue): string => BigInt(stored).toString()
const sameText = (stored: StoredValue): string => String(stored)
const hasDigits = (digits: number) => (felt: Felt) => felt.length <= 2 + digits

const integerColumn = (scalar: string, bits: number): Rendering => ({
  scalar,
  sqlType: 'INTEGER',
  comparable: true,
  store: (felt) => (hasDigits(bits / 4)(felt) ? Number(felt) : undefined),
  render: (stored) => (typeof stored === 'number' ? stored : 0),
  json: (stored) => stored,
  // Safe integers are numbers.
  operand: (argument) => (Number.isSafeInteger(argument) ? (argument as number) : undefined),
  ...primitive(scalar, bits),
})

const boolColumn: Rendering = {
  scalar: 'bool',
  sqlType: 'INTEGER',
  comparable: false,
  store: (felt) => (felt === '0x0' ? 0 : felt === '0x1' ? 1 : undefined),
  render: (stored) => stored === 1,
  json: (stored) => stored === 1,
  operand: (argument) => (typeof argument === 'boolean' ? Number(argument) : undefined),
  ...primitive('bool', 1),
}

/**
 * `base` is the felt of the first variant; a stored felt 0 under base 1 was never written and reads
 * as that variant.
 */
const enumColumn = (name: string, variants: readonly string[], base: 0 | 1): Rendering => ({
  scalar: 'Enum',
  sqlType: 'TEXT',
  comparable: false,
  store: (felt) => variants[felt.length <= 4 ? Math.max(Number(felt) - base, 0) : variants.length],
  render: (stored) => (typeof stored === 'string' ? stored : ''),
  json: (stored) => stored,
  operand: (argument) => (typeof argument === 'string' ? argument : undefined),
  schema: {
    type: 'enum',
    content: {
      name,
      option: null,
      options: variants.map((variant) => ({ name: variant, ty: { type: 'tuple', content: [] } })),
    },
  },
  layout: {
    Enum: variants.map((_, at) => ({
      selector: `0x${(at + 1).toString(16)}`,
      layout: { Fixed: [] },
    })),
  },
})

/** Variants of enums by the enum's name. */
type Enums = Pick<WorldDefinition, 'enums'>

const renderingOf = ({ enums }: Enums, type: WireType, enumBase: 0 | 1): Rendering => {
  switch (type) {
    case 'felt':
      return hexColumn('felt252', { digits: 64, bits: FELT_BITS }, () => true, sameText)
    case 'address':
      return hexColumn('ContractAddress', { digits: 64, bits: FELT_BITS }, isAddress, sameText)
    case 'u64':
      return hexColumn('u64', { digits: 16, bits: 64 }, hasDigits(16), decimalText)
    case 'u128':
      return hexColumn('u128', { digits: 32, bits: 128 }, hasDigits(32), decimalText)
    case 'u8':
    case 'u16':
    case 'u32':
      return integerColumn(type, Number(type.slice(1)))
    case 'bool':
      return boolColumn
    default: {
      const variants = enums[type]
      if (variants === undefined) throw new FatalError(`There is no type "${type}"`)
      return enumColumn(type, variants, enumBase)
    }
  }
}

/**
 * Columns of members in declaration order. Enums count from 0 in events and keys, from 1 in the
 * values of models.
 */
export const memberColumns = (
  enums: Enums,
  members: Members,
  enumBase: 0 | 1,
): readonly MemberColumn[] =>
  Object.entries(members).map(([name, type]) => ({
    name,
    ...renderingOf(enums, wireTypeOf(type), enumBase),
  }))

/** A felt that a client gave as hex text, with or without its prefix; null when it is none. */
export const feltOfHexText = (text: string): Felt | null =>
  /^(0x)?[0-9a-fA-F]{1,64}$/.test(text)
    ? parseFelt(text.startsWith('0x') ? text : `0x${text}`)
    : null
