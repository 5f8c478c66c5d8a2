/**
 * A world in memory behind the WorldReads port, with full history: what the API's tests read and
 * move on.
 */
import { compareFelts, type Felt, feltOfNumber } from '../../../../domain/felt.ts'
import { packHex } from '../../../../domain/hex.ts'
import { createMemoryChangeFeed } from '../../../../infra/memory/change-feed.ts'
import type { ChangeFeed } from '../../../../projections/engine/change-feed.ts'
import type {
  AdventurerView,
  HexChangeNotice,
  HexView,
  MetaView,
  WorldEventView,
  WorldReads,
} from '../../../../projections/world-reads.ts'
import { blankHex, type HexPoint } from '../../../../schemas/graphql/types.ts'
import { hexPoint } from '../../../../schemas/h3.ts'

export type FakeBlock = Readonly<{
  /**
   * The hexes that changed: with the account that discovered them, or null when nothing is known of
   * them any more.
   */
  hexes?: Readonly<Record<Felt, Felt | null>>
  /** Types of the block's game events. */
  events?: readonly string[]
}>

type HexVersion = Readonly<{ position: number; view: HexView | null }>
type Block = Readonly<{ number: number; position: number; hexes: readonly Felt[] }>

export type FakeWorld = Readonly<{
  reads: WorldReads
  feed: ChangeFeed
  /**
   * Appends a block and wakes the readers. An empty block moves the head only. Returns the block's
   * last position.
   */
  addBlock: (block: FakeBlock) => number
  /** Every read so far, by name. */
  calls: Readonly<Record<string, number>>
  /** Lets the next read of this name throw. */
  failNext: (name: keyof WorldReads, error: Error) => void
  setProjectionVersion: (version: string) => void
  adventurers: AdventurerView[]
}>

export const hexAt = (q: number, r: number): Felt =>
  packHex({ x: q, y: -q - r || 0, z: r }) ?? '0x0'

export const fakeHex = (packed: Felt, discoverer: Felt): HexView => ({
  ...blankHex(hexPoint(packed) as HexPoint), // tests give hexes of the map only
  isDiscovered: true,
  biome: 'Plains',
  discoveryBlock: 1,
  discoverer,
  areaCount: 3,
})

export const fakeAdventurer = (id: number): AdventurerView => ({
  id: feltOfNumber(id),
  owner: '0xabc',
  name: `A${id}`,
  energy: 100,
  effectiveEnergy: 100,
  maxEnergy: 100,
  coordinate: fakeHex(hexAt(0, 0), '0x1').coordinate,
  lockedUntilBlock: '18446744073709551615',
  isAlive: true,
  death: null,
  economics: null,
  inventory: null,
  reservations: [],
})

