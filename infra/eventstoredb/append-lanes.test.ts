import { expect, it } from 'vitest'
import { RetryableError } from '../../domain/errors.ts'
import { createAppendLanes } from './append-lanes.ts'

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('runs appends to one stream one after the other, also behind a failure', async () => {
  const lanes = createAppendLanes(4, 10)
  const begun: number[] = []
  const gates = [0, 1, 2].map(() => Promise.withResolvers<void>())
  const runs = gates.map(({ promise }, index) =>
    lanes.run('s', async () => {
      begun.push(index)
      await promise
    }),
  )
  await settle()
  expect(begun).toEqual([0])
  gates[0]?.reject(new Error('lost'))
  await expect(runs[0]).rejects.toThrow('lost')
  await settle()
  expect(begun).toEqual([0, 1])
  gates[1]?.resolve()
  gates[2]?.resolve()
  await Promise.all(runs.slice(1))
  await lanes.idle()
})

it('runs appends to different streams at the same time, up to its bound', async () => {
  const lanes = createAppendLanes(2, 10)
  let [running, most] = [0, 0]
  const work = async (): Promise<void> => {
    running += 1
    most = Math.max(most, running)
    await settle()
    running -= 1
  }
  await Promise.all(Array.from({ length: 10 }, (_, index) => lanes.run(`s${index}`, work)))
  expect(most).toBe(2)
})

it('turns away what no longer fits', async () => {
  const lanes = createAppendLanes(1, 2)
  const gate = Promise.withResolvers<void>()
  const runs = [1, 2, 3].map((index) => lanes.run(`s${index}`, () => gate.promise))
  await expect(lanes.run('s4', async () => {})).rejects.toThrow(RetryableError)
  gate.resolve()
  await Promise.all(runs)
  await lanes.run('s4', async () => {})
})
