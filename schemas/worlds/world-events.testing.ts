/**
 * Generators of well-formed World events of any world's definition, in felts, for property tests.
 */
import fc from 'fast-check'
import { FELT_PRIME, type Felt, feltOf, feltOfNumber } from '../../domain/felt.ts'
import {
  type Members,
  type MemberType,
  type WorldDefinition,
  wireTypeOf,
} from '../../domain/worlds/definition.ts'
import { entityIdOf } from '../crypto/starknet.ts'
import type { WorldEventFelts } from './decode.ts'
import type { MemberPlace } from './member-codec.ts'
import { memberSelector, selectorsOf, WORLD_EVENT_SELECTORS } from './selectors.ts'

const below = (limit: bigint): fc.Arbitrary<Felt> =>
  fc
    .oneof(fc.bigInt(0n, limit - 1n), fc.constantFrom(0n, 1n, limit - 1n))
    .map((value) => feltOf(value) as Felt) // every limit is within the field

export const anyFelt: fc.Arbitrary<Felt> = below(FELT_PRIME)
const anyAddress = below(1n << 251n)

/** Felts that are values of the type where they stand, whether they mean anything there or not. */
export const feltsOfType = (
  { enums }: WorldDefinition,
  type: MemberType,
  place: MemberPlace,
): fc.Arbitrary<Felt> => {
  const variants = enums[type]
  if (variants !== undefined)
    return fc
      .integer({ min: 0, max: variants.length - (place === 'stored' ? 0 : 1) })
      .map(feltOfNumber)
  const wireType = wireTypeOf(type)
  if (wireType === 'felt') return anyFelt
  if (wireType === 'address') return anyAddress
  return below(wireType === 'bool' ? 2n : 1n << BigInt(wireType.slice(1)))
}

const feltsOfMembers = (
  definition: WorldDefinition,
  members: Members,
  place: MemberPlace,
): fc.Arbitrary<Felt[]> =>
  fc.tuple(...Object.values(members).map((type) => feltsOfType(definition, type, place)))

const span = (felts: readonly Felt[]): Felt[] => [feltOfNumber(felts.length), ...felts]

/** EventEmitted of the named event. */
export const gameEvents = (
  definition: WorldDefinition,
  name: string,
): fc.Arbitrary<WorldEventFelts> => {
  // Tests name what there is.
  const { keys, values } = definition.events[name] as WorldDefinition['events'][string]
  return fc
    .tuple(
      anyAddress,
      feltsOfMembers(definition, keys, 'serialised'),
      feltsOfMembers(definition, values, 'serialised'),
    )
    .map(([system, keyFelts, valueFelts]) => ({
      keys: [
        WORLD_EVENT_SELECTORS.EventEmitted,
        selectorsOf(definition).events[name] as Felt,
        system,
      ],
      data: [...span(keyFelts), ...span(valueFelts)],
    }))
}

/**
 * StoreSetRecord, StoreUpdateRecord, StoreUpdateMember (of any member) and StoreDelRecord of the
 * named model.
 */
export const modelWrites = (
  definition: WorldDefinition,
  name: string,
): fc.Arbitrary<WorldEventFelts> => {
  // Tests name what there is.
  const model = definition.models[name] as WorldDefinition['models'][string]
  const selector = selectorsOf(definition).models[name] as Felt
  const names = Object.keys(model.values)
  const row = fc.record({
    keys: feltsOfMembers(definition, model.keys, 'serialised'),
    values: feltsOfMembers(definition, model.values, 'stored'),
    member: fc.integer({ min: 0, max: names.length - 1 }),
  })
  const { StoreSetRecord, StoreUpdateRecord, StoreUpdateMember, StoreDelRecord } =
    WORLD_EVENT_SELECTORS
  return fc.tuple(row, fc.integer({ min: 0, max: 3 })).map(([{ keys, values, member }, kind]) => {
    const entityId = entityIdOf(keys.map(BigInt))
    if (kind === 0)
      return { keys: [StoreSetRecord, selector, entityId], data: [...span(keys), ...span(values)] }
    if (kind === 1) return { keys: [StoreUpdateRecord, selector, entityId], data: span(values) }
    if (kind === 2) return { keys: [StoreDelRecord, selector, entityId], data: [] }
    return {
      keys: [StoreUpdateMember, selector, entityId, memberSelector(names[member] as string)],
      data: span([values[member] as Felt]),
    }
  })
}

/** Any well-formed event of the world. */
export const worldEvents = (definition: WorldDefinition): fc.Arbitrary<WorldEventFelts> =>
  fc.oneof(
    ...Object.keys(definition.events).map((name) => gameEvents(definition, name)),
    ...Object.keys(definition.models).map((name) => modelWrites(definition, name)),
  )
