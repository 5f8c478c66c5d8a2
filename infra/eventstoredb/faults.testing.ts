/** What tests of faults do: open logs, break the double, try again. */
import type { EventLog } from '../../domain/event-log/event-log.ts'
import type { EventStoreDouble } from './double.testing.ts'
import type { Fault, Rpc } from './double-faults.testing.ts'
import { createEventStoreLog, type EventStoreLogOptions } from './event-log.ts'

/** Deadlines that a test can wait for. */
export const quick: EventStoreLogOptions = {
  appendMsMax: 250,
  readIdleMsMax: 250,
  watchdogMs: 50,
  random: () => 0.2,
}
export const neverAborted = new AbortController().signal

/** Opens logs that are closed at the end of the test, and takes faults back. */
export const withLogs = async (
  double: EventStoreDouble,
  count: number,
  test: (...logs: readonly EventLog[]) => Promise<void>,
  options: EventStoreLogOptions = {},
): Promise<void> => {
  const logs = Array.from({ length: count }, () =>
    createEventStoreLog(double.connectionString, { ...quick, ...options }),
  )
  try {
    await test(...logs)
  } finally {
    double.setFaults(() => null)
    double.network.thaw()
    await Promise.all(logs.map((log) => log.close()))
  }
}

/** The fault happens to the next call of this RPC only. */
export const failNext = (double: EventStoreDouble, rpc: Rpc, fault: Fault): void => {
  let isDone = false
  double.setFaults((called) => {
    if (isDone || called !== rpc) return null
    isDone = true
    return fault
  })
}

/** The numbers of the first `count` events that a subscription gives. */
export const numbersUpTo = async (
  log: EventLog,
  stream: string,
  count: number,
  after = -1,
): Promise<readonly number[]> => {
  const numbers: number[] = []
  for await (const message of log.subscribe(stream, after, neverAborted)) {
    if (message.kind === 'events')
      numbers.push(...message.events.map(({ data }) => Number(data.number)))
    if (numbers.length >= count) break
  }
  return numbers
}

/** 0, 1, 2, … below `count`. */
export const upTo = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index)
