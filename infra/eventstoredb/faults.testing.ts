/** What tests of faults do: open logs, break the double, try again. */
import { vi } from 'vitest'
import type { EventLog } from '../../domain/event-log/event-log.ts'
import type { EventStoreDouble } from './double.testing.ts'
import type { Fault, Rpc } from './double-faults.testing.ts'
import { createEventStoreLog, type EventStoreLogOptions } from './event-log.ts'
import type { StartTimer } from './reading.ts'

/**
 * Options of a log whose deadlines are over as soon as the double leaves a call without an answer,
 * and never because the machine is busy. `stop` ends that.
 */
export const hasty = (
  double: EventStoreDouble,
): Readonly<{ options: EventStoreLogOptions; stop: () => void }> => {
  const running = new Map<object, () => void>()
  const startTimer: StartTimer = (_, onLate) => {
    const timer = {}
    running.set(timer, onLate)
    return { refresh: () => {}, clear: () => running.delete(timer) }
  }
  const stop = double.onUnanswered(() => {
    const late = [...running.values()]
    running.clear()
    for (const onLate of late) onLate()
  })
  return { options: { watchdogMs: 50, random: () => 0.2, startTimer }, stop }
}

/** What a call ends in whose answer the network swallows: its deadline is over before anything else. */
export const unanswered = async (
  double: EventStoreDouble,
  call: Promise<unknown>,
): Promise<unknown> => {
  let ended: unknown = null
  void call.then(
    (value) => {
      ended = { value }
    },
    (error: unknown) => {
      ended = { error }
    },
  )
  await vi.waitUntil(
    () => {
      double.giveUp()
      return ended !== null
    },
    { timeout: ENDED_MS_MAX },
  )
  return call
}

const ENDED_MS_MAX = 30_000

export const neverAborted = new AbortController().signal

/** Opens logs that are closed at the end of the test, and takes faults back. */
export const withLogs = async (
  double: EventStoreDouble,
  count: number,
  test: (...logs: readonly EventLog[]) => Promise<void>,
  options: EventStoreLogOptions = {},
): Promise<void> => {
  const { options: hastily, stop } = hasty(double)
  const logs = Array.from({ length: count }, () =>
    createEventStoreLog(double.connectionString, { ...hastily, ...options }),
  )
  try {
    await test(...logs)
  } finally {
    double.setFaults(() => null)
    double.network.thaw()
    await Promise.all(logs.map((log) => log.close()))
    stop()
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
