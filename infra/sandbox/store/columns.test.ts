import { describe, expect, it } from 'vitest'
import { DamagedColumn, feltOf, integerOf, textOf, textOrNullOf } from './columns.ts'

const ROW = { count: 3, name: 'Hex', hash: '0xabc', reason: null }

describe('columns', () => {
  it('are read by their type', () => {
    expect(integerOf(ROW, 'count')).toBe(3)
    expect(textOf(ROW, 'name')).toBe('Hex')
    expect(textOrNullOf(ROW, 'name')).toBe('Hex')
    expect(textOrNullOf(ROW, 'reason')).toBeNull()
    expect(feltOf(ROW, 'hash')).toBe('0xabc')
  })

  it.each([
    [() => integerOf(ROW, 'name'), 'column name holds Hex instead of an integer'],
    [() => integerOf(ROW, 'missing'), 'column missing holds undefined instead of an integer'],
    [() => textOf(ROW, 'count'), 'column count holds 3 instead of text'],
    [() => textOf(ROW, 'reason'), 'column reason holds null instead of text'],
    [() => textOrNullOf(ROW, 'count'), 'column count holds 3 instead of text'],
    [() => feltOf(ROW, 'name'), 'column name holds Hex instead of a felt'],
  ])('of another type are damage, and say which one: %#', (read, message) => {
    expect(read).toThrow(DamagedColumn)
    expect(read).toThrow(message)
  })
})
