/**
 * What a client reads from Dojo's own contracts (torii-and-starknet.md §7): rows and resources from the World, layouts
 * from the models' contracts. Model and event contracts stand at addresses of our own, derived from their selectors: the
 * manifest names none, and the World's `resource` tells them.
 */
import type { Felt } from '../../../domain/felt.ts'
import { infiniteHexAdventurers, type ModelName } from '../../../domain/worlds/infinite-hex-adventurers.ts'
import { byteArrayFelts, hades3, poseidonOfSpan } from '../../../schemas/starknet.ts'
import { entrypointSelector, memberSelector, selectorsOf } from '../../../schemas/worlds/selectors.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import { CallReverted } from '../game.ts'
import { memberLayout, modelLayout } from './model-layout.ts'
import type { RowState } from './row-state.ts'

/** A view of a contract: answers in felts, or throws CallReverted. */
export type FeltView = (calldata: readonly bigint[]) => readonly bigint[]

/** Views by entrypoint selector. */
export type ContractViews = ReadonlyMap<bigint, FeltView>

const ADDRESS_BITS = 250n

/** Address of a model's or an event's contract in the sandbox: the low 250 bits of hades3(selector, 'MODEL', 0). */
export const resourceAddress = (selector: bigint): bigint =>
  BigInt.asUintN(Number(ADDRESS_BITS), hades3(selector, shortString('MODEL'), 0n))

const byName = (views: Readonly<Record<string, FeltView>>): ContractViews =>
  new Map(Object.entries(views).map(([name, view]) => [BigInt(entrypointSelector(name)), view]))

/** Reads calldata from left to right; running out of it reverts as Cairo's deserialisation does. */
const readerOf = (calldata: readonly bigint[]) => {
  let at = 0
  const next = (): bigint => {
    const felt = calldata[at++]
    if (felt === undefined) throw new CallReverted('Input too short for arguments')
    return felt
  }
  const many = (count: bigint): readonly bigint[] => {
    if (count > BigInt(calldata.length - at)) throw new CallReverted('Input too short for arguments')
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
const MODEL_NAMES = Object.keys(DEFINITION.models) as ModelName[] // the keys are exactly the names
const SELECTORS = selectorsOf(DEFINITION)

const selectorMap = (selectors: Readonly<Record<string, Felt>>): ReadonlyMap<bigint, string> =>
  new Map(Object.entries(selectors).map(([name, selector]) => [BigInt(selector), name]))

const MODELS_BY_SELECTOR = new Map(MODEL_NAMES.map((name) => [BigInt(SELECTORS.models[name] as Felt), name]))
const EVENTS_BY_SELECTOR = selectorMap(SELECTORS.events)
const CONTRACTS_BY_SELECTOR = selectorMap(SELECTORS.contracts)

const equal = (a: readonly bigint[], b: readonly bigint[]): boolean =>
  a.length === b.length && a.every((felt, at) => felt === b[at])

const requireLayout = (given: readonly bigint[], expected: readonly bigint[]): void => {
  if (!equal(given, expected)) throw new CallReverted('The layout is not the one that the model declares')
}

const valuesAt = (rows: RowState, model: ModelName, { entityId, member }: Index): readonly bigint[] => {
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
  if (model === undefined) throw new CallReverted(`Resource \`0x${selector.toString(16)}\` is not registered`)
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
const RESOURCE = { model: 0n, event: 1n, contract: 2n, namespace: 3n, world: 4n, unregistered: 5n } as const

const NAMESPACE_HASH = poseidonOfSpan(byteArrayFelts(DEFINITION.namespace))

/** `resource(selector)`: what stands behind a selector, with its address. */
const resource = (selector: bigint): readonly bigint[] => {
  if (selector === 0n) return [RESOURCE.world]
  if (selector === NAMESPACE_HASH) return [RESOURCE.namespace, ...byteArrayFelts(DEFINITION.namespace)]
  if (MODELS_BY_SELECTOR.has(selector)) return [RESOURCE.model, resourceAddress(selector), NAMESPACE_HASH]
  if (EVENTS_BY_SELECTOR.has(selector)) return [RESOURCE.event, resourceAddress(selector), NAMESPACE_HASH]
  const contract = CONTRACTS_BY_SELECTOR.get(selector)
  if (contract === undefined) return [RESOURCE.unregistered]
  const { address } = DEFINITION.contracts[contract as keyof typeof DEFINITION.contracts]
  return [RESOURCE.contract, BigInt(address), NAMESPACE_HASH]
}

/** The World's views on rows and resources. */
export const worldViews = (rows: RowState): ContractViews =>
  byName({
    entity: (calldata) => entity(rows, calldata),
    entities: (calldata) => entities(rows, calldata),
    resource: (calldata) => {
      const reader = readerOf(calldata)
      const selector = reader.next()
      if (reader.rest().length > 0) throw new CallReverted('Input too long for arguments')
      return resource(selector)
    },
  })

const withoutArguments =
  (answer: readonly bigint[]): FeltView =>
  (calldata) => {
    if (calldata.length > 0) throw new CallReverted('Input too long for arguments')
    return answer
  }

/** Index of `Option::Some` as Serde has it. */
const SOME = 0n

/** Views of every model's own contract, by address. */
export const modelContracts = (): ReadonlyMap<bigint, ContractViews> =>
  new Map(
    [...MODELS_BY_SELECTOR].map(([selector, name]) => {
      const { values } = DEFINITION.models[name]
      const views = byName({
        dojo_name: withoutArguments(byteArrayFelts(name)),
        layout: withoutArguments(modelLayout(DEFINITION, values)),
        unpacked_size: withoutArguments([SOME, BigInt(Object.keys(values).length)]),
        use_legacy_storage: withoutArguments([0n]),
      })
      return [resourceAddress(selector), views]
    }),
  )
