/**
 * Work that is asked for more often than it is worth doing: done once, some time after it was asked
 * for first, for all who asked until then.
 */
export type Soon = Readonly<{
  ask: () => void
  /** What was asked for is not done. */
  cancel: () => void
}>

/** Nothing is asked for yet. */
export const createSoon = (delayMs: number, work: () => void): Soon => {
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    ask: () => {
      timer ??= setTimeout(() => {
        timer = undefined
        work()
      }, delayMs)
    },
    cancel: () => {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
