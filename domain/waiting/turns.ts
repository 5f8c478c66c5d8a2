/** Runs one piece of work at a time, in the order in which they come; a failed one holds up none. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

export const createTurns = (): Turns => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work, work)
    last = mine
    return mine
  }
}
