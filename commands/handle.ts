/**
 * The shell around every decider: load, fold, decide, append at the revision that was read, and
 * again on a lost race.
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

/** A stream's folded state; `revision` is that of its last event, -1 when there is no stream. */
export type Loaded<State> = Readonly<{
  state: State
  revision: number
  /** When the log stored the first event; null when there is no stream. */
  startedAt: Date | null
}>

const CONFLICTS_MAX = 10
const DECIDED_EVENTS = '5f0c1c36-9b6e-5c0f-8a35-3f4f0e6f6f3b'

/** Folds a stream from its start. A missing stream is the initial state. */
export const load = async <State, Command, E extends Decided, R extends Rejection>(
  log: EventLog,
  decider: Decider<State, Command, E, R>,
  stream: string,
): Promise<Loaded<State>> => {
  let loaded: Loaded<State> = { state: decider.initialState, revision: -1, startedAt: null }
  for await (const page of log.readStream(stream)) {
    for (const event of page) loaded = fold(decider, loaded, event)
  }
  return loaded
}

/**
 * The state after one more event of the stream. Throws FatalError for one in a shape that only a
 * newer program knows.
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
 * rejection. `known` spares the first reading; when it is out of date the append loses its race and
 * the stream is read. A step whose append failed without an answer can simply be taken again: the
 * decider finds it done.
 */
export const handle = async <State, Command, E extends Decided, R extends Rejection>(
  log: EventLog,
  decider: Decider<State, Command, E, R>,
  stream: string,
  command: Command,
  known?: Loaded<State>,
): Promise<Loaded<State> | R> => {
  let loaded = known ?? (await load(log, decider, stream))
  for (let conflicts = 0; conflicts <= CONFLICTS_MAX; conflicts += 1) {
    const decision = decider.decide(command, loaded.state)
    if (isRejected(decision)) return decision
    if (decision.length === 0) return loaded
    const events = decision.map((event, at) => newEvent(stream, loaded.revision + 1 + at, event))
    const outcome = await log.append(
      stream,
      loaded.revision < 0 ? 'no-stream' : loaded.revision,
      events,
    )
    if (outcome.kind !== 'conflict') {
      return {
        state: decision.reduce(decider.evolve, loaded.state),
        revision: outcome.lastRevision,
        startedAt: loaded.startedAt,
      }
    }
    loaded = await load(log, decider, stream)
  }
  throw new RetryableError(`${stream}: lost ${CONFLICTS_MAX} races for its next revision`)
}

const isRejected = <E, R extends Rejection>(decision: readonly E[] | R): decision is R =>
  // What is no list of events is the rejection.
  !Array.isArray(decision) && isRejection(decision as R)

/** Ids cover content and place, so that only the very same decision is taken for a repetition. */
const newEvent = (stream: string, revision: number, { type, data }: Decided): NewEvent => ({
  id: uuidV5(DECIDED_EVENTS, `${stream}/${revision}/${type}/${JSON.stringify(data)}`),
  type,
  // Payloads of decided events are plain JSON; the log refuses anything else.
  data: data as JsonObject,
  meta: { schemaVersion: schemaVersionOf(type) },
})
