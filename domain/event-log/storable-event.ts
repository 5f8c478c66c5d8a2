/**
 * What every event log accepts, checked in one place so that all adapters refuse the same things in
 * the same words: a fact must come back from any log exactly as it was given, whatever stores it.
 * EventStoreDB keeps names with a leading `$` to itself, PostgreSQL cannot hold U+0000, UTF-8
 * cannot hold half a surrogate pair, and JSON drops `undefined`, NaN, the sign of -0 and the named
 * members of a list without a word.
 */

import { FatalError } from '../errors.ts'
import type { ExpectedRevision, NewEvent } from './event-log.ts'

/** Neither the log nor its caller can store this: the caller must change what it appends. */
export class UnstorableEvent extends FatalError {
  override name = 'UnstorableEvent'
}

/** An event whose payloads are already JSON text, in the key order in which they were given. */
export type StorableEvent = Readonly<{ id: string; type: string; data: string; meta: string }>

/** In UTF-16 units: at most 1,500 bytes, which still fit a key of a PostgreSQL index (2,704). */
export const STREAM_NAME_CHARACTERS_MAX = 500
export const EVENT_TYPE_CHARACTERS_MAX = 200
export const JSON_DEPTH_MAX = 100

/**
 * Checks a whole append and serialises its payloads once. Throws `UnstorableEvent` naming what is
 * wrong and where.
 */
export const storableAppend = (
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): readonly StorableEvent[] => {
  refuseStreamName(stream)
  if (typeof expected === 'number' && !isRevision(expected)) {
    throw new UnstorableEvent(`Expected revision of ${stream} is not a revision: ${expected}`)
  }
  if (events.length === 0)
    throw new UnstorableEvent(`An append to ${stream} must hold at least one event`)
  return events.map((event, index) =>
    storableEvent(event, `event ${index} of an append to ${stream}`),
  )
}

/** Throws `UnstorableEvent` for a name that not every log could give a stream. */
export const refuseStreamName = (stream: string): void =>
  refuseName('Stream name', stream, STREAM_NAME_CHARACTERS_MAX)

const storableEvent = (event: NewEvent, place: string): StorableEvent => {
  if (!UUID.test(event.id) || event.id === NIL_UUID) {
    throw new UnstorableEvent(`Id of ${place} is not a lower-case UUID: ${event.id}`)
  }
  refuseName(`Type of ${place}`, event.type, EVENT_TYPE_CHARACTERS_MAX)
  return {
    id: event.id,
    type: event.type,
    data: jsonText(event.data, `data of ${event.type}, ${place}`),
    meta: jsonText(event.meta, `meta of ${event.type}, ${place}`),
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const NIL_UUID = '00000000-0000-0000-0000-000000000000'

const isRevision = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

const refuseName = (what: string, name: string, charactersMax: number): void => {
  if (name === '') throw new UnstorableEvent(`${what} is empty`)
  if (name.length > charactersMax)
    throw new UnstorableEvent(`${what} is longer than ${charactersMax} characters`)
  if (name.startsWith('$'))
    throw new UnstorableEvent(`${what} starts with $, which EventStoreDB reserves: ${name}`)
  const fault = textFault(name)
  if (fault !== null) throw new UnstorableEvent(`${what} ${fault}`)
}

const textFault = (text: string): string | null => {
  if (text.includes('\0')) return 'contains U+0000, which PostgreSQL cannot store'
  return text.isWellFormed() ? null : 'contains half of a surrogate pair, which UTF-8 cannot hold'
}

const jsonText = (value: unknown, place: string): string => {
  const fault = isPlainObject(value) ? jsonFault(value, 0) : ' is not a plain object'
  if (fault !== null) throw new UnstorableEvent(`${place}:${fault}`)
  return JSON.stringify(value)
}

/**
 * What JSON.stringify would change, drop or choke on, with the path to it (`.a[0] is NaN`); null
 * when nothing.
 */
const jsonFault = (value: unknown, depth: number): string | null => {
  if (depth > JSON_DEPTH_MAX) return ` is nested deeper than ${JSON_DEPTH_MAX} levels`
  if (value === null) return null
  switch (typeof value) {
    case 'boolean':
      return null
    case 'string': {
      const fault = textFault(value)
      return fault === null ? null : ` ${fault}`
    }
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? null
        : ` is ${shown(value)}, which JSON does not keep`
    case 'object':
      return Array.isArray(value) ? listFault(value, depth) : memberFault(value, depth)
    default:
      return ` is of type ${typeof value}`
  }
}

const shown = (value: number): string => (value === 0 ? '-0' : String(value))

const listFault = (list: readonly unknown[], depth: number): string | null => {
  if (Object.keys(list).length > list.length) return ' is a list that has members of other names'
  for (let index = 0; index < list.length; index += 1) {
    const fault = jsonFault(list[index], depth + 1)
    if (fault !== null) return `[${index}]${fault}`
  }
  return null
}

const memberFault = (value: object, depth: number): string | null => {
  if (!isPlainObject(value)) return ' is an instance of a class'
  for (const key of Object.keys(value)) {
    const keyFault = textFault(key)
    if (keyFault !== null) return ` has a key that ${keyFault}`
    const fault = jsonFault(value[key], depth + 1)
    if (fault !== null) return `.${key}${fault}`
  }
  return null
}

const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
