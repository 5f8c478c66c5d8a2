/**
 * The source of every subscription to nodes that have a key: which of them changed is read from the
 * read models' changes, and then those nodes as they were at the end of that point.
 */
import type { ChangeNotice } from '../../projections/reads/changes.ts'
import type { HistoryReads } from '../../projections/reads/history-reads.ts'
import type { ReadPoint } from '../../projections/reads/points.ts'
import type { ChangeSource, Delivery, DeliveryPage } from './change.ts'
import { afterAll, type Place } from './place.ts'

export type KeyedNodes<Reads extends HistoryReads, Node, Key extends string> = Readonly<{
  /** Begins the names of the GraphQL types of its messages. */
  name: string
  /** What is followed of the read models' changes … */
  subject: string
  /** … and which keys of it; null: all. */
  keys: readonly Key[] | null
  projections: readonly string[]
  /** What cursors are bound to: the field and the arguments that choose the nodes. */
  subscription: string
  /** What else tells what is delivered, the parts of a node that are read. */
  selection: string
  /** The nodes of these keys at a point; those that there are none of are left out. */
  read: (reads: Reads, keys: readonly Key[] | null, point: ReadPoint) => Promise<readonly Node[]>
  keyOf: (node: Node) => string
}>

const PAGE_NOTICES_MIN = 256
const PAGE_POINTS_MAX = 32
/** Some minutes of a busy world; beyond that a snapshot is smaller than what was missed. */
const BEHIND_POSITIONS_MAX = 100_000

export const keyedSource = <Reads extends HistoryReads, Node, Key extends string>(
  nodes: KeyedNodes<Reads, Node, Key>,
): ChangeSource<Reads, Node> => {
  const { name, subject, keys, projections, subscription, selection, read } = nodes
  const pageNotices = Math.max(keys?.length ?? 0, PAGE_NOTICES_MIN) + 1
  return {
    name,
    key: `${subscription}/${selection}`,
    subscription,
    projections,
    behindPositionsMax: BEHIND_POSITIONS_MAX,
    snapshot: (reads, point) => read(reads, keys, point),
    changesAfter: async (reads, place) => {
      const isMidPoint = Number.isFinite(place.taken)
      const after = isMidPoint ? place.position - 1 : place.position
      const limit = pageNotices + (isMidPoint ? place.taken : 0)
      const notices = await reads.changesAfter({ subject, keys, after, limit })
      const points = [...Map.groupBy(notices, ({ position }) => position).values()]
      const isCut = notices.length === limit
      // A point that fills the page is told in parts; others come whole.
      const told = (isCut && points.length > 1 ? points.slice(0, -1) : points).slice(
        0,
        PAGE_POINTS_MAX,
      )
      const isWhole = !isCut || points.length > 1
      const deliveries: Delivery<Node>[] = []
      for (const point of told)
        deliveries.push(...(await deliveriesOf(reads, nodes, { notices: point, isWhole }, place)))
      const isAll = !isCut && told.length === points.length
      return { deliveries, isAll } satisfies DeliveryPage<Node>
    },
  }
}

type ChangedPoint = Readonly<{
  notices: readonly ChangeNotice[]
  /** Whether these are all of the point. */
  isWhole: boolean
}>

/** The changes of one point that come after `after`, all read at once. */
const deliveriesOf = async <Reads extends HistoryReads, Node, Key extends string>(
  reads: Reads,
  { read, keyOf }: KeyedNodes<Reads, Node, Key>,
  { notices, isWhole }: ChangedPoint,
  after: Place,
): Promise<readonly Delivery<Node>[]> => {
  const taken = notices[0]?.position === after.position ? after.taken : 0
  const left = notices.slice(Math.min(taken, notices.length))
  const [first] = left
  if (first === undefined) return []
  const keys = left.map(({ key }) => key as Key) // keys of one subject are of one kind
  const found = await read(reads, keys, first)
  const byKey = new Map(found.map((node) => [keyOf(node), node]))
  return left.map(({ position, block, finality, key }, index) => {
    const last = isWhole && index === left.length - 1
    const place = last ? afterAll(position) : { position, taken: taken + index + 1 }
    const node = byKey.get(key)
    return {
      place,
      block,
      finality,
      last,
      change: node === undefined ? { removed: key } : { node },
    }
  })
}
