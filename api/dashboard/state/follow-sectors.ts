/**
 * Follows the sectors that the view touches, one subscription each. A sector stays followed after
 * the view has left it, until `SECTORS_MAX` others are nearer; each resumes by itself from its
 * cursor after a loss.
 */
import { messageOf } from '../../../domain/errors.ts'
import { hexChangedDocument } from '../../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'
import type { Client } from '../../client/client.ts'
import type { FollowStatus } from '../../client/follow.ts'
import type { Bounds } from '../map/projection.ts'
import { SECTOR_RADIUS, SECTORS_MAX, type Sector, sectorsWithin } from '../map/sectors.ts'
import { type Fold, fold, newReplica, type Replica } from './replica.ts'
import type { MapHex } from './world-types.ts'

/** Told what the followed sectors bring. */
export type SectorListeners = Readonly<{
  onFold: (fold: Fold) => void
  /** A sector is followed no more: its hexes are to be forgotten. */
  onForget: (hexes: readonly MapHex[]) => void
  onStatus: (key: string, status: FollowStatus | 'gone') => void
  /** The server refused a subscription. */
  onRefusal: (message: string) => void
}>

/** `outline`: without the areas, for a view from afar. */
export type SectorDetail = 'outline' | 'whole'

/** Below this scale nothing of a hex's areas is drawn, so they are not asked for. */
export const WHOLE_SCALE_MIN = 7.5

type Followed = Readonly<{
  sector: Sector
  detail: SectorDetail
  replica: Replica
  abort: AbortController
}>

/** Follows sectors until it is stopped. */
export type SectorFollower = Readonly<{
  /**
   * Follows what these bounds touch. A sector that is followed whole stays so; an outline is
   * followed anew.
   */
  look: (bounds: Bounds, detail: SectorDetail) => void
  /** Whether every followed sector has had its snapshot. */
  isComplete: () => boolean
  stop: () => void
}>

/** Follows nothing until it is told where to look. */
export const followSectors = (client: Client, listeners: SectorListeners): SectorFollower => {
  const followed = new Map<string, Followed>()
  const complete = new Set<string>()

  const run = async ({ sector, detail, replica, abort }: Followed): Promise<void> => {
    const changes = client.follow(
      hexChangedDocument,
      (since) => ({
        center: sector.center,
        radius: SECTOR_RADIUS,
        since,
        whole: detail === 'whole',
      }),
      { signal: abort.signal, onStatus: (status) => listeners.onStatus(sector.key, status) },
    )
    for await (const change of changes) {
      if (abort.signal.aborted) return
      const folded = fold(replica, change)
      if (folded.reset) complete.add(sector.key)
      if (folded.steps.length > 0 || folded.reset) listeners.onFold(folded)
    }
  }
  const follow = (sector: Sector, detail: SectorDetail): void => {
    const before = followed.get(sector.key)
    before?.abort.abort()
    const started = {
      sector,
      detail,
      replica: newReplica(before?.replica.hexes),
      abort: new AbortController(),
    }
    followed.set(sector.key, started)
    run(started).catch((error: unknown) => {
      if (followed.get(sector.key) === started) drop(sector.key)
      listeners.onRefusal(messageOf(error))
    })
  }
  const drop = (key: string): void => {
    const gone = followed.get(key)
    if (gone === undefined) return
    gone.abort.abort()
    followed.delete(key)
    complete.delete(key)
    listeners.onStatus(key, 'gone')
    listeners.onForget([...gone.replica.hexes.values()])
  }
  return {
    look: (bounds, detail) => {
      const wanted = sectorsWithin(bounds)
      const keys = new Set(wanted.map(({ key }) => key))
      const surplus =
        followed.size + wanted.filter(({ key }) => !followed.has(key)).length - SECTORS_MAX
      const idle = [...followed.keys()].filter((key) => !keys.has(key))
      for (const key of idle.slice(0, Math.max(0, surplus))) drop(key)
      for (const sector of wanted) {
        const known = followed.get(sector.key)?.detail
        if (known === undefined || (known === 'outline' && detail === 'whole'))
          follow(sector, detail)
      }
    },
    isComplete: () => followed.size > 0 && complete.size === followed.size,
    stop: () => {
      for (const key of [...followed.keys()]) drop(key)
    },
  }
}
