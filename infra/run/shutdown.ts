/**
 * What must stop, stops: in reverse order of starting, each step once, the whole within a deadline.
 */
import { messageOf } from '../../domain/errors.ts'

export type Shutdown = Readonly<{
  /** Registers a step. `name` appears when it fails or does not end in time. */
  add: (name: string, close: () => Promise<unknown> | unknown) => void
  /**
   * Runs the steps, last added first. A failing step does not keep the others from running. Returns
   * what went wrong.
   */
  close: () => Promise<readonly string[]>
}>

const within = async (work: Promise<unknown>, deadlineMs: number): Promise<'done' | 'late'> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), deadlineMs)
  })
  try {
    return await Promise.race([work.then((): 'done' => 'done'), late])
  } finally {
    clearTimeout(timer)
  }
}

export const createShutdown = (stepMsMax: number): Shutdown => {
  const steps: { name: string; close: () => Promise<unknown> | unknown }[] = []
  let closing: Promise<readonly string[]> | null = null

  const closeAll = async (): Promise<readonly string[]> => {
    const faults: string[] = []
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      const { name, close } = step
      try {
        const ended = await within(Promise.resolve().then(close), stepMsMax)
        if (ended === 'late') faults.push(`${name} did not stop within ${stepMsMax} ms`)
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
