/**
 * Events as they are appended to the world's log. Their history is the buffer: however far behind,
 * none is left out.
 */
import type { EventFilter } from '../../projections/world-reads.ts'
import type { ChangeSource } from './change.ts'
import { afterAll, cursorOf } from './place.ts'

const PAGE_EVENTS_MAX = 256

/**
 * The source of `worldEvents`. Cursors do not depend on `types`: a client may resume with other
 * ones.
 */
export const worldEventSource = (types: readonly string[] | null): ChangeSource => {
  const filter: EventFilter = types === null ? {} : { types: [...new Set(types)].sort() }
  return {
    key: `worldEvents/${filter.types?.join(',') ?? '*'}`,
    subscription: 'worldEvents',
    behindPositionsMax: Number.POSITIVE_INFINITY,
    snapshot: async (_reads, _point, head) => ({
      __typename: 'WorldEventSnapshot',
      ...head,
      nodes: [],
    }),
    changesAfter: async (reads, place, scope) => {
      // One more than the page, to know whether the page's last event is its block's last.
      const events = await reads.eventsAfter(filter, place.position, PAGE_EVENTS_MAX + 1)
      const deliveries = events.slice(0, PAGE_EVENTS_MAX).map((node, index) => {
        const eventPlace = afterAll(node.position)
        return {
          place: eventPlace,
          change: {
            __typename: 'WorldEventUpsert' as const,
            cursor: cursorOf(scope, eventPlace),
            position: node.position,
            block: node.block.number,
            finality: node.finality,
            last: events[index + 1]?.block.hash !== node.block.hash,
            node,
          },
        }
      })
      return { deliveries, isAll: events.length <= PAGE_EVENTS_MAX }
    },
  }
}
