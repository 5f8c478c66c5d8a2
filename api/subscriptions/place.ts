/**
 * Where a subscriber stands: behind a number of changes of the point of history at a position. It
 * travels in cursors, together with what they are bound to, so that a subscription resumes in the
 * middle of a block, too.
 */
import { z } from 'zod'
import type { MetaView } from '../../projections/reads/history-reads.ts'
import type { Landmark } from '../../projections/reads/points.ts'
import { decodeCursor, encodeCursor } from '../graphql/opaque-cursor.ts'

export type Place = Readonly<{
  /** Position of the point, or of an event itself. -1: before the first. */
  position: number
  /**
   * How far its changes are already taken, in an order that the source knows; at least 1. Infinity:
   * all of them.
   */
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

/** What a cursor is good for: one subscription over one history, read by certain projections. */
export type CursorScope = Readonly<{
  world: string
  /** Hash of the log's first block; null while it has none. */
  history: string | null
  /** Versions of the projections that the subscription reads, by name. */
  versions: Readonly<Record<string, number>>
  subscription: string
}>

/** The scope of a subscription that reads these projections. */
export const cursorScope = (
  { chainId, worldAddress, history, versions }: MetaView,
  { subscription, projections }: Readonly<{ subscription: string; projections: readonly string[] }>,
): CursorScope => ({
  world: `${chainId}/${worldAddress}`,
  history,
  versions: Object.fromEntries(projections.map((name) => [name, versions[name] ?? 0])),
  subscription,
})

const CURSOR = z.strictObject({
  w: z.string(),
  h: z.string().nullable(),
  v: z.record(z.string(), z.int()),
  s: z.string(),
  p: z.int().min(-1),
  /** Position and hash of the block that the place lies in or behind; null before the first. */
  b: z.tuple([z.int().min(0), z.string()]).nullable(),
  n: z.int().min(1).optional(),
})

/**
 * Cursors of earlier forms named no block, and before that no history and one version of all read
 * models.
 */
const FORMER_CURSOR = z.strictObject({
  w: z.string(),
  h: z.string().nullable().optional(),
  v: z.union([z.string(), z.record(z.string(), z.int())]),
  s: z.string(),
  p: z.int().min(-1),
  n: z.int().min(1).optional(),
})

/**
 * The cursor of a place, to be given as `since`; `landmark` is the block that it lies in or behind.
 * As long as the world has no history, nothing has changed yet, and every place is before the first.
 */
export const cursorOf = (
  { world, history, versions, subscription }: CursorScope,
  { position, taken }: Place,
  landmark: Landmark | null,
): string =>
  encodeCursor({
    w: world,
    h: history,
    v: versions,
    s: subscription,
    p: history === null ? -1 : position,
    b: landmark === null ? null : [landmark.position, shortHash(landmark)],
    ...(history !== null && Number.isFinite(taken) ? { n: taken } : {}),
  })

/** Every message carries it: enough of the hash to tell blocks apart that no one chose. */
const shortHash = ({ hash }: Landmark): string => hash.slice(-SHORT_HASH_CHARACTERS)
const SHORT_HASH_CHARACTERS = 16

/** A place as a cursor tells it, and whether what it was told of there is what is known here. */
export type NamedPlace = Place &
  Readonly<{
    /** Position of the block that the cursor names; null: before the first. */
    landmarkPosition: number | null
    /** Whether this is that block. */
    isAt: (landmark: Landmark | null) => boolean
  }>

export const ANOTHER_HISTORY = 'The cursor is of another history of this world'

/**
 * The place that a cursor names, or why it cannot be resumed here. Throws BAD_USER_INPUT when it is
 * no cursor.
 */
export const placeOfCursor = (
  cursor: string,
  scope: CursorScope,
): NamedPlace | Readonly<{ resync: string }> => {
  const content = decodeCursor(cursor, z.union([CURSOR, FORMER_CURSOR]))
  if (!('b' in content)) return { resync: 'The cursor is of a former version of the server' }
  const { w, h, v, s, p, b, n } = content
  if (w !== scope.world) return { resync: 'The cursor is of another world' }
  // Before its first block, every history is the same.
  if (p >= 0 && (h !== scope.history || b === null)) return { resync: ANOTHER_HISTORY }
  if (s !== scope.subscription) return { resync: 'The cursor is of another subscription' }
  if (!sameVersions(v, scope.versions)) return { resync: 'The read models were rebuilt since' }
  return {
    position: p,
    taken: n ?? Number.POSITIVE_INFINITY,
    landmarkPosition: b?.[0] ?? null,
    isAt: (known) =>
      known !== null && b !== null && known.position === b[0] && shortHash(known) === b[1],
  }
}

const sameVersions = (a: CursorScope['versions'], b: CursorScope['versions']): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, version]) => b[name] === version)

/** Tells scopes apart that deliver under different cursors. */
export const scopeKey = ({ history, versions }: CursorScope): string =>
  JSON.stringify([history, versions])
