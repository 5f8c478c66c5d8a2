/**
 * Finds the appends of other processes: one look at the log's head per interval, however many
 * subscriptions wait, and none while nobody waits.
 */
import type { Wait, WakeUps } from '../../../domain/waiting/wake-ups.ts'

export type HeadPoll = Readonly<{
  /** Keeps looking as long as anybody waits; hands the wait on. */
  watch: (wait: Wait) => Wait
  /**
   * This process appended these log positions and has woken the subscriptions that they concern.
   */
  sawAppend: (firstPosition: number, lastPosition: number) => void
  stop: () => void
}>

export type HeadPollOptions = Readonly<{
  wakeUps: WakeUps
  intervalMs: number
  /** Log position of the last event, -1 when there is none. */
  readHead: () => Promise<number>
}>

/** A poll that has not begun. */
export const createHeadPoll = ({ wakeUps, intervalMs, readHead }: HeadPollOptions): HeadPoll => {
  let knownHead: number | null = null
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  const schedule = (): void => {
    if (!isStopped && timer === undefined) timer = setTimeout(() => void look(), intervalMs)
  }

  const look = async (): Promise<void> => {
    try {
      const head = await readHead()
      if (head !== knownHead) wakeUps.wakeAll()
      knownHead = head
    } catch {
      wakeUps.wakeAll() // the waiters read again, and meet the failure where it can be handled
    }
    timer = undefined
    if (wakeUps.hasWaiters()) schedule()
  }

  return {
    watch: (wait) => {
      schedule()
      return wait
    },
    sawAppend: (firstPosition, lastPosition) => {
      if (knownHead === firstPosition - 1) knownHead = lastPosition
    },
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
