/**
 * Schemas of models and events as Dojo's `schema()` answers them (torii-and-starknet.md §3.4), in
 * serialised felts: Struct { name, attributes, children }, each child a Member { name, attributes,
 * type }. Keys come first and bear the attribute 'key'.
 */
import { FatalError } from '../../../domain/errors.ts'
import {
  type Members,
  type MemberType,
  type RecordDefinition,
  type WorldDefinition,
  wireTypeOf,
} from '../../../domain/worlds/definition.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'

/** Indices of Dojo's enum `Ty`. */
const PRIMITIVE = 0n
const ENUM = 2n
const TUPLE = 3n

/** Cairo's names of the scalar types. */
const CAIRO_TYPES: Readonly<Record<string, string>> = {
  felt: 'felt252',
  address: 'ContractAddress',
  bool: 'bool',
  u8: 'u8',
  u16: 'u16',
  u32: 'u32',
  u64: 'u64',
  u128: 'u128',
}

const NO_ATTRIBUTES = [0n] as const
const KEY_ATTRIBUTE = [1n, shortString('key')] as const

const typeSchema = ({ enums }: WorldDefinition, type: MemberType): readonly bigint[] => {
  const primitive = CAIRO_TYPES[wireTypeOf(type)]
  if (primitive !== undefined) return [PRIMITIVE, shortString(primitive)]
  const variants = enums[type]
  if (variants === undefined) throw new FatalError(`There is no type "${type}"`)
  // A variant without data holds the empty tuple.
  const children = variants.flatMap((variant) => [shortString(variant), TUPLE, 0n])
  return [ENUM, shortString(type), ...NO_ATTRIBUTES, BigInt(variants.length), ...children]
}

/** Schema of one member; keys are marked. */
export const memberSchema = (
  definition: WorldDefinition,
  name: string,
  type: MemberType,
  isKey: boolean,
): readonly bigint[] => [
  shortString(name),
  ...(isKey ? KEY_ATTRIBUTE : NO_ATTRIBUTES),
  ...typeSchema(definition, type),
]

/** Schema of a model or an event: its keys, then its values. */
export const modelSchema = (
  definition: WorldDefinition,
  name: string,
  { keys, values }: RecordDefinition,
): readonly bigint[] => {
  const members = (of: Members, isKey: boolean) =>
    Object.entries(of).map(([member, type]) => memberSchema(definition, member, type, isKey))
  const children = [...members(keys, true), ...members(values, false)]
  return [shortString(name), ...NO_ATTRIBUTES, BigInt(children.length), ...children.flat()]
}
