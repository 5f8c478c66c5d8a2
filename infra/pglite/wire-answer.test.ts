import { expect, it } from 'vitest'
import { correctedAnswer } from './wire-answer.ts'

const ready = Buffer.from('Z\0\0\0\x05I')
const error = Buffer.from('E\0\0\0\x07xy\0')
const rows = Buffer.from('D\0\0\0\x0bZ\0\0\0\x05IC\0\0\0\x0dSELECT 1\0')

const corrected = (end: 'S' | 'Q' | 'H', ...chunks: Buffer[]): string =>
  Buffer.concat(correctedAnswer(chunks, end)).toString('latin1')

it('leaves one ReadyForQuery after an error, wherever the answer is cut', () => {
  const whole = Buffer.concat([error, ready, ready])
  for (let cut = 0; cut <= whole.length; cut += 1) {
    expect(corrected('S', whole.subarray(0, cut), whole.subarray(cut))).toBe(
      Buffer.concat([error, ready]).toString('latin1'),
    )
  }
  expect(corrected('S', ...[...whole].map((byte) => Buffer.from([byte])))).toBe(
    Buffer.concat([error, ready]).toString('latin1'),
  )
})

it('leaves good answers alone, also those whose rows look like a ReadyForQuery', () => {
  for (const end of ['S', 'Q'] as const) {
    const whole = Buffer.concat([rows, ready])
    expect(corrected(end, whole)).toBe(whole.toString('latin1'))
    expect(corrected(end, ready)).toBe(ready.toString('latin1'))
    expect(corrected(end)).toBe('')
  }
})

it('gives no ReadyForQuery before the Sync that asks for it', () => {
  expect(corrected('H', error, ready)).toBe(error.toString('latin1'))
  expect(corrected('H', rows)).toBe(rows.toString('latin1'))
})
