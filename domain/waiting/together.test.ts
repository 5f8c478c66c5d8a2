import { expect, test } from 'vitest'
import { NEVER, until } from './pause.ts'
import { together } from './together.ts'

const endless = (): Promise<void> => new Promise(() => {})

test('the first loop that ends, ends the others, and they are waited for', async () => {
  const ended: string[] = []
  const loop = async (name: string, signal: AbortSignal): Promise<void> => {
    await until(endless(), signal)
    await Promise.resolve()
    ended.push(name)
  }
  await together(NEVER, (signal) => [
    loop('first', signal),
    loop('second', signal),
    Promise.resolve(),
  ])
  expect(ended).toEqual(['first', 'second'])
})

test('the first error is thrown once all have ended', async () => {
  let hasEnded = false
  const failing = together(NEVER, (signal) => [
    until(endless(), signal).then(() => {
      hasEnded = true
    }),
    Promise.reject(new Error('broken')),
  ])
  await expect(failing).rejects.toThrow('broken')
  expect(hasEnded).toBe(true)
})

test('an abort from outside ends all of them', async () => {
  const stopping = new AbortController()
  const running = together(stopping.signal, (signal) => [until(endless(), signal)])
  stopping.abort()
  await expect(running).resolves.toBeUndefined()
})
