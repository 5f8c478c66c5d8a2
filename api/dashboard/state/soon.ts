/**
 * Work that its callers ask for more often than it is worth doing: it is done once for all of them,
 * some time after the first one asked.
 */
export type Soon = Readonly<{
  ask: () => void
  /** Drops what is not done yet. */
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
