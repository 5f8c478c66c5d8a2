/**
 * What a client reads from Dojo's own contracts (torii-and-starknet.md §7): rows, resources and
 * permissions from the World, layouts and schemas from the contracts of models and events. Those
 * contracts stand at addresses of the sandbox's own, derived from their selectors: the game's
 * manifest names none, and the World's `resource` returns them.
 */
import type { Felt } from '../../../domain/felt.ts'
import {
  type ContractName,
  type EventName,
  infiniteHexAdventurers,
  type ModelName,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { byteArrayFelts, hades3, poseidonOfSpan } from '../../../schemas/crypto/starknet.ts'
import {
  entrypointSelector,
  memberSelector,
  selectorsOf,
} from '../../../schemas/worlds/selectors.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import { CallReverted } from '../chain/game.ts'
import { memberLayout, modelLayout } from './model-layout.ts'
import { modelSchema } from './model-schema.ts'
import type { RowState } from './row-state.ts'

/** A view of a contract: answers in felts, or throws CallReverted. */
export type FeltView = (calldata: readonly bigint[]) => readonly bigint[]

/** Views by entrypoint selector. */
export type ContractViews = ReadonlyMap<bigint, FeltView>

const ADDRESS_BITS = 250n

/**
 * Address of a model's or an event's contract in the sandbox: the low 250 bits of hades3(selector,
 * 'MODEL', 0).
 */
export const resourceAddress = (selector: bigint): bigint =>
  BigInt.asUintN(Number(ADDRESS_BITS), hades3(selector, shortString('MODEL'), 0n))

const byName = (views: Readonly<Record<string, FeltView>>): ContractViews =>
  new Map(Object.entries(views).map(([name, view]) => [BigInt(entrypointSelector(name)), view]))

/**
 * Reads calldata from left to right; reading past the end reverts, as Cairo's deserialisation does.
 */
const readerOf = (calldata: readonly bigint[]) => {
  let at = 0
  const next = (): bigint => {
    const felt = calldata[at++]
    if (felt === undefined) throw new CallReverted('Input too short for arguments')
    return felt
  }
  const many = (count: bigint): readonly bigint[] => {
    if (count > BigInt(calldata.length - at))
      throw new CallReverted('Input too short for arguments')
    const taken = calldata.slice(at, at + Number(count))
    at += taken.length
    return taken
  }
  return { next, many, rest: () => calldata.slice(at) }
}

type Reader = ReturnType<typeof readerOf>

/** A row or one member of it, as Dojo's `ModelIndex` names it. */
type Index = Readonly<{ entityId: bigint; member: bigint | null }>

const readIndex = (reader: Reader): Index => {
  const variant = reader.next()
  if (variant === 0n) return { entityId: poseidonOfSpan(reader.many(reader.next())), member: null }
  if (variant === 1n) return { entityId: reader.next(), member: null }
  if (variant === 2n) return { entityId: reader.next(), member: reader.next() }
  throw new CallReverted('Failed to deserialize param #2')
}

const DEFINITION = infiniteHexAdventurers
const SELECTORS = selectorsOf(DEFINITION)

const namesBySelector = <N extends string>(
  selectors: Readonly<Record<string, Felt>>,
): ReadonlyMap<bigint, N> =>
  new Map(
    // Selectors are derived for exactly the names of the definition.
    Object.entries(selectors).map(([name, selector]) => [BigInt(selector), name as N]),
  )

const MODELS_BY_SELECTOR = namesBySelector<ModelName>(SELECTORS.models)
const EVENTS_BY_SELECTOR = namesBySelector<EventName>(SELECTORS.events)
const CONTRACTS_BY_SELECTOR = namesBySelector<ContractName>(SELECTORS.contracts)

const equal = (a: readonly bigint[], b: readonly bigint[]): boolean =>
  a.length === b.length && a.every((felt, at) => felt === b[at])

const requireLayout = (given: readonly bigint[], expected: readonly bigint[]): void => {
  if (!equal(given, expected))
    throw new CallReverted('The layout is not the one that the model declares')
}

const valuesAt = (
  rows: RowState,
  model: ModelName,
  { entityId, member }: Index,
): readonly bigint[] => {
  const members = Object.keys(DEFINITION.models[model].values)
  const values = rows.valuesOf(model, entityId) ?? members.map(() => 0n)
  if (member === null) return values
  const at = members.findIndex((name) => BigInt(memberSelector(name)) === member)
  if (at === -1) throw new CallReverted('The model has no such member')
  return values.slice(at, at + 1)
}

const expectedLayout = (model: ModelName, { member }: Index): readonly bigint[] => {
  const { values } = DEFINITION.models[model]
  if (member === null) return modelLayout(DEFINITION, values)
  const found = Object.entries(values).find(([name]) => BigInt(memberSelector(name)) === member)
  if (found === undefined) throw new CallReverted('The model has no such member')
  return memberLayout(DEFINITION, found[1])
}

const requireModel = (selector: bigint): ModelName => {
  const model = MODELS_BY_SELECTOR.get(selector)
  if (model === undefined)
    throw new CallReverted(`Resource \`0x${selector.toString(16)}\` is not registered`)
  return model
}

const span = (felts: readonly bigint[]): readonly bigint[] => [BigInt(felts.length), ...felts]

/** `entity(model_selector, index, layout)`: the values of a row, or of one member of it. */
const entity = (rows: RowState, calldata: readonly bigint[]): readonly bigint[] => {
  const reader = readerOf(calldata)
  const model = requireModel(reader.next())
  const index = readIndex(reader)
  requireLayout(reader.rest(), expectedLayout(model, index))
  return span(valuesAt(rows, model, index))
}

/** `entities(model_selector, indexes, layout)`: the same for several rows under one layout. */
const entities = (rows: RowState, calldata: readonly bigint[]): readonly bigint[] => {
  const reader = readerOf(calldata)
  const model = requireModel(reader.next())
  const count = reader.next()
  if (count > BigInt(calldata.length)) throw new CallReverted('Input too short for arguments')
  const indexes = Array.from({ length: Number(count) }, () => readIndex(reader))
  const layout = reader.rest()
  for (const index of indexes) requireLayout(layout, expectedLayout(model, index))
  return [count, ...indexes.flatMap((index) => span(valuesAt(rows, model, index)))]
}

/** Indices of Dojo's enum `Resource`. */
const RESOURCE = {
  model: 0n,
  event: 1n,
  contract: 2n,
  namespace: 3n,
  world: 4n,
  unregistered: 5n,
} as const

const NAMESPACE_HASH = poseidonOfSpan(byteArrayFelts(DEFINITION.namespace))

/** `resource(selector)`: the kind of resource that a selector names, with its address. */
const resource = (selector: bigint): readonly bigint[] => {
  if (selector === 0n) return [RESOURCE.world]
  if (selector === NAMESPACE_HASH)
    return [RESOURCE.namespace, ...byteArrayFelts(DEFINITION.namespace)]
  if (MODELS_BY_SELECTOR.has(selector))
    return [RESOURCE.model, resourceAddress(selector), NAMESPACE_HASH]
  if (EVENTS_BY_SELECTOR.has(selector))
    return [RESOURCE.event, resourceAddress(selector), NAMESPACE_HASH]
  const contract = CONTRACTS_BY_SELECTOR.get(selector)
  if (contract === undefined) return [RESOURCE.unregistered]
  const { address } = DEFINITION.contracts[contract]
  return [RESOURCE.contract, BigInt(address), NAMESPACE_HASH]
}

/** Which account and which contracts may do what in the world, as it was migrated. */
export type Permissions = Readonly<{
  /**
   * Account that registered the world and everything in it, and so owns each of these resources.
   */
  owner: bigint
  /** Addresses of the contracts with the WRITER role on the namespace. */
  writers: ReadonlySet<bigint>
}>

/** A view that reads its arguments felt by felt, and reverts when felts are left over. */
const reading =
  (answer: (next: () => bigint) => readonly bigint[]): FeltView =>
  (calldata) => {
    const reader = readerOf(calldata)
    const answered = answer(reader.next)
    if (reader.rest().length > 0) throw new CallReverted('Input too long for arguments')
    return answered
  }

const isRegistered = (selector: bigint): boolean => resource(selector)[0] !== RESOURCE.unregistered

/** The World's views on rows, resources and permissions. */
export const worldViews = (rows: RowState, { owner, writers }: Permissions): ContractViews =>
  byName({
    entity: (calldata) => entity(rows, calldata),
    entities: (calldata) => entities(rows, calldata),
    resource: reading((next) => resource(next())),
    is_owner: reading((next) => {
      const [selector, address] = [next(), next()]
      return [BigInt(isRegistered(selector) && address === owner)]
    }),
    is_writer: reading((next) => {
      const [selector, address] = [next(), next()]
      return [BigInt(selector === NAMESPACE_HASH && writers.has(address))]
    }),
  })

const constants = (answers: Readonly<Record<string, readonly bigint[]>>): ContractViews =>
  byName(
    Object.fromEntries(
      Object.entries(answers).map(([name, answer]) => [name, reading(() => answer)]),
    ),
  )

/** Indices of Cairo's `Option` as Serde has it. */
const OPTION = { some: 0n, none: 1n } as const

const modelViews = (name: ModelName): ContractViews => {
  const model = DEFINITION.models[name]
  const layout = modelLayout(DEFINITION, model.values)
  const schema = modelSchema(DEFINITION, name, model)
  const packedSize = [OPTION.none] // only packed layouts have a packed size
  const unpackedSize = [OPTION.some, BigInt(Object.keys(model.values).length)]
  return constants({
    dojo_name: byteArrayFelts(name),
    layout,
    schema,
    packed_size: packedSize,
    unpacked_size: unpackedSize,
    definition: [...byteArrayFelts(name), ...layout, ...schema, ...packedSize, ...unpackedSize],
    use_legacy_storage: [0n],
  })
}

/**
 * Events are never stored: their `layout` counts variants from 0, though their `definition` counts
 * as models do.
 */
const eventViews = (name: EventName): ContractViews => {
  const event = DEFINITION.events[name]
  const schema = modelSchema(DEFINITION, name, event)
  return constants({
    dojo_name: byteArrayFelts(name),
    layout: modelLayout(DEFINITION, event.values, 0),
    schema,
    definition: [...byteArrayFelts(name), ...modelLayout(DEFINITION, event.values), ...schema],
  })
}

/** Views of every model's and every event's own contract, by address: the same in every world. */
export const RESOURCE_CONTRACTS: ReadonlyMap<bigint, ContractViews> = new Map([
  ...[...MODELS_BY_SELECTOR].map(
    ([selector, name]) => [resourceAddress(selector), modelViews(name)] as const,
  ),
  ...[...EVENTS_BY_SELECTOR].map(
    ([selector, name]) => [resourceAddress(selector), eventViews(name)] as const,
  ),
])
