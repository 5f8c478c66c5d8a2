/**
 * The event log port: named streams of immutable events. Callers are commands, ingest, projections
 * and the API, so the port lives here; adapters live in infra/ and all pass event-log.contract.ts.
 *
 * A *revision* counts the events of one stream from 0. A *log position* orders all streams of one
 * log by their commits and is not portable between logs: on Postgres it counts events, on
 * EventStoreDB bytes. Both are safe integers.
 */

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/** An event to be appended. */
export type NewEvent = Readonly<{
  /** UUID in canonical lower-case spelling; unique over the whole log. */
  id: string
  /** Past tense, e.g. `HexDiscovered`. */
  type: string
  data: JsonObject
  /**
   * Facts about the fact: `schemaVersion` of `data`, where on the chain it was found, what caused
   * it.
   */
  meta: JsonObject
}>

/** An event as the log keeps it. */
export type RecordedEvent = NewEvent &
  Readonly<{
    stream: string
    /** 0-based place in its stream. */
    revision: number
    /** Place in the whole log. */
    logPosition: number
    /** When the log stored it: the log's clock, not the chain's. */
    recordedAt: Date
  }>

/**
 * `no-stream`: the stream must not exist yet. A number: the revision of its last event. `any`:
 * wherever it ends, only for a best-effort stream; such an append is recognised again at best, and
 * may be stored twice when it is repeated.
 */
export type ExpectedRevision = number | 'no-stream' | 'any'

/**
 * What is kept of a best-effort stream: telemetry, never facts about the world. At least one limit;
 * whole numbers of at least 1. Older events are gone at the next append at the latest; the last one
 * may be kept beyond its age.
 */
export type Retention = Readonly<{ eventsMax?: number; ageSecondsMax?: number }>

/** A lost race is a value: the caller reads again and decides again. */
export type AppendOutcome =
  | Readonly<{ kind: 'appended'; lastRevision: number; lastLogPosition: number }>
  /**
   * The same ids already stand at exactly this place: an earlier try succeeded. Nothing was
   * written.
   */
  | Readonly<{ kind: 'already-appended'; lastRevision: number }>
  /**
   * The stream's last revision is `actual` (null: no stream), and the batch is not what follows
   * `expected`.
   */
  | Readonly<{ kind: 'conflict'; actual: number | null }>

export type ReadStreamOptions = Readonly<{
  /** First revision to return, inclusive. Default: 0 forwards, the last one backwards. */
  from?: number
  direction?: 'forwards' | 'backwards'
  /** Most events to return in all. Default: no limit. */
  limit?: number
}>

/** Where a page in log order begins, and how much it may hold. */
export type ReadCategoryOptions = Readonly<{
  /** Return only events after this log position; -1 for all. */
  afterLogPosition: number
  limit: number
}>

/**
 * What a subscription yields: pages of events in order, and the moments at which it had reached the
 * end.
 */
export type SubscriptionMessage =
  | Readonly<{ kind: 'events'; events: readonly RecordedEvent[] }>
  /**
   * Every event up to `position` (a revision, or a log position for a category; -1: none yet) has
   * been yielded.
   */
  | Readonly<{ kind: 'caughtUp'; position: number }>

/**
 * A stream name, category, position or limit that is none is refused with a FatalError by every
 * call, before anything is asked of the storage. A follower outlasts failures that pass for half a
 * minute at least; then its reader meets them.
 */
export type EventLog = Readonly<{
  /**
   * Appends all events or none. Idempotent by event id for exact expectations, as EventStoreDB
   * defines it.
   */
  append: (
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ) => Promise<AppendOutcome>
  /**
   * Pages of a stream, lazily: the next page is read when it is asked for. A missing stream yields
   * nothing.
   */
  readStream: (
    stream: string,
    options?: ReadStreamOptions,
  ) => AsyncIterable<readonly RecordedEvent[]>
  /**
   * One page of all streams whose name starts with `<category>-`, in log order. A category contains
   * no dash.
   */
  readCategory: (
    category: string,
    options: ReadCategoryOptions,
  ) => Promise<readonly RecordedEvent[]>
  /**
   * One page of all streams, in log order, an adapter's own system streams left out: how a log is
   * copied or exported whole. An empty page: there is nothing more (yet).
   */
  readAll: (options: ReadCategoryOptions) => Promise<readonly RecordedEvent[]>
  /**
   * Follows one stream from after `afterRevision` (-1: from its start). Yields pages, then
   * `caughtUp` each time the end is reached, and waits there. Pulled by the reader, so a slow
   * reader slows no other and loses nothing.
   */
  subscribe: (
    stream: string,
    afterRevision: number,
    signal: AbortSignal,
  ) => AsyncIterable<SubscriptionMessage>
  /** Follows a category, in log order, from after `afterLogPosition` (-1: from the log's start). */
  subscribeCategory: (
    category: string,
    afterLogPosition: number,
    signal: AbortSignal,
  ) => AsyncIterable<SubscriptionMessage>
  /**
   * Declares a stream best-effort, or changes its limits. It has to be declared before its first
   * event: throws FatalError for a stream that holds facts for good. Its revisions go on counting
   * whatever has gone.
   */
  limitStream: (stream: string, retention: Retention) => Promise<void>
  /** What is kept of a best-effort stream; null: everything, for ever. */
  retention: (stream: string) => Promise<Retention | null>
  /** Revision of the stream's last event; null when there is no stream. */
  head: (stream: string) => Promise<number | null>
  /**
   * A log position at or beyond that of the log's last event, and below that of every later one; -1
   * for an empty log. For progress and as a start to read from, not to count with.
   */
  logHead: () => Promise<number>
  close: () => Promise<void>
}>
