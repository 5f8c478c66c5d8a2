/**
 * Storage layouts of models and events as Dojo's `layout()` answers them (torii-and-starknet.md
 * §7), in serialised felts. Each is a struct of its value members; a scalar takes its bits, a unit
 * enum its variants with their selectors.
 */
import { FatalError } from '../../../domain/errors.ts'
import {
  type Members,
  type MemberType,
  type WorldDefinition,
  wireTypeOf,
} from '../../../domain/worlds/definition.ts'
import { memberSelector } from '../../../schemas/worlds/selectors.ts'

/** Indices of Dojo's enum `Layout`. */
const FIXED = 0n
const STRUCT = 1n
const ENUM = 5n

const BITS: Readonly<Record<string, bigint>> = {
  felt: 251n,
  address: 251n,
  bool: 1n,
  u8: 8n,
  u16: 16n,
  u32: 32n,
  u64: 64n,
  u128: 128n,
}

/**
 * Selector of an enum's first variant: rows count from 1, because 0 means never written; events
 * count from 0.
 */
export type FirstVariant = 0 | 1

/** Layout of one member. */
export const memberLayout = (
  { enums }: WorldDefinition,
  type: MemberType,
  firstVariant: FirstVariant = 1,
): readonly bigint[] => {
  const bits = BITS[wireTypeOf(type)]
  if (bits !== undefined) return [FIXED, 1n, bits]
  const variants = enums[type]
  if (variants === undefined) throw new FatalError(`There is no type "${type}"`)
  return [
    ENUM,
    BigInt(variants.length),
    ...variants.flatMap((_, at) => [BigInt(at + firstVariant), FIXED, 0n]),
  ]
}

/**
 * Layout of a model or an event: its value members in order, each with its selector. Keys are not
 * part of it.
 */
export const modelLayout = (
  definition: WorldDefinition,
  values: Members,
  firstVariant: FirstVariant = 1,
): readonly bigint[] => {
  const members = Object.entries(values)
  const fields = members.flatMap(([name, type]) => [
    BigInt(memberSelector(name)),
    ...memberLayout(definition, type, firstVariant),
  ])
  return [STRUCT, BigInt(members.length), ...fields]
}
