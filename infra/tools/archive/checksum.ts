/**
 * Checksums of facts: SHA-256 over the canonical JSON of id, type, data and meta, chained event by
 * event. Two logs whose streams have equal checksums hold the same facts at the same revisions,
 * whatever stores them. When the log stored them and where in the whole log they stand is not part
 * of it: a copy has its own clock and its own log positions.
 */
import { hash } from 'node:crypto'
import { FatalError } from '../../../domain/errors.ts'
import type { Json, NewEvent, RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { JSON_DEPTH_MAX } from '../../../domain/event-log/storable-event.ts'

/**
 * JSON text with members in the order of their names (by UTF-16 units) and no blanks: the same for
 * equal values. Throws FatalError for what is nested deeper than any log takes. Copies and imports
 * spend most of their time here: plain concatenation takes half of what lists and joins take.
 */
export const canonicalJson = (value: Json, depth = 0): string => {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (depth > JSON_DEPTH_MAX)
    throw new FatalError(`JSON is nested deeper than ${JSON_DEPTH_MAX} levels`)
  let text = ''
  if (isList(value)) {
    for (const item of value) text += `${text === '' ? '' : ','}${canonicalJson(item, depth + 1)}`
    return `[${text}]`
  }
  for (const name of Object.keys(value).sort()) {
    const member = canonicalJson(value[name] as Json, depth + 1) // its own key
    text += `${text === '' ? '' : ','}${quoted(name)}:${member}`
  }
  return `{${text}}`
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

const quoted = (text: string): string =>
  NEEDS_NO_ESCAPE.test(text) ? `"${text}"` : JSON.stringify(text)

/** Printable ASCII but for the quotation mark and the backslash. */
const NEEDS_NO_ESCAPE = /^[ !#-[\]-~]*$/

/** What a checksum covers of one event. */
export const factText = ({ id, type, data, meta }: NewEvent): string =>
  `[${quoted(id)},${quoted(type)},${canonicalJson(data)},${canonicalJson(meta)}]`

/** The checksum of nothing. */
export const EMPTY_CHECKSUM = hash('sha256', '', 'hex')

/** The checksum of what `previous` covers and then `text`. */
export const chained = (previous: string, text: string): string =>
  hash('sha256', `${previous}\n${text}`, 'hex')

/** How far a stream was read, and the checksum of its events from the first one on. */
export type StreamChecksum = Readonly<{ lastRevision: number; checksum: string }>

export type LogChecksum = Readonly<{
  /**
   * Takes the next event of its stream; `text` is its `factText`, which the caller may have at
   * hand.
   */
  add: (event: RecordedEvent, text?: string) => void
  /** By stream. About 200 bytes per stream, which is all that a checksum of a log keeps. */
  streams: ReadonlyMap<string, StreamChecksum>
  /** One checksum over all streams, in the order of their names. */
  total: () => string
}>

/** A checksum of no stream yet. */
export const createLogChecksum = (): LogChecksum => {
  const streams = new Map<string, StreamChecksum>()
  return {
    add: (event, text = factText(event)) => {
      const previous = streams.get(event.stream)?.checksum ?? EMPTY_CHECKSUM
      streams.set(event.stream, { lastRevision: event.revision, checksum: chained(previous, text) })
    },
    streams,
    total: () =>
      [...streams.keys()]
        .sort()
        .reduce(
          (sum, stream) => chained(sum, `${stream} ${streams.get(stream)?.checksum}`),
          EMPTY_CHECKSUM,
        ),
  }
}
