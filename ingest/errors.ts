import { FatalError, RetryableError } from '../domain/errors.ts'

/**
 * A block of the log is no longer the node's. Ingest stops: nothing may be built on a block that
 * the chain dropped.
 */
export class ReorgDetected extends FatalError {
  override name = 'ReorgDetected'
}

/** The log belongs to another chain, or to the same chain started from another seed. */
export class ForeignLog extends FatalError {
  override name = 'ForeignLog'
}

/** Somebody else appended to the world's stream: a second ingester is at work. */
export class AnotherIngester extends FatalError {
  override name = 'AnotherIngester'
}

/**
 * The node gave something that cannot be read: an answer that is not as specified, or text that is
 * no felt. Another try may reach a better node; ingest tries a number of times (UnreadableBlock).
 */
export class UnreadableAnswer extends RetryableError {
  override name = 'UnreadableAnswer'
}

/**
 * The next block cannot be read, whatever was tried. Ingest stops before it: a block that was
 * skipped would be missing from the world's history for good.
 */
export class UnreadableBlock extends FatalError {
  override name = 'UnreadableBlock'
}
