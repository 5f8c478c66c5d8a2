/**
 * What must stop, stops: in reverse order of starting, each step once, the whole within a deadline.
 */
import { messageOf } from '../../domain/errors.ts'
import { NEVER, until } from '../../domain/waiting/pause.ts'

/** Steps that stop what has started. */
export type Shutdown = Readonly<{
  /** Aborts when the stop begins: what is cut off from then on is no trouble. */
  begun: AbortSignal
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

export type ShutdownLimits = Readonly<{
  /** How long a step may take. */
  stepMsMax: number
  /** How long all of them may take; what is left then is begun, and not waited for. Default: none. */
  msMax?: number
}>

/** Nothing is to be stopped yet. */
export const createShutdown = ({
  stepMsMax,
  msMax = Number.POSITIVE_INFINITY,
}: ShutdownLimits): Shutdown => {
  const begun = new AbortController()
  const steps: { name: string; close: () => Promise<unknown> | unknown }[] = []
  let closing: Promise<readonly string[]> | null = null

  const closeAll = async (): Promise<readonly string[]> => {
    const faults: string[] = []
    const endMs = performance.now() + msMax
    begun.abort()
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      const { name, close } = step
      try {
        const leftMs = Math.max(0, Math.round(endMs - performance.now()))
        const stepMs = Math.min(stepMsMax, leftMs)
        if (!(await isDoneWithin(Promise.resolve().then(close), stepMs)))
          faults.push(`${name} did not stop within ${stepMs} ms`)
      } catch (error) {
        faults.push(`${name}: ${messageOf(error)}`)
      }
    }
    return faults
  }

  return {
    begun: begun.signal,
    add: (name, close) => {
      steps.push({ name, close })
    },
    close: () => {
      closing ??= closeAll()
      return closing
    },
  }
}
