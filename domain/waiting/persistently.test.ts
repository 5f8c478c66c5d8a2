import { expect, test } from 'vitest'
import { FatalError, RetryableError } from '../errors.ts'
import { NEVER } from './pause.ts'
import { persistently, type Retry, repeatedly } from './persistently.ts'

const quick = { backoff: { firstMs: 1, maxMs: 2 }, random: () => 0 }

/** An attempt that fails with each of the errors in turn and then gives the value. */
const failing = <T>(errors: readonly Error[], value: T) => {
  const left = [...errors]
  return async (): Promise<T> => {
    const error = left.shift()
    if (error !== undefined) throw error
    return value
  }
}

test('what may pass is tried again with growing pauses, each told before it begins', async () => {
  const retries: Retry[] = []
  const errors = [1, 2, 3].map((number) => new RetryableError(`failure ${number}`))
  const given = await persistently(failing(errors, 'done'), NEVER, {
    ...quick,
    onRetry: (retry) => retries.push(retry),
  })
  expect(given).toBe('done')
  expect(retries).toEqual([
    { error: errors[0], failures: 1, delayMs: 1 },
    { error: errors[1], failures: 2, delayMs: 2 },
    { error: errors[2], failures: 3, delayMs: 2 },
  ])
})

test('anything else is thrown at once', async () => {
  const retries: Retry[] = []
  const onRetry = (retry: Retry): void => void retries.push(retry)
  for (const error of [new FatalError('broken'), new TypeError('a bug')]) {
    await expect(persistently(failing([error], null), NEVER, { ...quick, onRetry })).rejects.toBe(
      error,
    )
  }
  expect(retries).toEqual([])
})

test('the failure that reaches a limit in number or time is thrown', async () => {
  const errors = [1, 2, 3].map((number) => new RetryableError(`failure ${number}`))
  await expect(
    persistently(failing(errors, null), NEVER, { ...quick, failuresMax: 2 }),
  ).rejects.toBe(errors[1])
  await expect(persistently(failing(errors, null), NEVER, { ...quick, msMax: 0 })).rejects.toBe(
    errors[0],
  )
})

test('an attempt that lives long begins the count of failures anew when it has succeeded', async () => {
  const counted: number[] = []
  let attempts = 0
  await persistently(
    async (succeeded) => {
      attempts += 1
      if (attempts === 3) succeeded()
      if (attempts < 5) throw new RetryableError('again')
    },
    NEVER,
    { ...quick, onRetry: ({ failures }) => void counted.push(failures) },
  )
  expect(counted).toEqual([1, 2, 1, 2])
})

test('the first success after failures is told, and no other', async () => {
  const told: string[] = []
  const options = {
    ...quick,
    onRetry: () => void told.push('failed'),
    onRecovered: () => void told.push('recovered'),
  }
  await persistently(failing([new RetryableError('away')], null), NEVER, options)
  await persistently(failing([], null), NEVER, options)
  let attempts = 0
  await persistently(
    async (succeeded) => {
      attempts += 1
      if (attempts > 1) succeeded()
      if (attempts < 3) throw new RetryableError('away')
    },
    NEVER,
    options,
  )
  expect(told).toEqual(['failed', 'recovered', 'failed', 'recovered', 'failed', 'recovered'])
})

test('an abort ends the pause between two tries, with the reason of the signal', async () => {
  const stopping = new AbortController()
  const reason = new Error('stop')
  const trying = persistently(failing([new RetryableError('away')], null), stopping.signal, {
    backoff: { firstMs: 2 ** 30, maxMs: 2 ** 30 },
    onRetry: () => stopping.abort(reason),
  })
  await expect(trying).rejects.toBe(reason)
})

test('turns follow each other until the signal aborts, also over failures that pass', async () => {
  const stopping = new AbortController()
  let turns = 0
  await repeatedly(
    async () => {
      turns += 1
      if (turns % 2 === 0) throw new RetryableError('away')
      if (turns === 5) stopping.abort()
    },
    stopping.signal,
    quick,
  )
  expect(turns).toBe(5)
})

test('after the abort a turn may fail as it likes, but a FatalError is not lost', async () => {
  const ending = (error: Error): Promise<void> => {
    const stopping = new AbortController()
    return repeatedly(async () => {
      stopping.abort()
      throw error
    }, stopping.signal)
  }
  await expect(ending(new RetryableError('away'))).resolves.toBeUndefined()
  await expect(ending(new TypeError('aborted read'))).resolves.toBeUndefined()
  await expect(ending(new FatalError('broken'))).rejects.toThrow('broken')
})
