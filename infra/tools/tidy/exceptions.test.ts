import { expect, it } from 'vitest'
import { unneeded } from './exceptions.ts'

it('a reason that nothing needs any more is told', () => {
  expect(unneeded({ a: 'because', b: 'because' }, (key) => key === 'a')).toEqual([
    'exceptions.ts need not name b any more',
  ])
})
