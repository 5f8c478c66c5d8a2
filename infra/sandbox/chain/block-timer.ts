/**
 * Seals a block every so often, empty or not. A late one is not made up for: the beat goes on from
 * now.
 */
import { setTimeout } from 'node:timers'

export type BlockTimer = Readonly<{ stop: () => void }>

/** `seal` runs every `intervalMs`; when it throws, the timer stops and `onFailure` is told. */
export const startBlockTimer = (
  intervalMs: number,
  seal: () => void,
  onFailure: (error: unknown) => void,
): BlockTimer => {
  let due = performance.now() + intervalMs
  let timer: NodeJS.Timeout
  const beat = (): void => {
    try {
      seal()
    } catch (error) {
      onFailure(error)
      return
    }
    const now = performance.now()
    due = Math.max(due + intervalMs, now)
    timer = setTimeout(beat, due - now)
  }
  timer = setTimeout(beat, intervalMs)
  return { stop: () => clearTimeout(timer) }
}
