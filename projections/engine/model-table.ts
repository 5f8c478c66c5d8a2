/**
 * Tables that copy models of the world. One table merges the rows of models that have the same
 * keys, and so the same entity id: one row here per entity. Every member of every merged model is
 * kept, so that rows can be compared with the chain.
 */
import { assert } from '../../domain/errors.ts'
import {
  type Members,
  type MemberType,
  type MemberValue,
  type WorldDefinition,
  wireTypeOf,
} from '../../domain/worlds/definition.ts'
import {
  type Column,
  type Index,
  type RowValues,
  type Storage,
  type VersionedTable,
  versionedTable,
} from './table.ts'

/** Reads a column of the row of that table that the current transaction wrote last. */
export type LastWritten = (table: VersionedTable, column: string) => MemberValue

/**
 * A column that no model holds: computed once, from the row and from rows written earlier in the
 * same transaction.
 */
export type Derivation = Readonly<{
  type: MemberType
  from: (own: (column: string) => MemberValue, lastWritten: LastWritten) => MemberValue
}>

export type ModelTableSpec = Readonly<{
  /** The merged models in column order, each with those members whose column has another name. */
  models: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Column by which rows are looked up. */
  lookup: string
  /** Subjects that change with a row, by the column that names them. */
  subjects?: Readonly<Record<string, string>>
  derived?: Readonly<Record<string, Derivation>>
  indexes?: readonly Index[]
}>

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

export type ModelTable<Row = unknown> = VersionedTable<Row> &
  Readonly<{
    /**
     * Key members, which are the first columns; null as long as the chain has told only an entity's
     * id.
     */
    keys: readonly string[]
    parts: readonly ModelPart[]
    derived: readonly Readonly<{ column: number; from: Derivation['from'] }>[]
  }>

const isEnum = (definition: WorldDefinition, type: MemberType): boolean =>
  definition.enums[type] !== undefined

/** What a member reads as on chain before it was ever written. */
const zeroOf = (definition: WorldDefinition, type: MemberType): MemberValue => {
  if (isEnum(definition, type)) return null
  switch (wireTypeOf(type)) {
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

/** How a member of a type is kept. */
const storageOf = (type: MemberType): Storage => {
  switch (wireTypeOf(type)) {
    case 'bool':
      return 'boolean'
    case 'u8':
    case 'u16':
      return 'integer'
    case 'u32':
      return 'bigint'
    case 'u64':
      return 'numeric(20)'
    case 'u128':
      return 'numeric(39)'
    default:
      return 'text'
  }
}

const membersOf = (
  definition: WorldDefinition,
  model: string,
): Readonly<{ keys: Members; values: Members }> => {
  const found = definition.models[model]
  assert(found !== undefined, `world ${definition.name} has no model ${model}`)
  return found
}

const partOf = (definition: WorldDefinition, model: string, start: number): ModelPart => {
  const types = Object.entries(membersOf(definition, model).values)
  const firstPlain = types.findIndex(([, type]) => !isEnum(definition, type))
  assert(firstPlain >= 0, `model ${model} has no value that is never null`)
  return {
    model,
    start,
    members: types.map(([name]) => name),
    zeros: types.map(([, type]) => zeroOf(definition, type)),
    presence: start + firstPlain,
  }
}

const columnsOf = (members: Members, renamed: Readonly<Record<string, string>> = {}): Column[] =>
  Object.entries(members).map(([name, type]) => ({
    name: renamed[name] ?? name,
    storage: storageOf(type),
  }))

/**
 * Compiles a table's spec against the world that it belongs to. A spec that does not fit is a bug:
 * throws FatalError.
 */
export const modelTable = <Row = unknown>(
  definition: WorldDefinition,
  name: string,
  spec: ModelTableSpec,
): ModelTable<Row> => {
  const models = Object.entries(spec.models)
  const [first] = models
  assert(first !== undefined, `table ${name} merges no model`)
  const { keys } = membersOf(definition, first[0])
  const keyNames = Object.keys(keys)
  const columns = columnsOf(keys)
  const parts: ModelPart[] = []
  for (const [model, renamed] of models) {
    const members = membersOf(definition, model)
    assert(
      Object.keys(members.keys).join() === keyNames.join(),
      `models ${first[0]} and ${model} of table ${name} have different keys`,
    )
    parts.push(partOf(definition, model, columns.length))
    columns.push(...columnsOf(members.values, renamed))
  }
  const derived = Object.entries(spec.derived ?? {})
  const firstDerived = columns.length
  columns.push(...derived.map(([column, { type }]) => ({ name: column, storage: storageOf(type) })))
  const { lookup, subjects = {}, indexes = [] } = spec
  const shownBy = keyNames[0]
  assert(shownBy !== undefined, `the models of table ${name} have no key`)
  return {
    ...versionedTable<Row>(name, { columns, lookup, shownBy, subjects, indexes }),
    keys: keyNames,
    parts,
    derived: derived.map(([, { from }], at) => ({ column: firstDerived + at, from })),
  }
}
