/**
 * Events as they are appended to the world's log, and as they go with a block that was retracted.
 * Their history is the buffer: however far behind, none is left out.
 */
import type {
  EventFilter,
  EventView,
  GoneEvent,
} from '../../../../projections/worlds/infinite-hex-adventurers/events/queries.ts'
import type { WorldReads } from '../../../../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import { userInputError } from '../../../errors.ts'
import type { Change, Delivery } from '../../../subscriptions/change.ts'
import { afterAll, comparePlaces, type Place } from '../../../subscriptions/place.ts'
import { streamField } from '../../resolver.ts'
import { knownType } from './events.ts'
import type { GameSource, SinceArgument } from './game-resolver.ts'

const PAGE_EVENTS_MAX = 256
const EVENT_TYPES_MAX = 100

/** Cursors do not depend on `types`: a client may resume with other ones. */
export const eventSource = (types: readonly string[] | null): GameSource<EventView> => {
  const filter: EventFilter = types === null ? {} : { types: [...new Set(types)].sort() }
  return {
    name: 'WorldEvent',
    key: `worldEvents/${filter.types?.join(',') ?? '*'}`,
    subscription: 'worldEvents',
    projections: ['world'],
    behindPositionsMax: Number.POSITIVE_INFINITY,
    snapshot: async () => [],
    changesAfter: async (reads, place) => {
      // One more than the page, to know whether the page's last event is its block's last.
      const limit = PAGE_EVENTS_MAX + 1
      const added = await reads.eventsAfter(filter, place.position, limit)
      const { gone, isAllGone } = await goneAfter(reads, filter, place, limit)
      const deliveries = [...added.map(upsertOf), ...removalsOf(gone)]
        .sort((a, b) => comparePlaces(a.place, b.place))
        .slice(0, PAGE_EVENTS_MAX)
      return { deliveries, isAll: added.length < limit && isAllGone }
    },
  }
}

/**
 * At least `limit` events that are gone, if there are that many. Within a retraction that is not all
 * taken yet, it is read again: no more of it can be taken than positions lie between.
 */
const goneAfter = async (
  reads: WorldReads,
  filter: EventFilter,
  { position, taken }: Place,
  limit: number,
): Promise<Readonly<{ gone: readonly GoneEvent[]; isAllGone: boolean }>> => {
  const isWithin = Number.isFinite(taken)
  const count = isWithin ? limit + taken : limit
  const found = await reads.eventsGoneAfter(filter, isWithin ? position - 1 : position, count)
  const gone = found.filter((event) => event.retractedAt !== position || takenWith(event) > taken)
  return { gone, isAllGone: found.length < count }
}

/**
 * Events of one retraction share its position. How far back one lies places it among them, newest
 * first, whichever of them had been told before.
 */
const takenWith = ({ position, retractedAt }: GoneEvent): number => retractedAt - position

const upsertOf = (
  event: EventView,
  index: number,
  events: readonly EventView[],
): Delivery<EventView> => ({
  place: afterAll(event.position),
  block: event.block.number,
  finality: event.finality,
  last: events[index + 1]?.blockPosition !== event.blockPosition,
  blockPosition: event.blockPosition,
  change: { node: event },
})

const removalsOf = (gone: readonly GoneEvent[]): readonly Delivery<never>[] =>
  gone.map((event, index) => {
    const { id, retractedAt: position, block, finality } = event
    const last = gone[index + 1]?.retractedAt !== position
    const place = last ? afterAll(position) : { position, taken: takenWith(event) }
    return { place, block, finality, last, change: { removed: id } }
  })

type Arguments = SinceArgument & Readonly<{ types?: readonly string[] | null }>

export const worldEvents = streamField<Arguments, Change<EventView>, WorldReads>(
  (_root, { types, since }, context) => {
    if (types && types.length > EVENT_TYPES_MAX)
      throw userInputError(`At most ${EVENT_TYPES_MAX} types`)
    const known = types?.map(knownType) ?? null
    return context.streams.changes(eventSource(known), since ?? null, context.signal)
  },
)
