/**
 * Values that do not fit the type that the schema gives them: a contract can write a block of 2^64
 * or more than an Int holds, and one such row must not cost the answer. Where null is allowed the
 * value is null, elsewhere the nearest one that fits; each time the answer says which row and field
 * it was. What is of another kind altogether is a bug, and stays an error.
 */
import {
  defaultFieldResolver,
  type ExecutionResult,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNullableType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { shown } from '../../domain/shown.ts'

/** One value that did not fit, as `extensions.warnings` shows it. */
export type Warning = Readonly<{
  code: 'VALUE_DOES_NOT_FIT'
  message: string
  /** Of the value in the answer, as in errors. */
  path: readonly (string | number)[]
  /** Type of the row. */
  type: string
  /** What identifies the row, where its type has such a field. */
  row: string | null
  field: string
}>

/** The warnings of one execution. */
export type Warnings = Readonly<{
  add: (warning: Warning) => void
  extensions: () => object | null
}>

const SHOWN_MAX = 100

/** No warnings yet. */
export const createWarnings = (): Warnings => {
  const shownOnes: Warning[] = []
  let more = 0
  return {
    add: (warning) => {
      if (shownOnes.length < SHOWN_MAX) shownOnes.push(warning)
      else more += 1
    },
    extensions: () =>
      shownOnes.length === 0
        ? null
        : { warnings: shownOnes, ...(more === 0 ? {} : { moreWarnings: more }) },
  }
}

/** The result, and what of it did not fit. */
export const withWarnings = (result: ExecutionResult, warnings: Warnings): ExecutionResult => {
  const extensions = warnings.extensions()
  return extensions === null
    ? result
    : { ...result, extensions: { ...result.extensions, ...extensions } }
}

const INT_MAX = 2 ** 31 - 1
const UINT32_MAX = 2 ** 32 - 1
/** The last instant that a Date holds, in 275760. */
const INSTANT_MS_MAX = 8_640_000_000_000_000

type Bounds = Readonly<{ least: number; most: number }>

/** Scalars that hold less than what a row may. */
const NUMBERS: ReadonlyMap<string, Bounds> = new Map([
  ['Int', { least: -INT_MAX - 1, most: INT_MAX }],
  ['UInt32', { least: 0, most: UINT32_MAX }],
  ['BlockNumber', { least: 0, most: Number.MAX_SAFE_INTEGER }],
  ['Position', { least: -1, most: Number.MAX_SAFE_INTEGER }],
])

/** A value that fits in place of one that does not; undefined when the value fits, or is a bug. */
const nearestFor = (scalar: string): ((value: unknown) => unknown) | null => {
  const bounds = NUMBERS.get(scalar)
  if (bounds !== undefined) return (value) => nearestNumber(value, bounds)
  return scalar === 'DateTime' ? nearestInstant : null
}

const nearestNumber = (value: unknown, { least, most }: Bounds): number | undefined => {
  if (typeof value !== 'number' || (value >= least && value <= most)) return undefined
  return Number.isNaN(value) ? undefined : Math.min(most, Math.max(least, value))
}

const nearestInstant = (value: unknown): Date | undefined =>
  value instanceof Date && Number.isNaN(value.getTime()) ? new Date(INSTANT_MS_MAX) : undefined

type Warned = Readonly<{ warnings: Warnings }>

/** Makes every field of the schema that may hold too much give what fits, and a warning. */
export const fitFields = (schema: GraphQLSchema): GraphQLSchema => {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    const fields = Object.values(type.getFields())
    const rowOf = identifierIn(fields)
    for (const field of fields) {
      const leaf = getNullableType(field.type)
      const nearest = isLeafType(leaf) ? nearestFor(leaf.name) : null
      if (nearest !== null) field.resolve = fitted(field, nearest, rowOf)
    }
  }
  return schema
}

const fitted = (
  field: GraphQLField<unknown, Warned>,
  nearest: (value: unknown) => unknown,
  rowOf: (source: unknown) => string | null,
): GraphQLFieldResolver<unknown, Warned> => {
  const resolve = field.resolve ?? defaultFieldResolver
  const isNullable = !isNonNullType(field.type)
  return (source, args, context, info) => {
    const value = resolve(source, args, context, info)
    const fit = nearest(value)
    if (fit === undefined) return value
    context.warnings.add(
      warningOf(info, value, { row: rowOf(source), shownAs: isNullable ? null : fit }),
    )
    return isNullable ? null : fit
  }
}

const warningOf = (
  { parentType, fieldName, path, returnType }: GraphQLResolveInfo,
  value: unknown,
  { row, shownAs }: Readonly<{ row: string | null; shownAs: unknown }>,
): Warning => ({
  code: 'VALUE_DOES_NOT_FIT',
  message: `${parentType.name}${row === null ? '' : ` ${row}`}: ${fieldName} is ${shown(value)}, which no ${String(getNullableType(returnType))} holds; it is shown as ${shown(shownAs)}`,
  path: pathOf(path),
  type: parentType.name,
  row,
  field: fieldName,
})

const pathOf = (path: GraphQLResolveInfo['path']): readonly (string | number)[] => {
  const keys: (string | number)[] = []
  for (let at: typeof path | undefined = path; at !== undefined; at = at.prev) keys.unshift(at.key)
  return keys
}

/** By convention of the schema, the first field of a type that is a Felt or an ID and never null. */
const identifierIn = (
  fields: readonly GraphQLField<unknown, unknown>[],
): ((source: unknown) => string | null) => {
  const name = fields.find(({ type }) => ['Felt!', 'ID!'].includes(String(type)))?.name
  return (source) => {
    if (name === undefined || typeof source !== 'object' || source === null) return null
    const value: unknown = Reflect.get(source, name)
    return typeof value === 'string' ? value : null
  }
}
