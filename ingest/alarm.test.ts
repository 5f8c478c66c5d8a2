import { expect, test } from 'vitest'
import { createAlarm } from './alarm.ts'

const FOREVER_MS = 2 ** 30
const { signal: never } = new AbortController()

test('a pause ends with its time', async () => {
  await createAlarm().pause(1, never)
})

test('a ring ends the pause that is on', async () => {
  const alarm = createAlarm()
  const paused = alarm.pause(FOREVER_MS, never)
  alarm.ring()
  await paused
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
  stopping.abort()
  await paused
  await alarm.pause(FOREVER_MS, stopping.signal)
})
