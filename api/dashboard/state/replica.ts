/**
 * The replica of one sector: what the messages of its `hexChanged` subscription add up to. Changes
 * take effect block by block: they wait until the message that ends their block, so that a hex
 * never shows half of one.
 */
import { type HexMessage, hexOf, type MapHex, type SentHex } from './world-types.ts'

/** Changed in place by `fold`. */
export type Replica = Readonly<{
  /** Hexes of which anything is known, by packed felt. */
  hexes: Map<string, MapHex>
  /** Messages of the block that is still arriving. */
  waiting: HexMessage[]
}>

/**
 * A hex before and after a block; null where nothing is known of it. At least one of the two is
 * there.
 */
export type HexStep = Readonly<{ before: MapHex | null; after: MapHex | null }>

/**
 * What one message did: nothing while its block is incomplete. `reset` marks a snapshot, which
 * replaces everything.
 */
export type Fold = Readonly<{ steps: readonly HexStep[]; reset: boolean; resync: string | null }>

const NOTHING: Fold = { steps: [], reset: false, resync: null }

/** A replica that holds nothing, or what another one held: the first snapshot replaces it. */
export const newReplica = (hexes = new Map<string, MapHex>()): Replica => ({ hexes, waiting: [] })

const put = (hexes: Map<string, MapHex>, id: string, after: MapHex | null): HexStep | null => {
  const before = hexes.get(id) ?? null
  if (after !== null) hexes.set(id, after)
  else if (!hexes.delete(id)) return null
  return { before, after }
}

const replaceAll = (hexes: Map<string, MapHex>, nodes: readonly SentHex[]): HexStep[] => {
  const kept = new Set<string>(nodes.map(({ coordinate }) => coordinate.packed))
  const gone = [...hexes.keys()].filter((id) => !kept.has(id))
  return [
    ...gone.map((id) => put(hexes, id, null)),
    ...nodes.map((node) => put(hexes, node.coordinate.packed, hexOf(node))),
  ].filter((step) => step !== null)
}

const stepsOf = (hexes: Map<string, MapHex>, message: HexMessage): HexStep[] => {
  switch (message.__typename) {
    case 'HexSnapshot':
      return replaceAll(hexes, message.nodes)
    case 'HexUpsert': {
      const step = put(hexes, message.node.coordinate.packed, hexOf(message.node))
      return step === null ? [] : [step]
    }
    case 'HexRemoval': {
      const step = put(hexes, message.id, null)
      return step === null ? [] : [step]
    }
    case 'Resync':
      return []
    default:
      return message satisfies never
  }
}

/**
 * Takes in one message. A Resync drops what was waiting and keeps the hexes: they stay drawn until
 * the snapshot that follows replaces them.
 */
export const fold = (replica: Replica, message: HexMessage): Fold => {
  if (message.__typename === 'Resync') {
    replica.waiting.length = 0
    return { steps: [], reset: false, resync: message.reason }
  }
  replica.waiting.push(message)
  if (!message.last) return NOTHING
  const block = replica.waiting.splice(0)
  return {
    steps: block.flatMap((waiting) => stepsOf(replica.hexes, waiting)),
    reset: block.some((waiting) => waiting.__typename === 'HexSnapshot'),
    resync: null,
  }
}
