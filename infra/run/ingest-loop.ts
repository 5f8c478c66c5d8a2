/**
 * Ingest within a running system: what is said of its failures, and what becomes of the system when
 * it ends.
 */
import { FatalError } from '../../domain/errors.ts'
import type { Outage } from '../../domain/waiting/outage.ts'
import { AnotherIngester } from '../../ingest/errors.ts'
import type { Ingester } from '../../ingest/ingester.ts'
import type { SourceWatch } from '../../ingest/source-watch.ts'
import { Fenced } from '../postgres/postgres-errors.ts'

/** The chain is asked for its head several times a block, within these bounds. */
const POLL_MS_MIN = 20
const POLL_MS_MAX = 250
const LOCKSTEP_POLL_MS = 2

/** Pause between two looks at the chain's head; null: the chain makes blocks only when told. */
export const pollMsOf = (blockTimeMs: number | null): number =>
  blockTimeMs === null
    ? LOCKSTEP_POLL_MS
    : Math.min(POLL_MS_MAX, Math.max(POLL_MS_MIN, blockTimeMs / 5))

/** Tells both the people who read the lines and those who ask the API. */
export const ingestTold = (
  outage: Outage,
  { ingest }: Pick<SourceWatch, 'ingest'>,
): SourceWatch['ingest'] => ({
  onRetry: (retry) => {
    outage.onRetry(retry)
    ingest.onRetry(retry)
  },
  onRecovered: () => {
    outage.onRecovered()
    ingest.onRecovered()
  },
})

/**
 * Runs ingest until the signal aborts. Its end is no reason to end the rest: what is there can still
 * be read, and `/ready`, metrics and API say that nothing follows. Rejects where another process
 * writes the same log, because two systems must not both act, and with what nobody foresaw.
 */
export const runIngest = async (
  { run }: Pick<Ingester, 'run'>,
  watch: Pick<SourceWatch, 'ingestStopped'>,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  try {
    await run(signal)
  } catch (error) {
    if (signal.aborted || !mayStandStill(error)) throw error
    watch.ingestStopped(error)
    say(`INGEST HAS STOPPED: ${error.message}`)
    say('What the read models hold is still served; nothing new comes in until the next start')
  }
}

const mayStandStill = (error: unknown): error is FatalError =>
  error instanceof FatalError && !(error instanceof AnotherIngester || error instanceof Fenced)
