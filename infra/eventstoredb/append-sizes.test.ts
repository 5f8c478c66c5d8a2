import { expect, it } from 'vitest'
import { someEvent } from '../../domain/event-log/event-log.testing.ts'
import { storableAppend } from '../../domain/event-log/storable-event.ts'
import { appendDeadlineMs, refuseTooLarge } from './append-sizes.ts'
import { AppendTooLarge } from './client-errors.ts'
import { createEventStoreLog } from './event-log.ts'

const FRAME_BYTES = '{"text":""}'.length
const MEBIBYTE_BYTES = 1_048_576

const withData = (...sizes: readonly number[]) =>
  storableAppend(
    's',
    'no-stream',
    sizes.map((bytes) => someEvent({ text: 'x'.repeat(bytes - FRAME_BYTES) })),
  )

const withMeta = (bytes: number) =>
  storableAppend('s', 'no-stream', [{ ...someEvent(), meta: { text: 'x'.repeat(bytes) } }])

it('lets through what a server takes, to the byte of data, beside any metadata', () => {
  refuseTooLarge('s', withData(MEBIBYTE_BYTES))
  refuseTooLarge('s', withData(MEBIBYTE_BYTES - 100, 100))
  refuseTooLarge('s', withMeta(2 * MEBIBYTE_BYTES))
  expect(() => refuseTooLarge('s', withData(MEBIBYTE_BYTES + 1))).toThrow(AppendTooLarge)
  expect(() => refuseTooLarge('s', withData(MEBIBYTE_BYTES, 100))).toThrow('1 MiB')
  expect(() => refuseTooLarge('s', withMeta(16 * MEBIBYTE_BYTES))).toThrow(AppendTooLarge)
})

it('refuses what is too large without a server, and so whatever state that is in', async () => {
  const log = createEventStoreLog('esdb://127.0.0.1:1?tls=false')
  await expect(
    log.append('s', 5, [someEvent({ text: 'x'.repeat(17 * MEBIBYTE_BYTES) })]),
  ).rejects.toThrow('Appending to s: 17 MiB of data are more than the 1 MiB')
  await log.close()
})

it('gives an append more time the larger it is', () => {
  const small = appendDeadlineMs(10_000, withData(100))
  expect(small).toBeLessThan(10_010)
  expect(appendDeadlineMs(10_000, withData(MEBIBYTE_BYTES))).toBeGreaterThan(26_000)
  expect(appendDeadlineMs(10_000, withMeta(2 * MEBIBYTE_BYTES))).toBeGreaterThan(42_000)
})
