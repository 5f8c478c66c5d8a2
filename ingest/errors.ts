import { FatalError } from '../domain/errors.ts'

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
