/**
 * Who goes first on the thread, which all of a process share: what brings a block to its readers
 * goes before what answers them. Long answers stop every few milliseconds to give way.
 */

/** Between two steps of urgent work others stay back so long. */
const STEP_PAUSE_MS_MAX = 5
/** However much is urgent, others go on once in this time. */
const GIVE_WAY_MS_MAX = 40

let urgentWorks = 0
let lingering: NodeJS.Timeout | undefined
let whenFree = Promise.withResolvers<void>()

const isBusy = (): boolean => urgentWorks > 0 || lingering !== undefined

const free = (): void => {
  lingering = undefined
  whenFree.resolve()
  whenFree = Promise.withResolvers()
}

/** Runs work for which others give way, and for its next step if that comes soon. */
export const urgently = async <T>(work: () => Promise<T>): Promise<T> => {
  urgentWorks += 1
  clearTimeout(lingering)
  lingering = undefined
  try {
    return await work()
  } finally {
    urgentWorks -= 1
    if (urgentWorks === 0) lingering = setTimeout(free, STEP_PAUSE_MS_MAX).unref()
  }
}

/**
 * Resolves in a later turn of the event loop, after what came in meanwhile, and while nothing is
 * urgent or the wait has been long enough.
 */
export const giveWay = async (): Promise<void> => {
  if (isBusy()) await freeOr(GIVE_WAY_MS_MAX)
  await new Promise<void>((resolve) => setImmediate(resolve))
}

const freeOr = async (msMax: number): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, msMax)
  await Promise.race([whenFree.promise, promise])
  clearTimeout(timer)
}
