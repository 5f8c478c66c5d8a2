import { describe, expect, it } from 'vitest'
import { beyond, unneeded } from './exceptions.ts'

const fault = (file: string, line = 1) => ({ file, line, text: 'is wrong' })

describe('a ratchet', () => {
  it('lets nothing pass that it does not name', () => {
    expect(beyond([fault('a.ts', 7)], { 'b.ts': 0 })).toEqual(['a.ts:7 is wrong'])
  })

  it('lets pass what it allows, and tells all of a file that has more', () => {
    const two = [fault('a.ts', 1), fault('a.ts', 2)]
    expect(beyond(two, { 'a.ts': 2 })).toEqual([])
    expect(beyond(two, { 'a.ts': 1 })).toEqual(['a.ts:1 is wrong', 'a.ts:2 is wrong'])
  })

  it('is to be lowered as soon as it can be', () => {
    expect(beyond([fault('a.ts')], { 'a.ts': 2 })).toEqual([
      'a.ts has 1 of 2 that exceptions.ts allows: lower it',
    ])
    expect(beyond([], { 'a.ts': 1 })).toHaveLength(1)
  })

  it('counts a folder as one, but for the files in it that it names', () => {
    const faults = [fault('a/b.ts'), fault('a/c/d.ts'), fault('a/e.ts')]
    expect(beyond(faults, { 'a/': 2, 'a/e.ts': 1 })).toEqual([])
    expect(beyond(faults, { 'a/': 1, 'a/e.ts': 1 })).toHaveLength(2)
  })
})

it('a reason that nothing needs any more is told', () => {
  expect(unneeded({ a: 'because', b: 'because' }, (key) => key === 'a')).toEqual([
    'exceptions.ts need not name b any more',
  ])
})
