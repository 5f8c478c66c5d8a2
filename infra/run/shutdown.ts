/**
 * What must stop, stops: in reverse order of starting, each step once, the whole within a deadline.
 */
import { messageOf } from '../../domain/errors.ts'
import { NEVER, until } from '../../domain/waiting/pause.ts'

/** Steps that stop what has started. */
export type Shutdown = Readonly<{
  /** Registers a step. `name` appears when it fails or does not end in time. */
  add: (name: string, close: () => Promise<unknown> | unknown) => void
  /**
   * Runs the steps, last added first. A failing step does not keep the others from running. Returns
   * what went wrong.
   */
  close: () => Promise<readonly string[]>
}>

/** Whether the work was done in time. Rejects as the work does. */
const isDoneWithin = async (work: Promise<unknown>, msMax: number): Promise<boolean> => {
  let isDone = false
  const done = work.then(() => {
    isDone = true
  })
  await until(done, NEVER, msMax)
  return isDone
}

/** Nothing is to be stopped yet; each step may take `stepMsMax`. */
export const createShutdown = (stepMsMax: number): Shutdown => {
  const steps: { name: string; close: () => Promise<unknown> | unknown }[] = []
  let closing: Promise<readonly string[]> | null = null

  const closeAll = async (): Promise<readonly string[]> => {
    const faults: string[] = []
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      const { name, close } = step
      try {
        if (!(await isDoneWithin(Promise.resolve().then(close), stepMsMax)))
          faults.push(`${name} did not stop within ${stepMsMax} ms`)
      } catch (error) {
        faults.push(`${name}: ${messageOf(error)}`)
      }
    }
    return faults
  }

  return {
    add: (name, close) => {
      steps.push({ name, close })
    },
    close: () => {
      closing ??= closeAll()
      return closing
    },
  }
}
