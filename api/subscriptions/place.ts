/**
 * Where a subscriber stands: behind a number of changes of the block that ends at a position. It
 * travels in cursors, together with what they are bound to, so that a subscription resumes in the
 * middle of a block, too.
 */
import { z } from 'zod'
import type { MetaView } from '../../projections/world-reads.ts'
import { decodeCursor, encodeCursor } from '../graphql/opaque-cursor.ts'

export type Place = Readonly<{
  /** Position of the block's end; for events, the event's own. -1: before the first. */
  position: number
  /** Changes of that block that are already taken; Infinity: all of them. */
  taken: number
}>

/** After everything at this position. */
export const afterAll = (position: number): Place => ({ position, taken: Number.POSITIVE_INFINITY })

/** Negative when `a` lies before `b`, positive when behind, 0 when they are the same. */
export const comparePlaces = (a: Place, b: Place): number => {
  if (a.position !== b.position) return a.position - b.position
  if (a.taken === b.taken) return 0
  return a.taken < b.taken ? -1 : 1
}

/** What a cursor is good for: one subscription over one version of one world's read models. */
export type CursorScope = Readonly<{
  world: string
  projectionVersion: string
  subscription: string
}>

export const cursorScope = (meta: MetaView, subscription: string): CursorScope => ({
  world: `${meta.chainId}/${meta.worldAddress}`,
  projectionVersion: meta.projectionVersion,
  subscription,
})

const CURSOR = z.strictObject({
  w: z.string(),
  v: z.string(),
  s: z.string(),
  p: z.int().min(-1),
  n: z.int().min(1).optional(),
})

/** The cursor of a place, to be given as `since`. */
export const cursorOf = (
  { world, projectionVersion, subscription }: CursorScope,
  { position, taken }: Place,
): string =>
  encodeCursor({
    w: world,
    v: projectionVersion,
    s: subscription,
    p: position,
    ...(Number.isFinite(taken) ? { n: taken } : {}),
  })

/**
 * The place that a cursor names, or why it cannot be resumed here. Throws BAD_USER_INPUT when it is
 * no cursor.
 */
export const placeOfCursor = (
  cursor: string,
  scope: CursorScope,
): Place | Readonly<{ resync: string }> => {
  const { w, v, s, p, n } = decodeCursor(cursor, CURSOR)
  if (w !== scope.world) return { resync: 'The cursor is of another world' }
  if (v !== scope.projectionVersion) return { resync: 'The read models were rebuilt since' }
  if (s !== scope.subscription) return { resync: 'The cursor is of another subscription' }
  return { position: p, taken: n ?? Number.POSITIVE_INFINITY }
}
