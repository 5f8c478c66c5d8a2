import { expect, it } from 'vitest'
import { giveWay, urgently } from './give-way.ts'

it('waits while something is urgent, and for its next step', async () => {
  const order: string[] = []
  const first = Promise.withResolvers<void>()
  const urgent = urgently(async () => {
    await first.promise
    order.push('first step')
  })
  const others = giveWay().then(() => order.push('others'))
  first.resolve()
  await urgent
  await urgently(async () => void order.push('second step'))
  await others
  expect(order).toEqual(['first step', 'second step', 'others'])
})

it('waits no longer than its bound, however long the urgent takes, and at once when nothing is', async () => {
  const endless = Promise.withResolvers<void>()
  const urgent = urgently(() => endless.promise)
  await giveWay()
  endless.resolve()
  await urgent
  await giveWay()
  await giveWay()
})

it('passes on what urgent work gives and throws', async () => {
  expect(await urgently(async () => 7)).toBe(7)
  await expect(urgently(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
})
