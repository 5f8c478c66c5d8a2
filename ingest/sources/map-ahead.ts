type Settled<Result> = Readonly<{ result: Result }> | Readonly<{ failure: unknown }>

/**
 * Maps items in order with at most `aheadMax` calls under way: results come in the order of the
 * items, the first failure is thrown when its turn has come, and an item is taken only when there
 * is room for it. When the reader stops early, the calls under way are waited for, so that nothing
 * goes on behind its back.
 */
export async function* mapAhead<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  aheadMax: number,
  map: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Settled<Result>>[] = []
  try {
    for await (const item of items) {
      underWay.push(settled(map(item)))
      const first = underWay.length >= aheadMax ? underWay.shift() : undefined
      if (first !== undefined) yield resultOf(await first)
    }
    for (let first = underWay.shift(); first !== undefined; first = underWay.shift())
      yield resultOf(await first)
  } finally {
    await Promise.all(underWay)
  }
}

/** A failure is kept until its turn: a promise that nobody awaits yet must not reject. */
const settled = <Result>(promise: Promise<Result>): Promise<Settled<Result>> =>
  promise.then(
    (result) => ({ result }),
    (failure: unknown) => ({ failure }),
  )

const resultOf = <Result>(outcome: Settled<Result>): Result => {
  if ('failure' in outcome) throw outcome.failure
  return outcome.result
}
