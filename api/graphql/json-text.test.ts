import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonText } from './json-text.ts'

it('is what JSON.stringify writes', async () => {
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 2 }),
      fc.array(tie('value'), { maxLength: 120 }),
      fc.dictionary(fc.string(), fc.oneof(tie('value'), fc.constant(undefined))),
    ),
  })).value
  await fc.assert(
    fc.asyncProperty(json, async (value) => {
      expect(await jsonText(value)).toBe(JSON.stringify(value))
    }),
    { numRuns: 200 },
  )
})

it('lets others go on between the pieces of a long list', async () => {
  const list = Array.from({ length: 5_000 }, (_, at) => ({ at }))
  let turns = 0
  let isWritten = false
  const count = (): void => {
    if (isWritten) return
    turns += 1
    setImmediate(count)
  }
  setImmediate(count)
  await jsonText({ data: { list } })
  isWritten = true
  expect(turns).toBeGreaterThan(50)
})
