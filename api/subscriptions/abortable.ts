/** Generators that end at once when their reader leaves, also in the middle of a wait. */

/**
 * Runs a generator under a signal that aborts with `outer`, or when the reader returns. A plain
 * async generator would only notice a return after its pending wait, which for a subscription may
 * be never. `onLeave` is called once, when the generator has ended or its reader is gone, also if
 * nobody ever pulled.
 */
export const abortable = <T>(
  run: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
  outer: AbortSignal,
  onLeave: () => void = () => {},
): AsyncGenerator<T, void, undefined> => {
  const controller = new AbortController()
  const leave = (): void => {
    if (controller.signal.aborted) return
    outer.removeEventListener('abort', leave)
    controller.abort()
    onLeave()
  }
  outer.addEventListener('abort', leave, { once: true })
  if (outer.aborted) leave()
  const generator = run(controller.signal)
  const iterator: AsyncGenerator<T, void, undefined> = {
    next: async () => {
      try {
        const step = await generator.next()
        if (step.done === true) leave()
        return step
      } catch (error) {
        leave()
        throw error
      }
    },
    return: async () => {
      leave()
      return generator.return()
    },
    throw: async (error) => {
      leave()
      return generator.throw(error)
    },
    [Symbol.asyncIterator]: () => iterator,
    [Symbol.asyncDispose]: async () => {
      await iterator.return()
    },
  }
  return iterator
}
