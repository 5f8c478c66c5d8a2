/** Changes of the hexes of a disc: block by block, each hex as it was at the end of that block. */
import { FatalError } from '../../domain/errors.ts'
import type { Felt } from '../../domain/felt.ts'
import { discAround, packHex, unpackHex } from '../../domain/hex.ts'
import type {
  HexChangeNotice,
  HexPart,
  HexView,
  WorldReads,
} from '../../projections/world-reads.ts'
import type { ChangeSource, Delivery } from './change.ts'
import { afterAll, type CursorScope, cursorOf, type Place } from './place.ts'

const PAGE_NOTICES_MIN = 256
const PAGE_BLOCKS_MAX = 32
/** Some minutes of a busy world; beyond that a snapshot is smaller than what was missed. */
const BEHIND_POSITIONS_MAX = 100_000

/** Packed felts of the hexes within `radius` steps of a hex that is on the map. */
export const discIds = (center: Felt, radius: number): readonly Felt[] => {
  const cube = unpackHex(center)
  if (cube === null) throw new FatalError(`${center} is no hex, though it was read as one`)
  return discAround(cube, radius).flatMap((hex) => packHex(hex) ?? [])
}

/** The source of `hexChanged`. */
export const hexChangeSource = (
  center: Felt,
  radius: number,
  parts: ReadonlySet<HexPart>,
): ChangeSource => {
  const ids = discIds(center, radius)
  const subscription = `hexChanged/${center}/${radius}`
  return {
    key: `${subscription}/${[...parts].sort().join(',')}`,
    subscription,
    behindPositionsMax: BEHIND_POSITIONS_MAX,
    snapshot: async (reads, point, head) => ({
      __typename: 'HexSnapshot',
      ...head,
      nodes: await reads.hexes(ids, point, parts),
    }),
    changesAfter: async (reads, place, scope) => {
      // A block changes each hex at most once: a page that holds more than all hexes holds at least
      // one whole block.
      const limit = Math.max(ids.length, PAGE_NOTICES_MIN) + 1
      const isMidBlock = Number.isFinite(place.taken)
      const notices = await reads.hexChangesAfter(
        ids,
        isMidBlock ? place.position - 1 : place.position,
        limit,
      )
      const blocks = groupByBlock(notices)
      const isCut = notices.length === limit
      const whole = (isCut ? blocks.slice(0, -1) : blocks).slice(0, PAGE_BLOCKS_MAX)
      const deliveries: Delivery[] = []
      for (const block of whole)
        deliveries.push(...(await blockDeliveries(reads, block, parts, place, scope)))
      return { deliveries, isAll: whole.length === blocks.length }
    },
  }
}

const groupByBlock = (
  notices: readonly HexChangeNotice[],
): readonly (readonly HexChangeNotice[])[] => {
  const blocks = new Map<number, HexChangeNotice[]>()
  for (const notice of notices) {
    const block = blocks.get(notice.position)
    if (block === undefined) blocks.set(notice.position, [notice])
    else block.push(notice)
  }
  return [...blocks.values()]
}

/** The changes of one block that come after `after`, all read at once. */
const blockDeliveries = async (
  reads: WorldReads,
  notices: readonly HexChangeNotice[],
  parts: ReadonlySet<HexPart>,
  after: Place,
  scope: CursorScope,
): Promise<readonly Delivery[]> => {
  const taken = notices[0]?.position === after.position ? after.taken : 0
  const left = notices.slice(Math.min(taken, notices.length))
  const [first] = left
  if (first === undefined) return []
  const point = { position: first.position, block: first.block }
  const views = await reads.hexes(
    left.map(({ hex }) => hex),
    point,
    parts,
  )
  const viewOf = new Map(views.map((view) => [view.coordinate.packed, view]))
  return left.map((notice, index) => {
    const last = index === left.length - 1
    const place = last
      ? afterAll(notice.position)
      : { position: notice.position, taken: taken + index + 1 }
    return {
      place,
      change: hexChange(notice, viewOf.get(notice.hex), last, cursorOf(scope, place)),
    }
  })
}

const hexChange = (
  { position, block, finality, hex }: HexChangeNotice,
  node: HexView | undefined,
  last: boolean,
  cursor: string,
): Delivery['change'] => {
  const head = { cursor, position, block, finality, last }
  return node === undefined
    ? { __typename: 'HexRemoval', ...head, id: hex }
    : { __typename: 'HexUpsert', ...head, node }
}
