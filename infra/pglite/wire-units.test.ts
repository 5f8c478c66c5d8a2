import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FatalError } from '../../domain/errors.ts'
import { createUnitReader } from './wire-units.ts'

const message = (type: string, bodyBytes: number): Buffer => {
  const buffer = Buffer.alloc(5 + bodyBytes, 0x61)
  buffer.write(type)
  buffer.writeInt32BE(4 + bodyBytes, 1)
  return buffer
}

it('keeps the messages up to Sync together, however they are cut on the way', () => {
  const type = fc.constantFrom('P', 'B', 'D', 'E', 'S', 'Q', 'H', 'X', 'C', 'd')
  const messages = fc.array(fc.tuple(type, fc.nat(40)), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(
      messages,
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      (list, cuts) => {
        const expected: Buffer[] = []
        let open: Buffer[] = []
        for (const [kind, bytes] of list) {
          open.push(message(kind, bytes))
          if (!'SQHX'.includes(kind)) continue
          expected.push(Buffer.concat(open))
          open = []
        }
        const stream = Buffer.concat(list.map(([kind, bytes]) => message(kind, bytes)))
        const read = createUnitReader()
        const units: Buffer[] = []
        for (let start = 0, cut = 0; start < stream.length; cut += 1) {
          const end = start + (cuts[cut % cuts.length] ?? 1)
          units.push(
            ...read(Buffer.from(stream.subarray(start, end))).map(({ bytes }) =>
              Buffer.from(bytes),
            ),
          )
          start = end
        }
        expect(units).toEqual(expected)
      },
    ),
  )
})

it.each([0, 3, -1, 2_000_000_000])('refuses a message that says it has %d bytes', (length) => {
  const garbage = Buffer.alloc(8, 0x51)
  garbage.writeInt32BE(length, 1)
  expect(() => createUnitReader()(garbage)).toThrow(FatalError)
})
