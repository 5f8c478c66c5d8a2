/**
 * Asks for what no subscription tells: the head every second, and figures and rates when the head's
 * position moved on.
 */
import { messageOf } from '../../../domain/errors.ts'
import { pause } from '../../../domain/waiting/pause.ts'
import { pulseDocument } from '../../../schemas/graphql/documents.ts'
import { overviewDocument } from '../../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'
import type { Client } from '../../client/client.ts'
import type { Meta, Overview, Rate } from './world-types.ts'

/** Told what polling brings. */
export type PollListeners = Readonly<{
  onMeta: (meta: Meta) => void
  onFigures: (overview: Overview, rates: readonly Rate[]) => void
  /** The server could not be asked; it will be asked again. */
  onTrouble: (message: string) => void
}>

const PULSE_MS = 1_000
const FIGURES_MS_MIN = 2_000
const TIMEOUT_MS = 8_000

/** Polls until the signal aborts; rests while nobody looks at the page. */
export const pollWorld = (client: Client, listeners: PollListeners, signal: AbortSignal): void => {
  let figuresAt = -Infinity
  let figuresPosition: number | null | undefined
  const limited = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])

  const ask = async (): Promise<void> => {
    const { _meta: meta } = await client.query(pulseDocument, {}, { signal: limited() })
    listeners.onMeta(meta)
    if (meta.position === figuresPosition || performance.now() - figuresAt < FIGURES_MS_MIN) return
    figuresAt = performance.now()
    const figures = await client.query(overviewDocument, {}, { signal: limited() })
    figuresPosition = meta.position
    listeners.onFigures(figures.worldOverview, figures.energyMarket.rates)
  }
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        if (document.visibilityState === 'visible') await ask()
      } catch (error) {
        if (!signal.aborted) listeners.onTrouble(messageOf(error))
      }
      await pause(PULSE_MS, signal)
    }
  }
  void run()
}
