/**
 * Seals a block every so often, empty or not. A late block is not made up for: the next one follows
 * a whole interval after it.
 */
import { pause } from '../../../domain/waiting/pause.ts'

export type BlockTimer = Readonly<{ stop: () => void }>

/** `seal` runs every `intervalMs`; when it throws, the timer stops and tells `onFailure`. */
export const startBlockTimer = (
  intervalMs: number,
  seal: () => void,
  onFailure: (error: unknown) => void,
): BlockTimer => {
  const stopping = new AbortController()
  const { signal } = stopping
  const beat = async (): Promise<void> => {
    let dueMs = performance.now() + intervalMs
    await pause(intervalMs, signal)
    while (!signal.aborted) {
      seal()
      const nowMs = performance.now()
      dueMs = Math.max(dueMs + intervalMs, nowMs)
      await pause(dueMs - nowMs, signal)
    }
  }
  beat().catch(onFailure)
  return { stop: () => stopping.abort() }
}
