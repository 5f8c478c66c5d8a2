/**
 * Runs loops side by side that cannot do without each other. The first that ends, in whatever way,
 * ends the others by the signal that all are given; resolves or rejects only when all have ended,
 * with the first error that one ended by.
 */
export const together = async (
  outer: AbortSignal,
  begin: (signal: AbortSignal) => readonly Promise<unknown>[],
): Promise<void> => {
  const ending = new AbortController()
  const running = begin(AbortSignal.any([outer, ending.signal]))
  try {
    await Promise.race(running)
  } finally {
    ending.abort()
    await Promise.allSettled(running)
  }
  await Promise.all(running)
}
