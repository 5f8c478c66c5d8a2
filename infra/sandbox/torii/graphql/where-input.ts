/**
 * The arguments `where` and `order` of a model's query (torii-and-starknet.md §1.4): for each
 * member an equality and ten comparisons, all of which must hold. Values are bound; Torii splices
 * them into the SQL.
 */
import type { SQLInputValue } from 'node:sqlite'
import {
  GraphQLEnumType,
  GraphQLError,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
} from 'graphql'
import type { MemberColumn } from '../member-column.ts'
import type { ToriiRecord } from '../records.ts'
import type { Condition, PageQuery } from './paging.ts'
import { ORDER_DIRECTION, scalarNamed } from './scalars.ts'

/** Comparisons by the suffix of their argument. */
const COMPARISONS = {
  '': '=',
  EQ: '=',
  NEQ: '!=',
  GT: '>',
  GTE: '>=',
  LT: '<',
  LTE: '<=',
  LIKE: 'LIKE',
  NOTLIKE: 'NOT LIKE',
} as const
const LISTS = { IN: 'IN', NOTIN: 'NOT IN' } as const

/** Values of one IN list. */
const LIST_VALUES_MAX = 1_000

type Test = Readonly<{
  argument: string
  column: MemberColumn
  comparison: string
  isList: boolean
}>

const testsOf = (column: MemberColumn): readonly Test[] => {
  const test =
    (isList: boolean) =>
    ([suffix, comparison]: [string, string]) => ({
      argument: `${column.name}${suffix}`,
      column,
      comparison,
      isList,
    })
  if (!column.comparable) return [test(false)(['', '='])]
  return [...Object.entries(COMPARISONS).map(test(false)), ...Object.entries(LISTS).map(test(true))]
}

const EXPECTED: Readonly<Record<string, string>> = {
  bool: 'boolean',
  INTEGER: 'integer',
  TEXT: 'string',
}

const operandOf = ({ argument, column }: Test, value: unknown): SQLInputValue => {
  const operand = column.operand(value)
  if (operand !== undefined) return operand
  const expected = EXPECTED[column.scalar] ?? EXPECTED[column.sqlType]
  throw new GraphQLError(`Expected ${expected} on field ${argument}`)
}

const conditionOf = (test: Test, value: unknown): Condition => {
  const { column, comparison, isList } = test
  if (!isList) return { sql: `[${column.name}] ${comparison} ?`, values: [operandOf(test, value)] }
  const list = Array.isArray(value) ? value : [value]
  if (list.length > LIST_VALUES_MAX)
    throw new GraphQLError(`${test.argument} may have ${LIST_VALUES_MAX} values`)
  return {
    sql: `[${column.name}] ${comparison} (${list.map(() => '?').join(', ')})`,
    values: list.map((one) => operandOf(test, one)),
  }
}

export type RecordArguments = Readonly<{
  where: GraphQLInputObjectType
  order: GraphQLInputObjectType
  /** Conditions of a `where` argument, in no particular order. */
  conditionsOf: (where: unknown) => readonly Condition[]
  /** The order of an `order` argument; null when there is none. */
  orderOf: (order: unknown) => PageQuery['order']
}>

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const inputTypeOf = ({ column, isList }: Test): GraphQLInputType => {
  const scalar = scalarNamed(column.scalar)
  return isList ? new GraphQLList(scalar) : scalar
}

/** Input types of a record's query, and how their values are read. */
export const recordArguments = ({ members, typeName }: ToriiRecord): RecordArguments => {
  const tests = members.flatMap(testsOf)
  const field = new GraphQLEnumType({
    name: `${typeName}OrderField`,
    values: Object.fromEntries(members.map(({ name }) => [name.toUpperCase(), { value: name }])),
  })
  return {
    where: new GraphQLInputObjectType({
      name: `${typeName}WhereInput`,
      fields: Object.fromEntries(tests.map((test) => [test.argument, { type: inputTypeOf(test) }])),
    }),
    order: new GraphQLInputObjectType({
      name: `${typeName}Order`,
      fields: {
        direction: { type: new GraphQLNonNull(ORDER_DIRECTION) },
        field: { type: new GraphQLNonNull(field) },
      },
    }),
    conditionsOf: (where) =>
      isObject(where)
        ? tests
            .filter(({ argument }) => where[argument] !== undefined && where[argument] !== null)
            .map((test) => conditionOf(test, where[test.argument]))
        : [],
    orderOf: readOrder,
  }
}

/**
 * Direction and column of an `order` argument; the enum types have mapped its values to columns.
 */
export const readOrder = (order: unknown): PageQuery['order'] =>
  isObject(order) && typeof order.field === 'string'
    ? { column: order.field, direction: order.direction === 'ASC' ? 'ASC' : 'DESC' }
    : null
