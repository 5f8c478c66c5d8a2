/**
 * Maps items in order with at most `aheadMax` calls under way: results come in the order of the items, the first failure
 * is thrown when its turn has come, and an item is taken only when there is room for it. When the reader stops early,
 * the calls under way are waited for, so that nothing goes on behind its back.
 */
export async function* mapAhead<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  aheadMax: number,
  map: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = []
  try {
    for await (const item of items) {
      const result = map(item)
      result.catch(() => {}) // handled when its turn comes; until then it must not count as unhandled
      underWay.push(result)
      const first = underWay.length >= aheadMax ? underWay.shift() : undefined
      if (first !== undefined) yield await first
    }
    for (let first = underWay.shift(); first !== undefined; first = underWay.shift()) yield await first
  } finally {
    await Promise.allSettled(underWay)
  }
}
