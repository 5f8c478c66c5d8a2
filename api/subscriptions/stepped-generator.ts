/**
 * An async generator made from its step. One that is written with `yield` cannot be ended while it
 * awaits; this one passes the end on to its source at once, which then ends the step.
 */

/** `next` makes each step out of `source`, which it may be reading when the generator is ended. */
export const steppedGenerator = <Value>(
  source: AsyncGenerator<unknown>,
  next: () => Promise<IteratorResult<Value, void>>,
): AsyncGenerator<Value, void, undefined> => {
  const iterator: AsyncGenerator<Value, void, undefined> = {
    next,
    return: async () => {
      await source.return(undefined)
      return { done: true, value: undefined }
    },
    throw: async (error) => {
      await source.throw(error)
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => iterator,
    [Symbol.asyncDispose]: async () => {
      await iterator.return()
    },
  }
  return iterator
}
