/** The end of a start. */
import { pause } from '../../domain/waiting/pause.ts'

const LOOK_MS = 50

/**
 * Resolves when `/ready` would say yes, when ingest has stopped and it never will, or when the
 * signal aborts.
 */
export const whenReady = async (
  missing: () => Promise<readonly string[]>,
  { isStopped }: Readonly<{ isStopped: () => boolean }>,
  signal: AbortSignal,
): Promise<void> => {
  while ((await missing()).length > 0 && !isStopped() && !signal.aborted)
    await pause(LOOK_MS, signal)
}
