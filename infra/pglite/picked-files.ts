/** Picks files from an archive as tar writes them (POSIX.1-1988), without unpacking it. */

// Blocks of 512 bytes: a header before each file, and two empty ones at the end.
const BLOCK_BYTES = 512
const NAME_BYTES = 100
const SIZE_AT = 124
const SIZE_BYTES = 12

/**
 * The files whose names match, as an archive; null unless each pattern has one. Names of more than
 * 100 bytes match nothing.
 */
export const pickedFiles = (archive: Buffer, patterns: readonly RegExp[]): Buffer | null => {
  const kept: Buffer[] = []
  for (let at = 0; at + BLOCK_BYTES <= archive.length && archive[at] !== 0; ) {
    const name = archive.toString('latin1', at, at + NAME_BYTES).replace(/\0.*$/s, '')
    const size = archive.toString('latin1', at + SIZE_AT, at + SIZE_AT + SIZE_BYTES)
    const end = at + BLOCK_BYTES * (1 + Math.ceil(Number.parseInt(size, 8) / BLOCK_BYTES))
    if (patterns.some((pattern) => pattern.test(name))) kept.push(archive.subarray(at, end))
    at = end
  }
  if (kept.length !== patterns.length) return null
  return Buffer.concat([...kept, Buffer.alloc(2 * BLOCK_BYTES)])
}
