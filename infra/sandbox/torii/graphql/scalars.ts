/** Torii's scalars: names without rules. Values pass as plain JSON in both directions. */
import { GraphQLEnumType, GraphQLScalarType, valueFromASTUntyped } from 'graphql'

const NAMES = [
  'i8',
  'i16',
  'i32',
  'i64',
  'i128',
  'u8',
  'u16',
  'u32',
  'u64',
  'u128',
  'u256',
  'bool',
  'felt252',
  'ClassHash',
  'ContractAddress',
  'EthAddress',
  'ByteArray',
  'Enum',
  'Cursor',
  'DateTime',
]

const scalars: ReadonlyMap<string, GraphQLScalarType> = new Map(
  NAMES.map((name) => [
    name,
    new GraphQLScalarType({
      name,
      serialize: (value) => value,
      parseValue: (value) => value,
      parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
    }),
  ]),
)

export const SCALARS: readonly GraphQLScalarType[] = [...scalars.values()]

/** Throws a RangeError for a name that is none of Torii's. */
export const scalarNamed = (name: string): GraphQLScalarType => {
  const scalar = scalars.get(name)
  if (scalar === undefined) throw new RangeError(`There is no scalar "${name}"`)
  return scalar
}

export const ORDER_DIRECTION = new GraphQLEnumType({
  name: 'OrderDirection',
  values: { ASC: {}, DESC: {} },
})
