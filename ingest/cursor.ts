/**
 * Where ingest stands, and how it comes to stand there at a start: the log's tail, checked against
 * the node, with the block that a crash left half-written made whole.
 */
import { assert, RetryableError } from '../domain/errors.ts'
import type { EventLog, NewEvent } from '../domain/event-log/event-log.ts'
import { chainName, type WorldId, worldStream } from '../domain/world-stream/facts.ts'
import { firstBlockOf, type LoggedBlock, tailOf } from '../domain/world-stream/tail.ts'
import { cutByBytes, type DecodeWorldEvent, eventsOfBlock } from './block-events.ts'
import { AnotherIngester, ForeignLog, ReorgDetected } from './errors.ts'
import type { BlockHeader, ChainSource } from './sources/chain-source.ts'

/** What ingest reads from, writes to, and how. */
export type IngestContext = Readonly<{
  source: ChainSource
  log: Pick<EventLog, 'append' | 'readStream'>
  world: WorldId
  decode: DecodeWorldEvent
  /** Largest append; a block above it continues in further appends. */
  blockBytesMax: number
}>

export type Cursor = Readonly<{
  /** Revision of the last event of the world's stream; -1 while it is empty. */
  revision: number
  /** The newest block of the log that stands; null while there is none. */
  logged: BlockHeader | null
  /** The newest block up to which the log holds everything; null while it holds nothing. */
  covered: BlockHeader | null
}>

/**
 * The cursor at a start. Throws ForeignLog when the log is another chain's, ReorgDetected when its
 * last block is no longer the node's, RetryableError while the node lacks that block.
 */
export const openCursor = async (context: IngestContext, signal: AbortSignal): Promise<Cursor> => {
  const { source, log, world } = context
  const stream = worldStream(world)
  await expectOwnLog(context, signal)
  const { position, block: last } = await tailOf(log, stream)
  if (last === null) return { revision: position, logged: null, covered: null }
  const now = await source.header(last.header.number, signal)
  if (now?.hash !== last.header.hash) throw divergence(last.header, now, stream)
  const isWhole = last.factsWritten === last.header.eventCount
  const revision = isWhole ? position : await completed(context, last, signal)
  return { revision, logged: last.header, covered: last.header }
}

/**
 * Throws ForeignLog when the node serves another chain than the world's, or the log begins with a
 * block that is not the node's. Writes nothing: to be asked before anything is read from the log,
 * or its writer replaced.
 */
const expectOwnLog = async (
  { source, log, world }: Pick<IngestContext, 'source' | 'log' | 'world'>,
  signal: AbortSignal,
): Promise<void> => {
  const stream = worldStream(world)
  const chainId = await source.chainId(signal)
  if (chainId !== world.chainId)
    throw new ForeignLog(
      `The node serves chain ${chainName(chainId)}, but ${stream} is to be written`,
    )
  const first = await firstBlockOf(log, stream)
  if (first === null) return
  const there = await source.header(first.number, signal)
  if (there?.hash === first.hash) return
  const found = there === null ? 'the node has no such block' : `the node has ${there.hash} there`
  throw new ForeignLog(
    `${stream} begins with block ${first.number} (${first.hash}), but ${found}: the log belongs to another chain, or to one started from another seed`,
  )
}

/**
 * As `expectOwnLog`; throws also when the node lacks the log's last block, or has another there. To
 * be asked of a chain that belongs to this system: it cannot be on its way to that block, as a node
 * that is behind may be, and would be waited for without end.
 */
export const expectWholeChain = async (
  context: Pick<IngestContext, 'source' | 'log' | 'world'>,
  signal: AbortSignal,
): Promise<void> => {
  const { source, log, world } = context
  const stream = worldStream(world)
  await expectOwnLog(context, signal)
  const { block: last } = await tailOf(log, stream)
  if (last === null) return
  const { header } = last
  const now = await source.header(header.number, signal)
  if (now?.hash === header.hash) return
  if (now !== null) throw divergence(header, now, stream)
  const head = await source.head(signal)
  throw new ForeignLog(
    `${stream} goes up to block ${header.number}, but the chain ends with block ${head?.number ?? 'none'}: the chain is older than the log, or its file was replaced`,
  )
}

/** What to throw when the node has not (or no longer) the block that the log has. */
export const divergence = (logged: BlockHeader, now: BlockHeader | null, stream: string): Error =>
  now === null
    ? new RetryableError(
        `The node has no block ${logged.number}, which ${stream} holds: it is behind the log`,
      )
    : new ReorgDetected(
        `Block ${logged.number} was ${logged.hash} when it was written to ${stream}; the node now has ${now.hash} there. Ingest has stopped, and nothing was written`,
      )

/**
 * Writes what a crash left out of the log's last block; its events are the same that were begun
 * with. Gives the last revision then.
 */
const completed = async (
  context: IngestContext,
  last: LoggedBlock,
  signal: AbortSignal,
): Promise<number> => {
  const { source, log, world, decode } = context
  const { header, position, factsWritten } = last
  const { number, hash, eventCount } = header
  const stream = worldStream(world)
  const found = await firstOf(source.blocksWithEvents(number, number, signal))
  if (found?.header.hash !== hash) throw divergence(header, found?.header ?? null, stream)
  const events = eventsOfBlock(world, found, decode)
  const ids = await writtenIdsOf(log, stream, last)
  assert(
    events.length === 1 + eventCount && ids.every((id, at) => id === events[at]?.id),
    `the first events of block ${number} in ${stream} are not those that the node gives for ${hash}`,
  )
  return appendEvents(context, position + factsWritten, events.slice(ids.length))
}

/** Ids of a block's events that are in the log, its header first. */
const writtenIdsOf = async (
  log: IngestContext['log'],
  stream: string,
  { position, factsWritten }: LoggedBlock,
): Promise<readonly string[]> => {
  const ids: string[] = []
  for await (const page of log.readStream(stream, { from: position, limit: 1 + factsWritten }))
    ids.push(...page.map(({ id }) => id))
  return ids
}

const firstOf = async <T>(items: AsyncIterable<T>): Promise<T | null> => {
  for await (const item of items) return item
  return null
}

/**
 * Appends after `revision` in as many parts as the limit asks for; gives the last revision then.
 */
export const appendEvents = async (
  { log, world, blockBytesMax }: IngestContext,
  revision: number,
  events: readonly NewEvent[],
): Promise<number> => {
  const stream = worldStream(world)
  let last = revision
  for (const part of cutByBytes(events, blockBytesMax)) {
    const outcome = await log.append(stream, last === -1 ? 'no-stream' : last, part)
    if (outcome.kind === 'conflict')
      throw new AnotherIngester(
        `${stream} ends at revision ${outcome.actual ?? 'none'} where ${last} was expected: another process is writing it`,
      )
    last = outcome.lastRevision
  }
  return last
}
