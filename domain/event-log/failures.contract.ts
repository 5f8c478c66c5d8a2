/**
 * The part of the event log's contract about a storage behind a connection that fails: whichever
 * call fails, and however, what comes out in the end is the same. Adapters that have a connection
 * run it with one that fails on demand.
 */
import { expect, it } from 'vitest'
import {
  allEvents,
  asGiven,
  freshCategory,
  freshStream,
  insisting,
  someEvents,
} from './event-log.testing.ts'
import type { EventLog } from './event-log.ts'

/** A log whose calls to the storage are counted, and one of which fails. */
export type FailingLog = Readonly<{
  log: EventLog
  /** Calls that have been made. */
  calls: () => number
  close: () => Promise<void>
}>

const CALLS_MAX = 80
const WORK_MS_MAX = 180_000

/** Every call of a writer's and reader's work fails once, in each of the given ways. */
export const describeFailures = <Fault extends string>(
  faults: readonly Fault[],
  open: (fault: Fault, failingCall: number) => Promise<FailingLog>,
): void => {
  it.each(faults)(
    '%s at any call changes nothing of what comes out in the end',
    { timeout: WORK_MS_MAX },
    async (fault) => {
      for (let failingCall = 1; ; failingCall += 1) {
        const { log, calls, close } = await open(fault, failingCall)
        await work(log)
        const isPastTheEnd = calls() < failingCall
        await close()
        if (isPastTheEnd) return
        expect(failingCall).toBeLessThan(CALLS_MAX)
      }
    },
  )
}

/**
 * All that a writer and a reader do, one after the other, trying again whatever may be tried again.
 */
const work = async (log: EventLog): Promise<void> => {
  const category = freshCategory()
  const [one, two, limited] = [freshStream(category), freshStream(category), freshStream()]
  const batches = [someEvents(2), someEvents(3, 2), someEvents(2, 5)] as const
  await insisting(() => log.append(one, 'no-stream', batches[0]))
  await insisting(() => log.append(two, 'no-stream', batches[1]))
  await insisting(() => log.append(one, 1, batches[2]))
  expect(await insisting(() => log.append(one, 1, someEvents(1)))).toEqual({
    kind: 'conflict',
    actual: 3,
  })
  expect(await insisting(() => log.append(one, 'no-stream', batches[0]))).toMatchObject({
    kind: 'already-appended',
  })
  expect(asGiven(await insisting(() => allEvents(log.readStream(one))))).toEqual([
    ...batches[0],
    ...batches[2],
  ])
  const newest = await insisting(() =>
    allEvents(log.readStream(one, { direction: 'backwards', limit: 1 })),
  )
  expect(newest.map(({ revision }) => revision)).toEqual([3])
  expect(await insisting(() => log.head(two))).toBe(2)
  await insisting(() => log.limitStream(limited, { eventsMax: 2 }))
  expect(await insisting(() => log.retention(limited))).toEqual({ eventsMax: 2 })
  const read = await insisting(() =>
    log.readCategory(category, { afterLogPosition: -1, limit: 10 }),
  )
  expect(read.map(({ data }) => data.number)).toEqual([0, 1, 2, 3, 4, 5, 6])
  const afterLogPosition = read[1]?.logPosition ?? -1
  const rest = await insisting(() => log.readAll({ afterLogPosition, limit: 3 }))
  expect(rest.map(({ data }) => data.number)).toEqual([2, 3, 4])
  const numbers: unknown[] = []
  for await (const message of log.subscribeCategory(
    category,
    afterLogPosition,
    new AbortController().signal,
  )) {
    if (message.kind === 'caughtUp') break
    numbers.push(...message.events.map(({ data }) => data.number))
  }
  expect(numbers).toEqual([2, 3, 4, 5, 6])
}
