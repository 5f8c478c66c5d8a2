import { expect, it } from 'vitest'
import { NEVER } from '../../domain/waiting/pause.ts'
import { createTurnstile } from './turnstile.ts'

const OPTIONS = { runningMax: 2, waitingMax: 3, waitMsMax: 60_000 }
const asker = { signal: NEVER, isFirst: false }

/** Work that ends when it is told to. */
const work = () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  let hasBegun = false
  return {
    run: () => {
      hasBegun = true
      return promise
    },
    end: resolve,
    hasBegun: () => hasBegun,
  }
}

it('runs so many at once, and the others in their order, the first ones before them', async () => {
  const turnstile = createTurnstile(OPTIONS)
  const [a, b, c, d, first] = [work(), work(), work(), work(), work()]
  const running = [a, b, c, d].map(({ run }) => turnstile.pass(run, asker))
  running.push(turnstile.pass(first.run, { ...asker, isFirst: true }))
  const begun = () => [a, b, c, d, first].map(({ hasBegun }) => hasBegun())
  expect(turnstile.counts()).toEqual({ running: 2, waiting: 3 })
  await expect.poll(begun).toEqual([true, true, false, false, false])
  b.end('b')
  expect(await running[1]).toBe('b')
  await expect.poll(begun).toEqual([true, true, false, false, true])
  a.end('a')
  await expect.poll(begun).toEqual([true, true, true, false, true])
  for (const each of [c, d, first]) each.end('done')
  expect(await Promise.all(running)).toEqual(['a', 'b', 'done', 'done', 'done'])
  expect(turnstile.counts()).toEqual({ running: 0, waiting: 0 })
})

it('refuses what would wait in too long a line, or too long, and says when to come back', async () => {
  const turnstile = createTurnstile({ runningMax: 1, waitingMax: 1, waitMsMax: 5 })
  const long = work()
  const running = turnstile.pass(long.run, asker)
  const waiting = turnstile.pass(async () => 'never', asker)
  await expect(turnstile.pass(async () => 'never', asker)).rejects.toMatchObject({
    extensions: { code: 'UNAVAILABLE', http: { status: 503, headers: { 'retry-after': '1' } } },
  })
  await expect(waiting).rejects.toThrow('its turn did not come within 0.005 s')
  long.end('long')
  expect(await running).toBe('long')
  expect(await turnstile.pass(async () => 'free', asker)).toBe('free')
})

it('lets go of those that leave the line, and of work that fails', async () => {
  const turnstile = createTurnstile({ ...OPTIONS, runningMax: 1 })
  const long = work()
  const running = turnstile.pass(long.run, asker)
  const leaving = new AbortController()
  const left = turnstile.pass(async () => 'never', { ...asker, signal: leaving.signal })
  const failing = turnstile.pass(async () => Promise.reject(new Error('broken')), asker)
  leaving.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  long.end('long')
  await expect(failing).rejects.toThrow('broken')
  await running
  expect(turnstile.counts()).toEqual({ running: 0, waiting: 0 })
})
