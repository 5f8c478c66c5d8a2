/**
 * What PGlite answers to a unit, put right. After an error in the extended protocol PGlite 0.5.8
 * says ReadyForQuery at once, and again at the client's Sync: a client that takes the first for the
 * end takes the second for the end of its next query, whose rows are then lost without a word.
 */
import type { WireUnit } from './wire-units.ts'

/** ReadyForQuery is a Z, a length of 5 and one letter for the state of the transaction. */
const READY_BYTES = 6

/**
 * The chunks of one answer with one ReadyForQuery where the unit asks for one (Sync, Query), none
 * where it does not.
 */
export const correctedAnswer = (
  chunks: readonly Buffer[],
  end: WireUnit['end'],
): readonly Buffer[] => {
  const { head, tail } = splitTail(chunks, 2 * READY_BYTES)
  const last = tail.length - READY_BYTES
  if (!isReady(tail, last)) return chunks
  if (end === 'H') return [...head, tail.subarray(0, last)]
  // No other message that can stand before the last ReadyForQuery ends in the bytes of a
  // ReadyForQuery.
  if (isReady(tail, last - READY_BYTES))
    return [...head, tail.subarray(0, last - READY_BYTES), tail.subarray(last)]
  return chunks
}

/**
 * The last chunks as one that has at least `bytes` bytes, if there are so many, and those before
 * it.
 */
const splitTail = (
  chunks: readonly Buffer[],
  bytes: number,
): { head: readonly Buffer[]; tail: Buffer } => {
  let start = chunks.length
  for (let length = 0; start > 0 && length < bytes; start -= 1)
    length += chunks[start - 1]?.length ?? 0
  return { head: chunks.slice(0, start), tail: Buffer.concat(chunks.slice(start)) }
}

const isReady = (buffer: Buffer, start: number): boolean =>
  start >= 0 && buffer[start] === 0x5a && buffer.readInt32BE(start + 1) === 5
