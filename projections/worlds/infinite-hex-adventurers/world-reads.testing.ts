/** Reads of a world that tests drive, and how they are asked. */
import { isRejection } from '../../../domain/decider.ts'
import type { WorldId } from '../../../domain/world-stream/facts.ts'
import type { Head } from '../../../domain/world-stream/head.ts'
import type { AtInput, ReadPoint } from '../../reads/points.ts'
import type { HexPart } from './hexes/queries.ts'
import { infiniteHexProjections } from './registry.ts'
import type { WorldReads } from './world-reads.ts'
import type { Step } from './world-steps.testing.ts'

/** The read models of a world, whatever keeps them. */
export type WorldReading = Readonly<{
  world: WorldId
  reads: WorldReads
  /** Appends to the world's log; the read models do not follow by themselves. */
  log: (step: Step) => Promise<void>
  /** Takes in what the log has by now. */
  takeIn: () => Promise<void>
  /** Says how far the chain was covered, if everything up to the head's position was taken in. */
  cover: (head: Head) => Promise<void>
}>

/** Opens a world of its own in which nothing has happened. */
export type OpenWorld = () => Promise<WorldReading>

/** A world in which these steps have happened and are taken in. */
export const readingOf = async (
  openWorld: OpenWorld,
  steps: readonly Step[],
): Promise<WorldReading> => {
  const reading = await openWorld()
  for (const step of steps) await reading.log(step)
  await reading.takeIn()
  return reading
}

/** The point that `at` names. Throws when it is refused. */
export const pointAt = async (reads: WorldReads, at?: AtInput): Promise<ReadPoint> => {
  const point = await reads.resolve(at)
  if (isRejection(point)) throw new Error(point.reason)
  return point as ReadPoint // not a rejection
}

/** Every part of a hex that can be asked for. */
export const ALL_PARTS: ReadonlySet<HexPart> = new Set([
  'areas',
  'plants',
  'harvesters',
  'buildings',
  'decay',
  'claim',
  'adventurers',
  'economics',
  'inventory',
  'reservations',
])

/** Versions of the game's projections by name. */
export const VERSIONS: Readonly<Record<string, number>> = Object.fromEntries(
  infiniteHexProjections.map(({ name, version }) => [name, version]),
)
