/**
 * The log's head as the read models ask for it: only to say how far behind it they are. They answer
 * for themselves, so a log that is away keeps no answer waiting; the lag is then measured against
 * what the log said last.
 */
import { RetryableError } from '../../domain/errors.ts'
import { NEVER, until } from '../../domain/waiting/pause.ts'

/** Revision of a stream's last event; null while there is none. */
export type AskLogHead = () => Promise<number | null>

const LOG_HEAD_WAIT_MS_MAX = 500

/**
 * Gives the log's answer, or what it said last (null before its first answer) when it fails in a way
 * that may pass or does not answer soon. While it owes an answer it is not asked again.
 */
export const patientLogHead = (
  ask: AskLogHead,
  waitMsMax: number = LOG_HEAD_WAIT_MS_MAX,
): AskLogHead => {
  let known: number | null = null
  let owed: Promise<void> | null = null
  const asked = async (): Promise<void> => {
    try {
      known = await ask()
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error
    }
  }
  return async () => {
    if (owed !== null) return known
    const asking = asked()
    let isOwed = true
    const answered = asking.finally(() => {
      isOwed = false
      owed = null
    })
    await until(answered, NEVER, waitMsMax)
    if (isOwed) owed = answered.catch(() => {}) // nobody waits for it any more; the next ask fails, too
    return known
  }
}
