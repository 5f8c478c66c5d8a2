/**
 * The shell around every decider: load, fold, decide, append at the revision that was read, and
 * again after a lost race.
 */
import { type Decided, type Decider, isRejection, type Rejection } from '../domain/decider.ts'
import { FatalError, RetryableError } from '../domain/errors.ts'
import type {
  EventLog,
  JsonObject,
  NewEvent,
  RecordedEvent,
} from '../domain/event-log/event-log.ts'
import { uuidV5 } from '../schemas/crypto/uuid.ts'
import { isBeyondThisProgram, schemaVersionOf } from '../schemas/events/upcast.ts'

/** A stream of one decider's events, and the log that holds it. */
export type DecidedStream<State, Command, E extends Decided, R extends Rejection> = Readonly<{
  log: Pick<EventLog, 'append' | 'readStream'>
  decider: Decider<State, Command, E, R>
  stream: string
}>

/** A stream's folded state; `revision` is that of its last event, -1 when there is no stream. */
export type Loaded<State> = Readonly<{
  state: State
  revision: number
  /** When the log stored the first event; null when there is no stream. */
  startedAt: Date | null
}>

const RACES_MAX = 10
const DECIDED_EVENTS = '5f0c1c36-9b6e-5c0f-8a35-3f4f0e6f6f3b'

/** A stream before its first event. */
export const unstarted = <State>(initialState: State): Loaded<State> => ({
  state: initialState,
  revision: -1,
  startedAt: null,
})

/**
 * Folds a stream from its start. A missing stream is the initial state. Throws FatalError as `fold`
 * does, and what the log throws.
 */
export const load = async <State, Command, E extends Decided, R extends Rejection>({
  log,
  decider,
  stream,
}: DecidedStream<State, Command, E, R>): Promise<Loaded<State>> => {
  let loaded = unstarted(decider.initialState)
  for await (const page of log.readStream(stream)) {
    for (const event of page) loaded = fold(decider, loaded, event)
  }
  return loaded
}

/**
 * The state after one more event of the stream. Throws FatalError for an event in a shape that only
 * a newer program knows.
 */
export const fold = <State, Command, E extends Decided, R extends Rejection>(
  decider: Decider<State, Command, E, R>,
  { state, startedAt }: Loaded<State>,
  event: RecordedEvent,
): Loaded<State> => {
  if (isBeyondThisProgram(event)) {
    throw new FatalError(
      `Revision ${event.revision} of ${event.stream}: ${event.type} was stored by a newer Chronohex`,
    )
  }
  return {
    // The decider's own events are all that is ever appended to its streams, and evolve ignores
    // what it does not know.
    state: decider.evolve(state, { type: event.type, data: event.data } as unknown as E),
    revision: event.revision,
    startedAt: startedAt ?? event.recordedAt,
  }
}

/**
 * Takes one step on a stream: decides in its current state and appends what follows, or returns the
 * rejection. `known` spares the first reading. It may be out of date: what is appended then loses
 * its race, and where nothing is to be appended the stream is read before that counts. A step whose
 * append failed without an answer can be taken again: the decider finds it done. Throws
 * RetryableError when too many races in a row are lost, and what the log throws.
 */
export const handle = async <State, Command, E extends Decided, R extends Rejection>(
  on: DecidedStream<State, Command, E, R>,
  command: Command,
  known?: Loaded<State>,
): Promise<Loaded<State> | R> => {
  let isRead = known === undefined
  let loaded = known ?? (await load(on))
  for (let racesLost = 0; racesLost < RACES_MAX; ) {
    const decision = on.decider.decide(command, loaded.state)
    if (isRejected(decision) || decision.length === 0) {
      if (isRead) return isRejected(decision) ? decision : loaded
    } else {
      const appended = await appendAfter(on, loaded, decision)
      if (appended !== null) return appended
      racesLost += 1
    }
    loaded = await load(on)
    isRead = true
  }
  throw new RetryableError(`${on.stream}: lost ${RACES_MAX} races for its next revision`)
}

const isRejected = <E, R extends Rejection>(decision: readonly E[] | R): decision is R =>
  // What is no list of events is the rejection.
  !Array.isArray(decision) && isRejection(decision as R)

/** The state after these events, which follow on `loaded`; null when others were appended first. */
const appendAfter = async <State, Command, E extends Decided, R extends Rejection>(
  on: DecidedStream<State, Command, E, R>,
  loaded: Loaded<State>,
  decided: readonly E[],
): Promise<Loaded<State> | null> => {
  const { log, decider, stream } = on
  const { revision, startedAt } = loaded
  const events = decided.map((event, at) => newEvent(stream, revision + 1 + at, event))
  const outcome = await log.append(stream, revision < 0 ? 'no-stream' : revision, events)
  switch (outcome.kind) {
    case 'appended':
      return {
        state: decided.reduce(decider.evolve, loaded.state),
        revision: outcome.lastRevision,
        startedAt,
      }
    case 'already-appended':
      return load(on) // which may have gone further since
    case 'conflict':
      return null
    default:
      return outcome satisfies never
  }
}

/** Ids cover content and place, so that only the very same decision is taken for a repetition. */
const newEvent = (stream: string, revision: number, { type, data }: Decided): NewEvent => ({
  id: uuidV5(DECIDED_EVENTS, `${stream}/${revision}/${type}/${JSON.stringify(data)}`),
  type,
  // Payloads of decided events are plain JSON; the log refuses anything else.
  data: data as JsonObject,
  meta: { schemaVersion: schemaVersionOf(type) },
})
