/**
 * A world in memory with full history: real facts, folded by the real projections, behind the same
 * reads that the API has. It is driven live, and wakes its readers.
 */
import type { NewEvent } from '../../../domain/event-log/event-log.ts'
import { type WorldId, worldStream } from '../../../domain/world-stream/facts.ts'
import type { Head } from '../../../domain/world-stream/head.ts'
import { createMemoryChangeFeed } from '../../../infra/memory/change-feed.ts'
import type { ChangeFeed } from '../../engine/change-feed.ts'
import {
  createMemoryModels,
  headRow,
  type MemoryState,
  memoryRows,
} from '../../reads/memory-models.testing.ts'
import type { ReadContext } from '../../reads/read-context.ts'
import { memoryQueries } from './memory-queries.testing.ts'
import { infiniteHexProjections } from './registry.ts'
import { recordedEvents } from './world-blocks.testing.ts'
import { nothingKnown, pointReads, type WorldReads } from './world-reads.ts'
import { type Step, stepAfter } from './world-steps.testing.ts'

export type MemoryWorld = Readonly<{
  world: WorldId
  reads: WorldReads
  feed: ChangeFeed
  /** Appends to the world's log alone: the read models lag behind. Gives its last position. */
  log: (step: Step) => number
  /** Takes in what the log has by now, and wakes the readers. */
  takeIn: () => void
  /** Both. */
  append: (step: Step) => number
  /** Says how far the chain was covered, and wakes the readers. */
  cover: (head: Head) => void
}>

const TEST_WORLD: WorldId = { chainId: '0x54455354', address: '0x77' }

/** A world without any block. */
export const createMemoryWorld = (world: WorldId = TEST_WORLD): MemoryWorld => {
  const feed = createMemoryChangeFeed()
  const models = createMemoryModels(infiniteHexProjections)
  let events: readonly NewEvent[] = []

  const publish = (): void => {
    const { position, head } = models.state()
    feed.publish({ position, block: head?.number ?? 0 })
  }
  const log = (step: Step): number => {
    events = [...events, ...stepAfter(events, step)]
    return events.length - 1
  }
  const takeIn = (): void => {
    models.take(recordedEvents([events], worldStream(world)))
    publish()
  }
  return {
    world,
    reads: memoryReads(world, models.state, () => events.length - 1),
    feed,
    log,
    takeIn,
    append: (step) => {
      const position = log(step)
      takeIn()
      return position
    },
    cover: (head) => {
      models.cover(head)
      publish()
    },
  }
}

/** Reads of the state that there is at each. */
const memoryReads = (
  world: WorldId,
  state: () => MemoryState,
  lastRevision: () => number,
): WorldReads => {
  const logHead = async (): Promise<number | null> => (lastRevision() < 0 ? null : lastRevision())
  const reads: WorldReads = {
    ...pointReads(memoryContext(state), memoryQueries(state), { world, logHead }, nothingKnown()),
    until: () => reads,
  }
  return reads
}

/** What is current may move on between two looks, so all is read at a position. */
const memoryContext = (state: () => MemoryState): ReadContext => {
  const head = async () => headRow(state())
  return {
    rows: memoryRows(state),
    head,
    atPoint: ({ position }, read) => read({ position }),
    atHead: async (read) => {
      const current = await head()
      return read({ position: current.position }, current)
    },
  }
}
