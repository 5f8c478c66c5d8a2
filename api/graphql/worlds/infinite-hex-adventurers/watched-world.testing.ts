/**
 * A world in memory as the API's tests use it: short ways to move it on, and reads that are counted
 * and can be made to fail.
 */
import { type Felt, feltOfShortString } from '../../../../domain/felt.ts'
import { packHex } from '../../../../domain/hex.ts'
import type { ChangeFeed } from '../../../../projections/engine/change-feed.ts'
import { createMemoryWorld } from '../../../../projections/worlds/infinite-hex-adventurers/memory-world.testing.ts'
import { blockOf } from '../../../../projections/worlds/infinite-hex-adventurers/world-blocks.testing.ts'
import {
  type TestFact,
  written,
} from '../../../../projections/worlds/infinite-hex-adventurers/world-facts.testing.ts'
import type { WorldReads } from '../../../../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import {
  retraction,
  type Step,
} from '../../../../projections/worlds/infinite-hex-adventurers/world-steps.testing.ts'

export type WatchedWorld = Readonly<{
  reads: WorldReads
  feed: ChangeFeed
  /** Appends to the log, takes it in and wakes the readers. Gives the last position. */
  append: (step: Step) => number
  /** The same with the next block, of these facts. */
  addBlock: (...facts: readonly TestFact[]) => number
  /** The same with the retraction of the newest block. */
  retract: () => number
  /** Every read so far, by name. */
  calls: Readonly<Record<string, number>>
  /** Lets the next read of this name throw. */
  failNext: (name: keyof WorldReads, error: Error) => void
  /** Lets a projection have another version from now on. */
  setVersion: (projection: string, version: number) => void
}>

/** An empty world; its blocks have the numbers 1, 2, … */
export const createWatchedWorld = (): WatchedWorld => {
  const chainId = feltOfShortString('CHRONOHEX_SANDBOX') ?? '0x0'
  const { reads: bare, feed, append } = createMemoryWorld({ chainId, address: '0x77' })
  const calls: Record<string, number> = {}
  const failures = new Map<string, Error>()
  const versions: Record<string, number> = {}
  let blocks = 0

  const watched = (reads: WorldReads): WorldReads => {
    const all = {
      ...reads,
      meta: async () => {
        const meta = await reads.meta()
        return { ...meta, versions: { ...meta.versions, ...versions } }
      },
    } satisfies WorldReads
    const own = {
      ...Object.fromEntries(
        Object.entries(all).map(([name, read]) => [name, counted(name, read as Read)]),
      ),
      until: () => own,
    } as unknown as WorldReads // each function as it was, counted
    return own
  }
  const counted =
    (name: string, read: Read): Read =>
    async (...args) => {
      calls[name] = (calls[name] ?? 0) + 1
      const failure = failures.get(name)
      failures.delete(name)
      if (failure !== undefined) throw failure
      return read(...args)
    }

  return {
    reads: watched(bare),
    feed,
    append,
    addBlock: (...facts) => {
      blocks += 1
      return append(blockOf(blocks, facts))
    },
    retract: () => {
      blocks -= 1
      return append(retraction)
    },
    calls,
    failNext: (name, error) => void failures.set(name, error),
    setVersion: (projection, version) => {
      versions[projection] = version
    },
  }
}

type Read = (...args: unknown[]) => unknown

export const hexAt = (q: number, r: number): Felt =>
  packHex({ x: q, y: -q - r || 0, z: r }) ?? '0x0'

/** A hex as its discovery leaves it. */
export const hexWritten = (hex: Felt, discoverer: Felt): TestFact =>
  written(
    'Hex',
    { coordinate: hex },
    {
      is_discovered: true,
      biome: 'Plains',
      discovery_block: '1',
      discoverer,
      area_count: 3,
    },
  )

/** The row that a fact wrote is gone. */
export const erased = ({ type, data }: TestFact): TestFact => ({
  type: type.replace(/Written$/, 'Erased'),
  data: { entityId: data.entityId ?? null },
})

export const hexDiscovered = (hex: Felt): TestFact => ({
  type: 'HexDiscovered',
  data: { hex, biome: 'Plains', discoverer: '0x1' },
})

export const moved = (id: Felt, from: Felt, to: Felt): TestFact => ({
  type: 'AdventurerMoved',
  data: { adventurer_id: id, from, to },
})

export const energyPaid = (hex: Felt, payer: Felt): TestFact => ({
  type: 'HexEnergyPaid',
  data: { hex, payer, amount: 5 },
})
