/**
 * Asks for what no subscription tells: the head every second, and figures and rates when the head's
 * position moved on. While nobody answers it asks more and more rarely, and without a network not at
 * all.
 */
import { messageOf } from '../../../domain/errors.ts'
import { createAlarm } from '../../../domain/waiting/alarm.ts'
import { type Backoff, backoffMs } from '../../../domain/waiting/backoff.ts'
import { pulseDocument } from '../../../schemas/graphql/documents.ts'
import { overviewDocument } from '../../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'
import type { Client } from '../../client/client.ts'
import { readWithin } from './reads.ts'
import type { Meta, Overview, Rate } from './world-types.ts'

/** Told what polling brings. */
export type PollListeners = Readonly<{
  onMeta: (meta: Meta) => void
  onFigures: (overview: Overview, rates: readonly Rate[]) => void
  /** The head could not be had, so often in a row; it will be asked for again. */
  onMissed: (failures: number, message: string) => void
  /** The figures could not be had; they will be asked for again. */
  onTrouble: (message: string) => void
}>

/** Goes on until its signal aborts; `askNow` ends the pause that is on. */
export type Poll = Readonly<{ askNow: () => void }>

const PULSE_MS = 1_000
const PULSE_MS_MAX = 8_000
const MISSED_BACKOFF: Backoff = { firstMs: 1_000, maxMs: 30_000 }
const FIGURES_BACKOFF: Backoff = { firstMs: 4_000, maxMs: 60_000 }
const FIGURES_MS_MIN = 2_000
const FIGURES_MS_MAX = 20_000

/** Whether asking has any sense: somebody looks at the page, and there is a network. */
const isWorthIt = (): boolean =>
  document.visibilityState === 'visible' && globalThis.navigator.onLine

/** Polls until the signal aborts; rests while nobody looks at the page. */
export const pollWorld = (client: Client, listeners: PollListeners, signal: AbortSignal): Poll => {
  const alarm = createAlarm()
  let missed = 0
  let figuresMissed = 0
  let figuresDueMs = 0
  let figuresPosition: number | null | undefined

  const askFigures = async (position: number | null): Promise<void> => {
    if (position === figuresPosition || performance.now() < figuresDueMs) return
    figuresDueMs = Number.POSITIVE_INFINITY
    try {
      const figures = await readWithin(
        FIGURES_MS_MAX,
        (limited) => client.query(overviewDocument, {}, { signal: limited }),
        signal,
      )
      figuresMissed = 0
      figuresPosition = position
      figuresDueMs = performance.now() + FIGURES_MS_MIN
      listeners.onFigures(figures.worldOverview, figures.energyMarket.rates)
    } catch (error) {
      if (signal.aborted) return
      figuresMissed += 1
      figuresDueMs = performance.now() + backoffMs(figuresMissed, Math.random, FIGURES_BACKOFF)
      listeners.onTrouble(messageOf(error))
    }
  }
  const askHead = async (): Promise<void> => {
    try {
      const { _meta: meta } = await readWithin(
        PULSE_MS_MAX,
        (limited) => client.query(pulseDocument, {}, { signal: limited }),
        signal,
      )
      missed = 0
      listeners.onMeta(meta)
      void askFigures(meta.position)
    } catch (error) {
      if (signal.aborted) return
      missed += 1
      listeners.onMissed(missed, messageOf(error))
    }
  }
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      if (isWorthIt()) await askHead()
      const pauseMs = missed === 0 ? PULSE_MS : backoffMs(missed, Math.random, MISSED_BACKOFF)
      await alarm.pause(pauseMs, signal)
    }
  }
  document.addEventListener('visibilitychange', alarm.ring, { signal })
  void run()
  return { askNow: alarm.ring }
}
