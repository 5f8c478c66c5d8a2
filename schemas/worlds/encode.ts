/**
 * From facts to felts: the inverse of decode.ts, and the calldata of calls. What is given must be
 * of the world; a fact that is not is a bug of the caller and throws FatalError. Arguments that
 * people typed go through validate.ts first.
 */
import { FatalError } from '../../domain/errors.ts'
import { type Felt, feltOfNumber } from '../../domain/felt.ts'
import {
  type ModelErased,
  type ModelMemberWritten,
  type ModelWritten,
  UNDECODED_WORLD_EVENT,
  type UndecodedWorldEvent,
} from '../../domain/world-stream/facts.ts'
import type { Fields, RecordDefinition, WorldDefinition } from '../../domain/worlds/definition.ts'
import { entityIdOf } from '../crypto/starknet.ts'
import { entrypointsOf } from './calls.ts'
import type { DecodedFact, WorldEventFelts } from './decode.ts'
import { derivedOnce } from './derived.ts'
import { encodeMembers, type MemberCodec, memberCodecsOf } from './member-codec.ts'
import { memberSelector, selectorsOf, WORLD_EVENT_SELECTORS } from './selectors.ts'

export type WorldEncoder = (fact: DecodedFact) => WorldEventFelts

const span = (felts: readonly Felt[]): Felt[] => [feltOfNumber(felts.length), ...felts]

type RecordCodecs = Readonly<{ keys: readonly MemberCodec[]; values: readonly MemberCodec[] }>

const eventEncoder = (
  name: string,
  selector: Felt,
  { keys, values }: RecordCodecs,
): WorldEncoder => {
  return ({ data, system }) => {
    if (system === null)
      throw new FatalError(`${name}: a game event names the system contract that emitted it`)
    const fields = data as Fields // the data of a game event is its fields
    return {
      keys: [WORLD_EVENT_SELECTORS.EventEmitted, selector, system],
      data: [
        ...span(encodeMembers(keys, fields, name)),
        ...span(encodeMembers(values, fields, name)),
      ],
    }
  }
}

const writtenEncoder = (name: string, selector: Felt, codecs: RecordCodecs): WorldEncoder => {
  return (fact) => {
    // What the type `<Model>Written` stands for.
    const { entityId, keys, values } = fact.data as ModelWritten
    const valueSpan = span(encodeMembers(codecs.values, values, name))
    if (keys === null)
      return {
        keys: [WORLD_EVENT_SELECTORS.StoreUpdateRecord, selector, entityId],
        data: valueSpan,
      }
    const keyFelts = encodeMembers(codecs.keys, keys, name)
    const hashed = entityIdOf(keyFelts.map(BigInt))
    if (entityId !== hashed)
      throw new FatalError(`${name}: entity id ${entityId} is not the hash ${hashed} of its keys`)
    return {
      keys: [WORLD_EVENT_SELECTORS.StoreSetRecord, selector, entityId],
      data: [...span(keyFelts), ...valueSpan],
    }
  }
}

const memberWrittenEncoder = (name: string, selector: Felt, codecs: RecordCodecs): WorldEncoder => {
  return (fact) => {
    // What `<Model>MemberWritten` stands for.
    const { entityId, member, value } = fact.data as ModelMemberWritten
    const codec = codecs.values.find((candidate) => candidate.name === member)
    if (codec === undefined) throw new FatalError(`${name}: there is no value member "${member}"`)
    return {
      keys: [WORLD_EVENT_SELECTORS.StoreUpdateMember, selector, entityId, memberSelector(member)],
      data: span(encodeMembers([codec], { [member]: value }, name)),
    }
  }
}

const erasedEncoder =
  (selector: Felt): WorldEncoder =>
  (fact) => {
    const { entityId } = fact.data as ModelErased // what `<Model>Erased` stands for
    return { keys: [WORLD_EVENT_SELECTORS.StoreDelRecord, selector, entityId], data: [] }
  }

const encodeUndecoded: WorldEncoder = (fact) => {
  const { keys, data } = fact.data as UndecodedWorldEvent // what the type stands for
  return { keys, data }
}

const encodersByType = derivedOnce((definition): ReadonlyMap<string, WorldEncoder> => {
  const selectors = selectorsOf(definition)
  const codecsOf = (record: RecordDefinition, place: 'serialised' | 'stored'): RecordCodecs => ({
    keys: memberCodecsOf(definition, record.keys, 'serialised'),
    values: memberCodecsOf(definition, record.values, place),
  })
  const ofEvents = Object.entries(definition.events).map(([name, record]) => {
    const selector = selectors.events[name] as Felt // selectors are derived from the same records
    return [name, eventEncoder(name, selector, codecsOf(record, 'serialised'))] as const
  })
  const ofModels = Object.entries(definition.models).flatMap(([name, record]) => {
    const selector = selectors.models[name] as Felt // as above
    const codecs = codecsOf(record, 'stored')
    return [
      [`${name}Written`, writtenEncoder(name, selector, codecs)],
      [`${name}MemberWritten`, memberWrittenEncoder(name, selector, codecs)],
      [`${name}Erased`, erasedEncoder(selector)],
    ] as const
  })
  return new Map<string, WorldEncoder>([
    ...ofEvents,
    ...ofModels,
    [UNDECODED_WORLD_EVENT, encodeUndecoded],
  ])
})

/**
 * The encoder of a world's facts: `encode(decode(felts))` equals `felts`. Throws FatalError on what
 * is not of the world.
 */
export const createWorldEncoder = (definition: WorldDefinition): WorldEncoder => {
  const encoders = encodersByType(definition)
  return (fact) => {
    const encode = encoders.get(fact.type)
    if (encode === undefined)
      throw new FatalError(`World ${definition.name} has no fact of type "${fact.type}"`)
    return encode(fact)
  }
}

/**
 * Felts of a call's arguments in declaration order. `args` as validate.ts returns them; else throws
 * FatalError.
 */
export const encodeCalldata = (
  definition: WorldDefinition,
  entrypoint: string,
  args: Fields,
): Felt[] => {
  const call = entrypointsOf(definition).get(entrypoint)
  if (call === undefined)
    throw new FatalError(`World ${definition.name} has no entrypoint "${entrypoint}"`)
  return encodeMembers(call.args, args, entrypoint)
}
