/**
 * A table of the read models as data. It merges the rows of models that have the same keys, and so
 * the same entity id: one row here per entity. Every member of every merged model is kept, so that
 * rows can be compared with the chain. What a table is in SQL (current rows, history, indexes) is
 * decided in infra/postgres/read-model-tables.ts.
 */
import { assert } from '../../domain/errors.ts'
import type {
  Members,
  MemberType,
  MemberValue,
  WorldDefinition,
} from '../../domain/worlds/definition.ts'

/** Values of a row in column order; null where the model that a column belongs to has no row. */
export type RowValues = readonly MemberValue[]

/**
 * A column that no model holds: computed once, from the row and from rows written earlier in the
 * same transaction.
 */
export type Derivation = Readonly<{
  type: MemberType
  from: (
    /** A column of the row itself. */
    own: (column: string) => MemberValue,
    /**
     * A column of the row of that table that the transaction wrote last; null when it wrote none.
     */
    lastWritten: (table: string, column: string) => MemberValue,
  ) => MemberValue
}>

export type TableSpec = Readonly<{
  /** The merged models in column order, each with those members whose column has another name. */
  models: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Column by which the API looks rows up. */
  lookup: string
  /** Column of the hex that is changed when a row is; null for rows that are shown on no hex. */
  hex: string | null
  derived: Readonly<Record<string, Derivation>>
}>

export type Column = Readonly<{ name: string; type: MemberType }>

/** Where one model's values stand in a row. */
export type ModelPart = Readonly<{
  model: string
  /** Column of the model's first value; the others follow. */
  start: number
  /** Value members in declaration order, with the value that an unwritten one has. */
  members: readonly string[]
  zeros: RowValues
  /** A column that is null exactly when the model has no row. */
  presence: number
}>

/** A table of one world, compiled from its spec. */
export type WorldTable = Readonly<{
  name: string
  columns: readonly Column[]
  columnIndex: ReadonlyMap<string, number>
  /**
   * Key members, which are the first columns; null as long as the chain has told only an entity's
   * id.
   */
  keys: readonly string[]
  parts: readonly ModelPart[]
  derived: readonly Readonly<{ column: number; from: Derivation['from'] }>[]
  lookup: number
  hex: number | null
}>

const isEnum = (definition: WorldDefinition, type: MemberType): boolean =>
  definition.enums[type] !== undefined

/** What a member reads as on chain before it was ever written. */
const zeroOf = (definition: WorldDefinition, type: MemberType): MemberValue => {
  if (isEnum(definition, type)) return null
  switch (type) {
    case 'felt':
    case 'address':
      return '0x0'
    case 'bool':
      return false
    case 'u64':
    case 'u128':
      return '0'
    default:
      return 0
  }
}

const membersOf = (
  definition: WorldDefinition,
  model: string,
): Readonly<{ keys: Members; values: Members }> => {
  const found = definition.models[model]
  assert(found !== undefined, `the world has a model ${model}`)
  return found
}

const partOf = (definition: WorldDefinition, model: string, start: number): ModelPart => {
  const types = Object.entries(membersOf(definition, model).values)
  const firstPlain = types.findIndex(([, type]) => !isEnum(definition, type))
  assert(firstPlain >= 0, `model ${model} has a value that is never null`)
  return {
    model,
    start,
    members: types.map(([name]) => name),
    zeros: types.map(([, type]) => zeroOf(definition, type)),
    presence: start + firstPlain,
  }
}

/**
 * Compiles a table's spec against the world that it belongs to. A spec that does not fit is a bug:
 * throws FatalError.
 */
export const compileTable = (
  definition: WorldDefinition,
  name: string,
  spec: TableSpec,
): WorldTable => {
  const models = Object.entries(spec.models)
  const keys = models.map(([model]) => Object.keys(membersOf(definition, model).keys))
  assert(
    keys.length > 0 && keys.every((other) => other.join() === keys[0]?.join()),
    `models of ${name} share their keys`,
  )
  const firstModel = models[0]?.[0] as string // counted just before
  const columns: Column[] = Object.entries(membersOf(definition, firstModel).keys).map(
    ([key, type]) => ({
      name: key,
      type,
    }),
  )
  const parts: ModelPart[] = []
  for (const [model, renamed] of models) {
    parts.push(partOf(definition, model, columns.length))
    const { values } = membersOf(definition, model)
    columns.push(
      ...Object.entries(values).map(([member, type]) => ({
        name: renamed[member] ?? member,
        type,
      })),
    )
  }
  const derived = Object.entries(spec.derived).map(([column, { type, from }], at) => {
    return { name: column, type, from, column: columns.length + at }
  })
  columns.push(...derived.map(({ name: column, type }) => ({ name: column, type })))
  const columnIndex = new Map(columns.map((column, at) => [column.name, at]))
  assert(columnIndex.size === columns.length, `columns of ${name} have names of their own`)
  const indexOf = (column: string): number => {
    const at = columnIndex.get(column)
    assert(at !== undefined, `${name} has a column ${column}`)
    return at
  }
  return {
    name,
    columns,
    columnIndex,
    keys: keys[0] ?? [],
    parts,
    derived: derived.map(({ column, from }) => ({ column, from })),
    lookup: indexOf(spec.lookup),
    hex: spec.hex === null ? null : indexOf(spec.hex),
  }
}
