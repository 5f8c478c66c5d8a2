/**
 * What is stored, by type: the version that new events have, and whether an event has the shape of
 * that version. Derived from the world's definition and from own-events.ts. Events are upcast
 * before they are held against this.
 */
import type { z } from 'zod'
import type { JsonObject, NewEvent } from '../../domain/event-log/event-log.ts'
import { parseFelt } from '../../domain/felt.ts'
import type { MemberValue, WorldDefinition } from '../../domain/worlds/definition.ts'
import { derivedOnce } from '../worlds/derived.ts'
import { type MemberCodec, memberCodecsOf } from '../worlds/member-codec.ts'
import { chainMeta, OWN_EVENTS } from './own-events.ts'
import { schemaVersionOf, storedVersionOf } from './upcast.ts'

export type EventCodec = Readonly<{
  type: string
  /** The version of new events, which `fault` describes. */
  schemaVersion: number
  /** What in an event of this version is not as it must be, and where; null when all is. */
  fault: (event: Pick<NewEvent, 'data' | 'meta'>) => string | null
}>

/** How an event as it was stored, after upcasting, relates to what this program knows. */
export type EventForm =
  | Readonly<{ kind: 'known' }>
  /** Not a type of this world: carried, never interpreted. */
  | Readonly<{ kind: 'unknown-type' }>
  /** Stored by a newer program: carried, never interpreted. */
  | Readonly<{ kind: 'newer-version'; stored: number; known: number }>
  /** It claims a version that this program knows, and does not have its shape. */
  | Readonly<{ kind: 'malformed'; reason: string }>

/** The codec of every type that a log of the world may hold. */
export const eventCodecsOf: (definition: WorldDefinition) => ReadonlyMap<string, EventCodec> =
  derivedOnce((definition) => {
    const codecs = [...ownCodecs(), ...gameEventCodecs(definition), ...modelWriteCodecs(definition)]
    return new Map(codecs.map((codec) => [codec.type, codec]))
  })

/** What an event is to this program. Give it what `upcast` returned. */
export const formOf = (
  codecs: ReadonlyMap<string, EventCodec>,
  event: Pick<NewEvent, 'type' | 'data' | 'meta'>,
): EventForm => {
  const codec = codecs.get(event.type)
  if (codec === undefined) return { kind: 'unknown-type' }
  const stored = storedVersionOf(event)
  if (stored === null)
    return { kind: 'malformed', reason: `${event.type}: meta.schemaVersion is missing` }
  if (stored > codec.schemaVersion)
    return { kind: 'newer-version', stored, known: codec.schemaVersion }
  const fault = codec.fault(event)
  return fault === null
    ? { kind: 'known' }
    : { kind: 'malformed', reason: `${event.type}: ${fault}` }
}

type Fault = (value: unknown) => string | null

const codecOf = (type: string, data: Fault, meta: Fault): EventCodec => ({
  type,
  schemaVersion: schemaVersionOf(type),
  fault: (event) => data(event.data) ?? meta(event.meta),
})

const noFault: Fault = () => null

const schemaFault =
  (what: string, schema: z.ZodType): Fault =>
  (value) => {
    const [issue] = schema.safeParse(value).error?.issues ?? []
    return issue === undefined ? null : `${[what, ...issue.path].join('.')}: ${issue.message}`
  }

const chainMetaFault = schemaFault('meta', chainMeta)

const ownCodecs = (): readonly EventCodec[] =>
  Object.entries(OWN_EVENTS).map(([type, schema]) =>
    codecOf(
      type,
      schemaFault('data', schema),
      type === 'UndecodedWorldEvent' ? chainMetaFault : noFault,
    ),
  )

const gameEventCodecs = (definition: WorldDefinition): readonly EventCodec[] =>
  Object.entries(definition.events).map(([type, { keys, values }]) => {
    const members = memberCodecsOf(definition, { ...keys, ...values }, 'serialised')
    return codecOf(type, (data) => membersFault('data', members, data), chainMetaFault)
  })

const modelWriteCodecs = (definition: WorldDefinition): readonly EventCodec[] =>
  Object.entries(definition.models).flatMap(([model, record]) => {
    const keys = memberCodecsOf(definition, record.keys, 'serialised')
    const values = memberCodecsOf(definition, record.values, 'stored')
    return [
      codecOf(`${model}Written`, (data) => writtenFault(keys, values, data), chainMetaFault),
      codecOf(`${model}MemberWritten`, (data) => memberWrittenFault(values, data), chainMetaFault),
      codecOf(`${model}Erased`, (data) => modelFault(['entityId'], data), chainMetaFault),
    ]
  })

const writtenFault = (
  keys: readonly MemberCodec[],
  values: readonly MemberCodec[],
  data: unknown,
): string | null => {
  const fault = modelFault(['entityId', 'keys', 'values'], data)
  if (fault !== null || !isObject(data)) return fault
  const keysFault = data.keys === null ? null : membersFault('data.keys', keys, data.keys)
  return keysFault ?? membersFault('data.values', values, data.values)
}

const memberWrittenFault = (values: readonly MemberCodec[], data: unknown): string | null => {
  const fault = modelFault(['entityId', 'member', 'value'], data)
  if (fault !== null || !isObject(data)) return fault
  const codec = values.find(({ name }) => name === data.member)
  if (codec === undefined) return `data.member: ${JSON.stringify(data.member)} is no value member`
  return memberFault('data.value', codec, data.value)
}

/** A model write: exactly these members, of which `entityId` is a felt. */
const modelFault = (names: readonly string[], data: unknown): string | null => {
  const fault = shapeFault('data', names, data)
  if (fault !== null || !isObject(data)) return fault
  return parseFelt(data.entityId) === data.entityId
    ? null
    : 'data.entityId: is not a felt in canonical spelling'
}

/** Exactly these members. */
const shapeFault = (place: string, names: readonly string[], value: unknown): string | null => {
  if (!isObject(value)) return `${place}: is not an object`
  const missing = names.find((name) => !Object.hasOwn(value, name))
  if (missing !== undefined) return `${place}.${missing}: is missing`
  const unknown = Object.keys(value).find((name) => !names.includes(name))
  return unknown === undefined ? null : `${place}.${unknown}: is not part of it`
}

const membersFault = (
  place: string,
  codecs: readonly MemberCodec[],
  value: unknown,
): string | null => {
  const names = codecs.map(({ name }) => name)
  const fault = shapeFault(place, names, value)
  if (fault !== null || !isObject(value)) return fault
  for (const codec of codecs) {
    const wrong = memberFault(`${place}.${codec.name}`, codec, value[codec.name])
    if (wrong !== null) return wrong
  }
  return null
}

/** The value must be the one spelling of a felt of the member's type. */
const memberFault = (place: string, codec: MemberCodec, value: unknown): string | null => {
  const felt = isMemberValue(value) ? codec.encode(value) : undefined
  return felt !== undefined && codec.decode(felt) === value
    ? null
    : `${place}: is not a value of type ${codec.wireType}`
}

const isMemberValue = (value: unknown): value is MemberValue =>
  value === null ||
  typeof value === 'string' ||
  typeof value === 'number' ||
  typeof value === 'boolean'

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
