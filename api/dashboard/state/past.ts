/** The world as it was at a block: the sectors in view, read once, in an atlas of their own. */
import { hexesAtDocument } from '../../../schemas/graphql/documents.ts'
import type { Client } from '../../client/client.ts'
import type { Bounds } from '../map/projection.ts'
import { SECTOR_RADIUS, sectorsWithin } from '../map/sectors.ts'
import { type Atlas, applySteps, emptyAtlas } from './atlas.ts'
import { readEvents } from './follow-events.ts'
import { type FeedEvent, hexOf } from './world-types.ts'

export type Past = Readonly<{ block: number; atlas: Atlas; events: readonly FeedEvent[] }>

/** Sectors of the past that are read for one view; a wider view shows its middle. */
const PAST_SECTORS_MAX = 7
const PAST_EVENTS = 100

/**
 * Reads what the bounds show as of a block, with areas if `whole`. Throws as the client does, and
 * when the signal aborts.
 */
export const readPast = async (
  client: Client,
  block: number,
  { bounds, whole }: Readonly<{ bounds: Bounds; whole: boolean }>,
  signal: AbortSignal,
): Promise<Past> => {
  const atlas = emptyAtlas()
  const sectors = sectorsWithin(bounds).slice(0, PAST_SECTORS_MAX)
  const eventsThen = readEvents(client, { at: { block }, first: PAST_EVENTS }, signal)
  const parts = await Promise.all(
    sectors.map(({ center }) =>
      client.query(hexesAtDocument, { center, radius: SECTOR_RADIUS, block, whole }, { signal }),
    ),
  )
  for (const { hexesInRadius } of parts) {
    applySteps(
      atlas,
      hexesInRadius.map((sent) => ({ before: null, after: hexOf(sent) })),
    )
  }
  return { block, atlas, events: (await eventsThen).events }
}
