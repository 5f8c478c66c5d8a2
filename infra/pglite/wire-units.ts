/**
 * Cuts what a PostgreSQL client sends into units that must be executed without another client's
 * messages between them. PGlite is one session with one unnamed statement and one unnamed portal: a
 * Parse of another client between this client's Parse and Bind would answer the wrong question. A
 * unit therefore ends where the client expects an answer.
 */
import { FatalError } from '../../domain/errors.ts'

/** What a client may send as one unit; PostgreSQL itself stops at 1 GiB a message. */
const UNIT_BYTES_MAX = 512 * 1024 * 1024

export type WireUnit = Readonly<{
  /** Whole protocol messages, at least one. */
  bytes: Uint8Array
  /**
   * Type of the last message: Query, Sync, function call (F), Terminate (X) or Flush (H: the answer
   * is not complete).
   */
  end: 'Q' | 'S' | 'F' | 'X' | 'H' | 'p'
}>

/**
 * Takes chunks as they arrive and returns the units that each completes. Throws on a message of
 * impossible length.
 */
export const createUnitReader = (): ((chunk: Buffer) => readonly WireUnit[]) => {
  let chunks: Buffer[] = []
  let bytes = 0
  let bytesNeeded = HEADER_BYTES
  let scanned = 0 // where the first message that was not yet complete begins

  return (chunk) => {
    chunks.push(chunk)
    bytes += chunk.length
    const units: WireUnit[] = []
    if (bytes < bytesNeeded) return units
    let rest = chunks.length === 1 ? chunk : Buffer.concat(chunks)
    for (;;) {
      const end = messageEnd(rest, scanned)
      bytesNeeded = end ?? scanned + HEADER_BYTES
      if (end === null || end > rest.length) break
      const type = String.fromCharCode(rest[scanned] ?? 0)
      scanned = end
      if (isUnitEnd(type)) {
        units.push({ bytes: rest.subarray(0, end), end: type })
        rest = rest.subarray(end)
        scanned = 0
      }
    }
    chunks = [rest]
    bytes = rest.length
    return units
  }
}

/** A type byte, then a length that counts itself. */
const HEADER_BYTES = 5

const messageEnd = (buffer: Buffer, start: number): number | null => {
  if (buffer.length < start + HEADER_BYTES) return null
  const length = buffer.readInt32BE(start + 1)
  const end = start + 1 + length
  if (length < 4 || end > UNIT_BYTES_MAX)
    throw new FatalError(`A client sent a message of ${length} bytes`)
  return end
}

const isUnitEnd = (type: string): type is WireUnit['end'] => 'QSFXHp'.includes(type)
