/**
 * The event log's statements and the shapes of their rows, which are read as arrays: names per row
 * cost time.
 */
import pg, { type QueryArrayConfig } from 'pg'
import { FatalError } from '../../../domain/errors.ts'
import type {
  AppendOutcome,
  JsonObject,
  RecordedEvent,
} from '../../../domain/event-log/event-log.ts'

/** A query without a name, so that nothing stays behind in the session. */
export const rowsQuery = (
  text: string,
  values: readonly unknown[],
): QueryArrayConfig<unknown[]> => ({
  text,
  values: [...values],
  rowMode: 'array',
  types: { getTypeParser: parserOf },
})

/** log position, milliseconds since 1970, stream, revision, id, type, data, meta */
export type EventRow = readonly [
  number,
  number,
  string,
  number,
  string,
  string,
  JsonObject,
  JsonObject,
]

export const recordedEvent = ([
  logPosition,
  recordedAtMs,
  stream,
  revision,
  id,
  type,
  data,
  meta,
]: EventRow): RecordedEvent => ({
  id,
  type,
  data,
  meta,
  stream,
  revision,
  logPosition,
  recordedAt: new Date(Math.round(recordedAtMs)),
})

/**
 * outcome, last revision (of the batch, or of the stream on a conflict; null: no stream), last log
 * position
 */
export type AppendRow = readonly [string, number | null, number | null]

export const outcomeOf = ([outcome, lastRevision, lastLogPosition]: AppendRow): AppendOutcome => {
  if (outcome === 'conflict') return { kind: 'conflict', actual: lastRevision }
  if (outcome === 'already-appended' && lastRevision !== null)
    return { kind: 'already-appended', lastRevision }
  if (outcome === 'appended' && lastRevision !== null && lastLogPosition !== null) {
    return { kind: 'appended', lastRevision, lastLogPosition }
  }
  throw new FatalError(
    `The database answered an append with "${outcome}": its schema is not this program's`,
  )
}

export const APPEND = 'SELECT * FROM event_log.append($1, $2, $3, $4, $5, $6, $7)'

/**
 * $1 stream, $2 most events, $3 greatest age in seconds (null: no limit). False: the stream holds
 * events for good.
 */
export const LIMIT_STREAM = 'SELECT event_log.limit_stream($1, $2, $3)'
export const RETENTION = `
  SELECT r.events_max, r.age_seconds_max
  FROM event_log.streams s JOIN event_log.retention r ON r.stream = s.id
  WHERE s.name = $1`

export const LOG_HEAD = 'SELECT position FROM event_log.head'
export const NEXT_EPOCH = 'UPDATE event_log.head SET epoch = epoch + 1 RETURNING epoch'
export const STREAM_HEAD = `
  SELECT max(revision) FROM event_log.events WHERE stream = (SELECT id FROM event_log.streams WHERE name = $1)`

const EVENT_COLUMNS = `
  e.log_position, date_part('epoch', e.recorded_at) * 1000, s.name, e.revision, e.id, e.type, e.data, e.meta`

/**
 * $1 stream, $2 and $3 the first and last revision: both ends given, so that no plan can read more
 * than the page.
 */
export const STREAM_RANGE = `
  SELECT ${EVENT_COLUMNS}
  FROM event_log.streams s JOIN event_log.events e ON e.stream = s.id
  WHERE s.name = $1 AND e.revision BETWEEN $2::bigint AND $3::bigint
  ORDER BY e.revision`

/**
 * The name of an event's stream, looked up event by event: statistics that are older than the log's
 * end make the planner expect hardly any events there, and join them with a scan of all streams.
 */
const STREAM_OF_EVENT =
  'CROSS JOIN LATERAL (SELECT name FROM event_log.streams WHERE id = e.stream LIMIT 1) s'

/** $1 the log position after which to read, $2 most events. */
export const LOG_RANGE = `
  SELECT ${EVENT_COLUMNS}
  FROM event_log.events e ${STREAM_OF_EVENT}
  WHERE e.log_position > $1::bigint
  ORDER BY e.log_position LIMIT $2`

/**
 * The same, or, where a best-effort stream has let go of all of that, the first events that it has
 * kept. Nothing follows a page that is empty or ends below $3.
 */
export const STREAM_PAGE = `
  (${STREAM_RANGE})
  UNION ALL
  (SELECT ${EVENT_COLUMNS}
  FROM event_log.streams s
  JOIN event_log.retention r ON r.stream = s.id AND r.trimmed_before > $3::bigint
  CROSS JOIN LATERAL (
    SELECT * FROM event_log.events
    WHERE stream = s.id AND revision >= r.trimmed_before
    ORDER BY revision LIMIT $3::bigint - $2::bigint + 1
  ) e
  WHERE s.name = $1
  ORDER BY e.revision)`

/**
 * $1 category, $2 log position after which to read, $3 most events. Appends come in order and each
 * is one range of the log, so the page is read append by append. The log's head comes with every
 * row, and alone where there is no event.
 */
export const CATEGORY_PAGE = `
  SELECT head.position, page.*
  FROM event_log.head
  LEFT JOIN LATERAL (
    SELECT ${EVENT_COLUMNS}
    FROM (
      SELECT first_position, last_position FROM event_log.appends
      WHERE category = $1 AND last_position > $2::bigint
      ORDER BY last_position LIMIT $3
    ) a
    CROSS JOIN LATERAL (
      SELECT * FROM event_log.events
      WHERE log_position BETWEEN greatest(a.first_position, $2::bigint + 1) AND a.last_position
      ORDER BY log_position LIMIT $3
    ) e
    ${STREAM_OF_EVENT}
    ORDER BY a.last_position, e.log_position
    LIMIT $3
  ) page ON true`

export type CategoryRow = readonly [number, ...EventRow] | readonly [number, ...null[]]

export const eventOfCategoryRow = (row: CategoryRow): readonly RecordedEvent[] => {
  const [, ...event] = row
  return isEvent(event) ? [recordedEvent(event)] : []
}

const isEvent = (row: readonly unknown[]): row is EventRow => row[0] !== null

/**
 * Positions and revisions are safe integers, so a bigint needs no text; JSON and floats are parsed
 * as usual.
 */
const parserOf = (oid: number): ((text: string) => unknown) =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid)
