import { expect, test } from 'vitest'
import { createAlarm } from './alarm.ts'

const FOREVER_MS = 2 ** 30
const { signal: never } = new AbortController()

/** Tells whether a pause is still on after everything that was due has happened. */
const isOn = async (paused: Promise<void>): Promise<boolean> => {
  let isOver = false
  void paused.then(() => {
    isOver = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  return !isOver
}

test('a pause ends with its time, and not before', async () => {
  const started = performance.now()
  await createAlarm().pause(20, never)
  expect(performance.now() - started).toBeGreaterThanOrEqual(19)
})

test('a ring ends the pause that is on', async () => {
  const alarm = createAlarm()
  const paused = alarm.pause(FOREVER_MS, never)
  expect(await isOn(paused)).toBe(true)
  alarm.ring()
  expect(await isOn(paused)).toBe(false)
})

test('a ring before the pause ends the next one, and only that', async () => {
  const alarm = createAlarm()
  alarm.ring()
  alarm.ring()
  await alarm.pause(FOREVER_MS, never)
  const stopping = new AbortController()
  const order: string[] = []
  const second = alarm.pause(FOREVER_MS, stopping.signal).then(() => order.push('second pause'))
  await Promise.resolve()
  order.push('still paused')
  stopping.abort()
  await second
  expect(order).toEqual(['still paused', 'second pause'])
})

test('an abort ends a pause, also one that begins later', async () => {
  const stopping = new AbortController()
  const alarm = createAlarm()
  const paused = alarm.pause(FOREVER_MS, stopping.signal)
  expect(await isOn(paused)).toBe(true)
  stopping.abort()
  expect(await isOn(paused)).toBe(false)
  expect(await isOn(alarm.pause(FOREVER_MS, stopping.signal))).toBe(false)
})
