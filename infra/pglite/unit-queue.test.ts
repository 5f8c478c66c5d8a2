import { expect, it } from 'vitest'
import { createUnitQueue } from './unit-queue.ts'

const writer = (name: string) => ({ name, isReader: false, sinceMs: 0 })
const reader = (name: string, sinceMs = 0) => ({ name, isReader: true, sinceMs })

it('serves writers before readers, and each in the order in which they came', () => {
  const queue = createUnitQueue<ReturnType<typeof reader>>()
  const [r1, w1, r2, w2] = [reader('r1'), writer('w1'), reader('r2'), writer('w2')]
  for (const unit of [r1, w1, r2, w2]) queue.add(unit)
  expect([1, 2, 3, 4, 5].map((nowMs) => queue.take(nowMs, null))).toEqual([w1, w2, r1, r2, null])
})

it('keeps readers waiting a moment for the next unit of a writer that was just served', () => {
  const queue = createUnitQueue<ReturnType<typeof reader>>()
  const [r1, w1] = [reader('r1', 10), writer('w1')]
  queue.add(r1)
  queue.served(w1, 10)
  expect(queue.take(11, null)).toBe(3)
  queue.add(w1)
  expect(queue.take(12, null)).toBe(w1)
  queue.served(w1, 13)
  expect(queue.take(14, null)).toBe(3)
  expect(queue.take(17, null)).toBe(r1)
})

it('lets a reader through once in a while, however busy the writers are', () => {
  const queue = createUnitQueue<ReturnType<typeof reader>>()
  for (let n = 0; n < 5; n += 1) queue.add(reader(`r${n}`))
  const order: string[] = []
  for (let nowMs = 0; nowMs <= 130; nowMs += 10) {
    queue.add(writer('w'))
    const unit = queue.take(nowMs, null)
    if (unit === null || typeof unit === 'number') throw new Error('nothing was taken')
    order.push(unit.name)
    queue.served(unit, nowMs)
  }
  expect(order.join(' ')).toBe('w w w w w r0 w w w w r1 w w w')
})

it('serves inside a transaction only the one that it belongs to', () => {
  const queue = createUnitQueue<ReturnType<typeof reader>>()
  const [r1, r2, w1] = [reader('r1'), reader('r2'), writer('w1')]
  for (const unit of [r1, w1, r2]) queue.add(unit)
  expect(queue.take(0, ({ name }) => name === 'r2')).toBe(r2)
  expect(queue.take(0, ({ name }) => name === 'r2')).toBeNull()
  expect(queue.take(0, null)).toBe(w1)
})
