/**
 * Where the log stands: the cursor of ingest is derived from the log itself and stored nowhere
 * else.
 */
import { assert, FatalError } from '../domain/errors.ts'
import type { EventLog, RecordedEvent } from '../domain/event-log/event-log.ts'
import { BLOCK_INGESTED, type BlockIngested } from '../domain/world-stream/world-facts.ts'
import { isBeyondThisProgram } from '../schemas/events/upcast.ts'

/** A block as the log holds it. */
export type LoggedBlock = Readonly<{
  block: BlockIngested
  /** Revision of its `BlockIngested`. */
  revision: number
  /** How many of its facts are in the log: fewer than `eventCount` when writing was cut off. */
  factsWritten: number
}>

export type LogReader = Pick<EventLog, 'readStream'>

const blockIngestedOf = (event: RecordedEvent): BlockIngested | null => {
  if (event.type !== BLOCK_INGESTED) return null
  if (isBeyondThisProgram(event)) {
    throw new FatalError(
      `Revision ${event.revision} of ${event.stream} was written by a newer Chronohex, which has to go on`,
    )
  }
  return event.data as unknown as BlockIngested // written by ingest only
}

/** The first block of the world's stream; null while the stream is empty. */
export const firstBlockOf = async (
  log: LogReader,
  stream: string,
): Promise<BlockIngested | null> => {
  for await (const [event] of log.readStream(stream, { limit: 1 })) {
    if (event === undefined) continue
    const block = blockIngestedOf(event)
    assert(block !== null, `${stream} begins with ${event.type}, not with ${BLOCK_INGESTED}`)
    return block
  }
  return null
}

/**
 * The last block of the world's stream, complete or not; null while the stream is empty. Reads
 * backwards to its header.
 */
export const lastBlockOf = async (log: LogReader, stream: string): Promise<LoggedBlock | null> => {
  let factsWritten = 0
  for await (const page of log.readStream(stream, { direction: 'backwards' })) {
    for (const event of page) {
      const block = blockIngestedOf(event)
      if (block === null) {
        factsWritten += 1
        continue
      }
      const { revision } = event
      assert(
        factsWritten <= block.eventCount,
        `${stream}: more facts than the block at revision ${revision} counts`,
      )
      return { block, revision, factsWritten }
    }
  }
  assert(factsWritten === 0, `${stream} holds facts without a ${BLOCK_INGESTED} before them`)
  return null
}

/** Ids of a block's events that are in the log, its header first. */
export const writtenIdsOf = async (
  log: LogReader,
  stream: string,
  { revision, factsWritten }: LoggedBlock,
) => {
  const ids: string[] = []
  for await (const page of log.readStream(stream, { from: revision, limit: 1 + factsWritten })) {
    ids.push(...page.map(({ id }) => id))
  }
  return ids
}
