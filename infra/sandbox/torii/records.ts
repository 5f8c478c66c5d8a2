/**
 * The world's models and events as Torii names them: tags, tables, GraphQL types and fields, and the JSON in which its
 * table `models` describes schema and storage layout.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { RecordDefinition, WorldDefinition } from '../../../domain/world-definition.ts'
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
  records: readonly ToriiRecord[]
  bySelector: ReadonlyMap<Felt, ToriiRecord>
}>

const camelCase = (snake: string): string =>
  snake.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase())

const pascalCase = (name: string): string => camelCase(`_${name}`)

const schemaOf = (tag: string, keys: readonly MemberColumn[], values: readonly MemberColumn[]): string => {
  const member = (key: boolean) => (column: MemberColumn) => ({ name: column.name, member_type: column.schema, key })
  const children = [...keys.map(member(true)), ...values.map(member(false))]
  return JSON.stringify({ type: 'struct', content: { name: tag, children } })
}

const layoutOf = (values: readonly MemberColumn[]): string =>
  JSON.stringify({ Struct: values.map(({ name, layout }) => ({ selector: memberSelector(name), layout })) })

const recordOf = (
  definition: WorldDefinition,
  kind: ToriiRecord['kind'],
  name: string,
  { keys: keyMembers, values: valueMembers }: RecordDefinition,
  selector: Felt,
): ToriiRecord => {
  const { namespace, worldAddress } = definition
  const keys = memberColumns(definition, keyMembers, 0)
  const values = memberColumns(definition, valueMembers, kind === 'model' ? 1 : 0)
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
    members: [...keys, ...values],
    valuesBySelector: new Map(values.map((column) => [memberSelector(column.name), column])),
    ownerColumn: kind === 'model' ? 'internal_entity_id' : 'internal_event_message_id',
    classHash: selector,
    contractAddress: `0x${resourceAddress(BigInt(selector)).toString(16)}`,
    schema: schemaOf(tag, keys, values),
    layout: layoutOf(values),
  }
}

/** Everything that Torii knows of a world once its models and events are registered; models first. */
export const toriiWorldOf = (definition: WorldDefinition): ToriiWorld => {
  const selectors = selectorsOf(definition)
  const compiled = (kind: ToriiRecord['kind'], records: Readonly<Record<string, RecordDefinition>>) =>
    Object.entries(records).map(([name, record]) =>
      // selectors are derived from the same records
      recordOf(definition, kind, name, record, selectors[kind === 'model' ? 'models' : 'events'][name] as Felt),
    )
  const records = [...compiled('model', definition.models), ...compiled('event', definition.events)]
  return {
    address: definition.worldAddress,
    records,
    bySelector: new Map(records.map((record) => [record.selector, record])),
  }
}
