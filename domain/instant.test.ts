import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseInstant } from './instant.ts'

describe('an instant', () => {
  it('is read in every form that Date writes, and with an offset', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(parseInstant(date.toISOString())).toEqual(date)
      }),
    )
    expect(parseInstant('2026-01-31T12:00:00+02:00')).toEqual(new Date('2026-01-31T10:00:00Z'))
    expect(parseInstant('2024-02-29T23:59Z')).toEqual(new Date('2024-02-29T23:59:00Z'))
    expect(parseInstant('2000-02-29T00:00:00.123456789Z')?.getTime()).toBe(951_782_400_123)
  })

  it.each([
    '2026-02-30T10:00:00Z',
    '2026-02-29T10:00:00Z',
    '2100-02-29T10:00:00Z',
    '2026-04-31T10:00:00Z',
    '2026-00-10T10:00:00Z',
    '2026-13-10T10:00:00Z',
    '2026-01-00T10:00:00Z',
    '2026-01-32T10:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T12:60:00Z',
    '2026-01-31T12:00:60Z',
    '2026-01-31T12:00:00+25:00',
    '2026-01-31T12:00:00',
    '2026-01-31',
    '10000-01-01T00:00:00Z',
    '-000000-01-01T00:00:00Z',
    '+999999-01-01T00:00:00Z',
    'yesterday',
    '',
  ])('is not what no calendar or clock has: %j', (text) => {
    expect(parseInstant(text)).toBeNull()
  })
})
