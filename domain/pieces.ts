/** A list in pieces of at most `size`, in its order. */
export function* piecesOf<T>(
  list: readonly T[],
  size: number,
): Generator<readonly T[], void, undefined> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size)
}
