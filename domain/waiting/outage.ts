/**
 * What is said of trouble that is tried again, by every part of this system: once when it begins,
 * then at growing intervals with a count, once when it has ended. A part that fails and recovers
 * again and again is in one outage, and says no more than one that stays away.
 */
import { messageOf, RetryableError } from '../errors.ts'
import { shownDuration } from '../shown.ts'

/** What a part tells of its tries; fits the options of `persistently` and `repeatedly`. */
export type Outage = Readonly<{
  onRetry: (failure: Readonly<{ error: Error }>) => void
  /** A try has succeeded after failures. */
  onRecovered: () => void
}>

export type Outages = Readonly<{
  /**
   * The outage of a part, which its loops share. `kind` tells apart what the same part says of
   * causes that have nothing to do with each other.
   */
  of: (part: string, kind?: string) => Outage
}>

type Say = (line: string) => void

const SAY_AGAIN_MS_MIN = 10_000
const SAY_AGAIN_MS_MAX = 600_000
/** Outages that are remembered; the oldest is forgotten, and so begins anew. */
const OUTAGES_MAX = 256

/** One outage: from a failure to a recovery that lasts for longer than the interval has become. */
type Episode = { readonly begunAtMs: number; failures: number; isDown: boolean; isTold: boolean }

const createOutage = (part: string, say: Say, nowMs: () => number): Outage => {
  let episode: Episode | null = null
  let intervalMs = SAY_AGAIN_MS_MIN
  let dueAtMs = Number.NEGATIVE_INFINITY
  let recoveredAtMs = Number.NEGATIVE_INFINITY

  const current = (atMs: number): Episode => {
    if (episode !== null && (episode.isDown || atMs - recoveredAtMs <= intervalMs)) return episode
    intervalMs = SAY_AGAIN_MS_MIN
    dueAtMs = atMs
    return { begunAtMs: atMs, failures: 0, isDown: false, isTold: false }
  }
  const timesIn = ({ failures, begunAtMs }: Episode, atMs: number): string =>
    `${failures === 1 ? 'once' : `${failures} times`} in ${shownDuration(atMs - begunAtMs)}`

  return {
    onRetry: ({ error }) => {
      const atMs = nowMs()
      episode = current(atMs)
      episode.isDown = true
      episode.failures += 1
      if (atMs < dueAtMs) return
      const count = episode.failures === 1 ? '' : ` (failed ${timesIn(episode, atMs)})`
      say(`${part}: ${error.message}; trying again${count}`)
      episode.isTold = true
      dueAtMs = atMs + intervalMs
      intervalMs = Math.min(SAY_AGAIN_MS_MAX, intervalMs * 2)
    },
    onRecovered: () => {
      if (episode === null || !episode.isDown) return
      recoveredAtMs = nowMs()
      if (episode.isTold) say(`${part}: works again, failed ${timesIn(episode, recoveredAtMs)}`)
      episode.isDown = false
      episode.isTold = false
    },
  }
}

/**
 * The outages of one process. `say` is given whole sentences; `nowMs` is a clock that only goes
 * forwards.
 */
export const createOutages = (say: Say, nowMs: () => number = () => performance.now()): Outages => {
  const outages = new Map<string, Outage>()
  return {
    of: (part, kind = '') => {
      const key = JSON.stringify([part, kind])
      const known = outages.get(key)
      if (known !== undefined) return known
      const [oldest] = outages.keys()
      if (outages.size >= OUTAGES_MAX && oldest !== undefined) outages.delete(oldest)
      const outage = createOutage(part, say, nowMs)
      outages.set(key, outage)
      return outage
    },
  }
}

/** Says what a part reports again and again at growing intervals; no end of it is ever told. */
export const reportingRarely =
  (outages: Outages, part: string) =>
  (message: string, error: unknown): void => {
    const text = `${message}: ${messageOf(error)}`
    outages.of(part, text).onRetry({ error: new RetryableError(text, { cause: error }) })
  }
