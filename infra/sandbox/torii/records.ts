/**
 * The world's models and events as Torii names them: tags, tables, GraphQL types and fields, and
 * the JSON in which its table `models` describes schema and storage layout. Registrations and
 * upgrades on the chain add to them.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { RecordDefinition, WorldDefinition } from '../../../domain/worlds/definition.ts'
import { memberSelector, selectorsOf } from '../../../schemas/worlds/selectors.ts'
import { resourceAddress } from '../game/resource-views.ts'
import { scopedId } from './ids.ts'
import { type MemberColumn, memberColumns } from './member-column.ts'

export type ToriiRecord = Readonly<{
  kind: 'model' | 'event'
  name: string
  namespace: string
  /** `<namespace>-<Name>`: also the name of the record's table. */
  tag: string
  selector: Felt
  /** Id in the table `models`. */
  modelId: string
  /** GraphQL type `<namespace>_<Name>`. */
  typeName: string
  /** GraphQL field `<namespaceCamel><Name>Models`. */
  fieldName: string
  keys: readonly MemberColumn[]
  values: readonly MemberColumn[]
  /**
   * Values that every event of the record has. Upgrades appended the others, and older rows end
   * before them.
   */
  valuesMin: number
  /** Keys first, then values. */
  members: readonly MemberColumn[]
  valuesBySelector: ReadonlyMap<Felt, MemberColumn>
  /** Column of the record's table that refers to `entities` or to `event_messages`. */
  ownerColumn: 'internal_entity_id' | 'internal_event_message_id'
  /** The sandbox gives each resource a class that is named by its selector. */
  classHash: Felt
  contractAddress: Felt
  schema: string
  layout: string
}>

export type ToriiWorld = Readonly<{
  address: Felt
  /** In the order of their first registration. */
  records: () => readonly ToriiRecord[]
  find: (selector: Felt) => ToriiRecord | undefined
  /** Adds a record, or replaces the one with its selector. */
  put: (record: ToriiRecord) => void
}>

/** What records need to know of their world. */
export type RecordWorld = Pick<WorldDefinition, 'namespace' | 'worldAddress' | 'enums'>

const camelCase = (snake: string): string =>
  snake.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase())

const pascalCase = (name: string): string => camelCase(`_${name}`)

const schemaOf = (
  tag: string,
  keys: readonly MemberColumn[],
  values: readonly MemberColumn[],
): string => {
  const member = (key: boolean) => (column: MemberColumn) => ({
    name: column.name,
    member_type: column.schema,
    key,
  })
  const children = [...keys.map(member(true)), ...values.map(member(false))]
  return JSON.stringify({ type: 'struct', content: { name: tag, children } })
}

const layoutOf = (values: readonly MemberColumn[]): string =>
  JSON.stringify({
    Struct: values.map(({ name, layout }) => ({ selector: memberSelector(name), layout })),
  })

/** A model or an event as it is registered; `selector` is that of its namespace and name. */
export type RegisteredRecord = Pick<RecordDefinition, 'keys' | 'values'> &
  Pick<ToriiRecord, 'kind' | 'name' | 'selector'>

/** A record as it is when it is registered in a world. */
export const recordOf = (world: RecordWorld, registered: RegisteredRecord): ToriiRecord => {
  const { namespace, worldAddress } = world
  const { kind, name, selector } = registered
  const keys = memberColumns(world, registered.keys, 0)
  const values = memberColumns(world, registered.values, kind === 'model' ? 1 : 0)
  const tag = `${namespace}-${name}`
  return {
    kind,
    name,
    namespace,
    tag,
    selector,
    modelId: scopedId(worldAddress, selector),
    typeName: `${namespace}_${name}`,
    fieldName: `${camelCase(namespace)}${pascalCase(name)}Models`,
    keys,
    values,
    valuesMin: values.length,
    members: [...keys, ...values],
    valuesBySelector: new Map(values.map((column) => [memberSelector(column.name), column])),
    ownerColumn: kind === 'model' ? 'internal_entity_id' : 'internal_event_message_id',
    classHash: selector,
    contractAddress: `0x${resourceAddress(BigInt(selector)).toString(16)}`,
    schema: schemaOf(tag, keys, values),
    layout: layoutOf(values),
  }
}

/**
 * What Torii knows of a world once the models and events of its definition are registered; models
 * first.
 */
export const toriiWorldOf = (definition: WorldDefinition): ToriiWorld => {
  const selectors = selectorsOf(definition)
  const compiled = (
    kind: ToriiRecord['kind'],
    records: Readonly<Record<string, RecordDefinition>>,
  ) =>
    Object.entries(records).map(([name, { keys, values }]) => {
      const known = selectors[kind === 'model' ? 'models' : 'events']
      const selector = known[name] as Felt // derived from the same records
      return recordOf(definition, { kind, name, selector, keys, values })
    })
  const records = [...compiled('model', definition.models), ...compiled('event', definition.events)]
  const bySelector = new Map(records.map((record) => [record.selector, record]))
  return {
    address: definition.worldAddress,
    records: () => [...bySelector.values()],
    find: (selector) => bySelector.get(selector),
    put: (record) => void bySelector.set(record.selector, record),
  }
}
