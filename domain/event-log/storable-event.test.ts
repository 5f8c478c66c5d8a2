import { expect, it } from 'vitest'
import type { JsonObject } from './event-log.ts'
import { storableAppend } from './storable-event.ts'

const event = (data: unknown) => ({
  id: '00000000-0000-4000-8000-000000000001',
  type: 'Happened',
  data: data as JsonObject, // tests pass what the types forbid
  meta: {},
})

it.each([
  [
    { list: [1, { name: 'a\0b' }] },
    'data of Happened, event 0 of an append to a-1:.list[1].name contains U+0000',
  ],
  [{ rate: Number.POSITIVE_INFINITY }, '.rate is Infinity'],
  [{ gone: undefined }, '.gone is of type undefined'],
  [{ when: new Date(0) }, '.when is an instance of a class'],
  [null, 'is not a plain object'],
])('says where %o cannot be stored', (data, message) => {
  expect(() => storableAppend('a-1', 'no-stream', [event(data)])).toThrow(message)
})

it('gives the payloads as JSON text in the order of their members', () => {
  const data = { b: 1, a: [null, 'ü"'] }
  expect(storableAppend('a-1', 3, [event(data)])).toEqual([
    { id: event(data).id, type: 'Happened', data: '{"b":1,"a":[null,"ü\\""]}', meta: '{}' },
  ])
})
