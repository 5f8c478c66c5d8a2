/**
 * Blocks as they stand in the world's stream: a header, then as many facts as it counts. Only
 * complete blocks are projected; what comes after the last complete one waits for the rest.
 */
import { FatalError } from '../../domain/errors.ts'
import type { RecordedEvent } from '../../domain/event-log/event-log.ts'
import { BLOCK_INGESTED, type BlockIngested } from '../../domain/world-stream/facts.ts'
import { isBeyondThisProgram } from '../../schemas/events/upcast.ts'

export type CompleteBlock = Readonly<{
  header: BlockIngested
  /** Position of the block's last fact; of its header when it has none. */
  position: number
  facts: readonly RecordedEvent[]
}>

export type BlockCut = Readonly<{
  blocks: readonly CompleteBlock[]
  rest: readonly RecordedEvent[]
}>

/**
 * Cuts events that follow each other in the world's stream, starting at a header, into complete
 * blocks and the rest. At least one block is taken if one is complete, and then no more than
 * `eventsMax` events in all. Anything but a header of a version that is known here where a block
 * begins is beyond this program: throws FatalError.
 */
export const cutBlocks = (events: readonly RecordedEvent[], eventsMax: number): BlockCut => {
  const blocks: CompleteBlock[] = []
  let start = 0
  while (start < events.length) {
    const first = events[start] as RecordedEvent // within bounds
    const header = headerOf(first)
    const end = start + 1 + header.eventCount
    if (end > events.length || (blocks.length > 0 && end > eventsMax)) break
    blocks.push({
      header,
      position: first.revision + header.eventCount,
      facts: events.slice(start + 1, end),
    })
    start = end
  }
  return { blocks, rest: events.slice(start) }
}

const headerOf = (event: RecordedEvent): BlockIngested => {
  const place = `Position ${event.revision} of ${event.stream}`
  if (event.type !== BLOCK_INGESTED)
    throw new FatalError(`${place} is ${event.type} where a block must begin`)
  if (isBeyondThisProgram(event))
    throw new FatalError(`${place}: the header of a block that a newer Chronohex wrote`)
  return event.data as unknown as BlockIngested // written by ingest only
}
