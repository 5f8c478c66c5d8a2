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
      const gone = await reads.eventsGoneAfter(filter, goneAfter(place), limit)
      const deliveries = [...added.map(upsertOf), ...removalsOf(gone, place)]
        .sort((a, b) => comparePlaces(a.place, b.place))
        .slice(0, PAGE_EVENTS_MAX)
      return { deliveries, isAll: added.length < limit && gone.length < limit }
    },
  }
}

/** Within a retraction that is not all taken yet, it is read again. */
const goneAfter = ({ position, taken }: Place): number =>
  Number.isFinite(taken) ? position - 1 : position

const upsertOf = (
  event: EventView,
  index: number,
  events: readonly EventView[],
): Delivery<EventView> => ({
  place: afterAll(event.position),
  block: event.block.number,
  finality: event.finality,
  last: events[index + 1]?.blockPosition !== event.blockPosition,
  change: { node: event },
})

/** Events of one retraction share its position; their places count them. */
const removalsOf = (gone: readonly GoneEvent[], after: Place): readonly Delivery<never>[] =>
  [...Map.groupBy(gone, ({ retractedAt }) => retractedAt)].flatMap(([position, ofOne]) => {
    const taken = position === after.position ? after.taken : 0
    return ofOne.slice(taken).map(({ id, block, finality }, index, left) => {
      const last = index === left.length - 1
      const place = last ? afterAll(position) : { position, taken: taken + index + 1 }
      return { place, block, finality, last, change: { removed: id } }
    })
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
