import { expect, it, vi } from 'vitest'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import { patientLogHead } from './log-head.ts'

it('is what the log says, and what it said last while the log is away', async () => {
  const answers: (() => number | null)[] = [
    () => null,
    () => 7,
    () => {
      throw new RetryableError('the server is away')
    },
    () => 9,
  ]
  const head = patientLogHead(async () => answers.shift()?.() ?? null)
  expect([await head(), await head(), await head(), await head()]).toEqual([null, 7, 7, 9])
})

it('keeps nobody waiting for a log that does not answer, and does not ask it twice', async () => {
  const answers = [Promise.withResolvers<number>(), Promise.withResolvers<number>()]
  let asked = 0
  const head = patientLogHead(() => answers[asked++]?.promise ?? Promise.resolve(11), 1)
  expect([await head(), await head(), await head()]).toEqual([null, null, null])
  expect(asked).toBe(1)
  answers[0]?.resolve(5)
  await answers[0]?.promise
  await vi.waitUntil(async () => (await head()) === 5 && asked === 2, {
    timeout: 30_000,
  })
  answers[1]?.reject(new FatalError('the log is closed'))
})

it('fails as a log does that can give no answer', async () => {
  const head = patientLogHead(async () => {
    throw new FatalError('the log is closed')
  })
  await expect(head()).rejects.toThrow('the log is closed')
})