/** An empty world. */
export const createFakeWorld = (): FakeWorld => {
  const feed = createMemoryChangeFeed()
  const versions = new Map<Felt, HexVersion[]>()
  const blocks: Block[] = []
  const events: WorldEventView[] = []
  const adventurers: AdventurerView[] = []
  const calls: Record<string, number> = {}
  const failures = new Map<string, Error>()
  let projectionVersion = '1'
  let head = 0
  let position = -1

  const blockView = (number: number) => ({
    number,
    hash: feltOfNumber(number + 1_000),
    time: new Date(Date.UTC(2026, 0, 1) + number * 1_000),
  })
  const meta = (): MetaView => ({
    chainId: 'CHRONOHEX_SANDBOX',
    worldAddress: '0x77',
    block: head === 0 ? null : blockView(head),
    position: position < 0 ? null : position,
    lag: 0,
    projectionVersion,
  })
  const viewAt = (id: Felt, at: number): HexView | null =>
    versions.get(id)?.findLast((version) => version.position <= at)?.view ?? null

  const matches = (event: WorldEventView, types: readonly string[] | undefined): boolean =>
    types === undefined || types.includes(event.type)

  const bare = {
    meta: async () => meta(),
    resolve: async (at) => {
      if (at?.block !== undefined && at.block > head) {
        return {
          rejected: 'AT_ABOVE_HEAD',
          reason: `Block ${at.block} is above the head, ${head}`,
        } as const
      }
      if (at?.block === undefined) return { position, block: head }
      const upTo = at.block
      return {
        position: blocks.findLast(({ number }) => number <= upTo)?.position ?? -1,
        block: upTo,
      }
    },
    hexes: async (ids, point) =>
      [...ids].sort(compareFelts).flatMap((id) => viewAt(id, point.position) ?? []),
    adventurer: async (id) => adventurers.find((adventurer) => adventurer.id === id) ?? null,
    adventurers: async ({ after, limit }) =>
      adventurers
        .filter(({ id }) => after === undefined || compareFelts(id, after) > 0)
        .slice(0, limit),
    territories: async () => [],
    overview: async () => ({
      hexesDiscovered: versions.size,
      areasDiscovered: 0,
      territories: 0,
      controlledHexes: 0,
      claimableHexes: 0,
      adventurers: adventurers.length,
      livingAdventurers: adventurers.length,
      activeAdventurers: 0,
      energyHeld: '340282366920938463463374607431768211455',
      energyInReserves: '0',
      recentDiscoveries: [],
    }),
    conversionRates: async () => [],
    events: async ({ types }, { point, before, limit }) =>
      events
        .filter(
          (event) =>
            event.position <= point.position && (before === null || event.position < before),
        )
        .filter((event) => matches(event, types))
        .reverse()
        .slice(0, limit),
    eventsAfter: async ({ types }, after, limit) =>
      events.filter((event) => event.position > after && matches(event, types)).slice(0, limit),
    hexChangesAfter: async (ids, after, limit) => {
      const wanted = new Set(ids)
      return blocks
        .filter((block) => block.position > after)
        .flatMap((block) =>
          block.hexes.filter((id) => wanted.has(id)).map((hex) => noticeOf(block, hex)),
        )
        .slice(0, limit)
    },
    snapshot: async (read) => read(reads),
  } satisfies WorldReads
  const noticeOf = (block: Block, hex: Felt): HexChangeNotice => ({
    position: block.position,
    block: block.number,
    finality: 'ACCEPTED_ON_L2',
    hex,
  })

  const counted =
    (name: string, read: (...args: unknown[]) => unknown) =>
    async (...args: unknown[]): Promise<unknown> => {
      calls[name] = (calls[name] ?? 0) + 1
      const failure = failures.get(name)
      failures.delete(name)
      if (failure !== undefined) throw failure
      return read(...args)
    }
  const reads = Object.fromEntries(
    Object.entries(bare).map(([name, read]) => [
      name,
      counted(name, read as (...args: unknown[]) => unknown),
    ]),
  ) as unknown as WorldReads // each function as it was, counted

  return {
    reads,
    feed,
    calls,
    adventurers,
    addBlock: ({ hexes = {}, events: types = [] }) => {
      head += 1
      const changed = (Object.keys(hexes) as Felt[]).sort(compareFelts)
      if (changed.length > 0 || types.length > 0) {
        for (const [index, type] of types.entries()) {
          events.push({
            id: String(position + 2 + index),
            position: position + 2 + index,
            type,
            data: { block: head },
            block: blockView(head),
            finality: 'ACCEPTED_ON_L2',
            transaction: '0x1',
            hex: null,
            adventurerId: null,
          })
        }
        position += 1 + types.length
        blocks.push({ number: head, position, hexes: changed })
        for (const id of changed) {
          const discoverer = hexes[id] ?? null
          const version = { position, view: discoverer === null ? null : fakeHex(id, discoverer) }
          versions.set(id, [...(versions.get(id) ?? []), version])
        }
      }
      feed.publish({ position, block: head })
      return position
    },
    failNext: (name, error) => void failures.set(name, error),
    setProjectionVersion: (version) => {
      projectionVersion = version
    },
  }
}
