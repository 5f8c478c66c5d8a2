import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FatalError } from '../../../domain/errors.ts'
import type { Json, RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { canonicalJson, createLogChecksum } from './checksum.ts'

const EVENT: RecordedEvent = {
  stream: 'thing-1',
  revision: 0,
  logPosition: 7,
  recordedAt: new Date(0),
  id: '6f0c1ad2-b3f2-4e6c-9a1d-0f6d5f1f7c3e',
  type: 'Ünusual "Thing"',
  data: {
    b: [1.5, -2, 1e21, null, true, { z: '', '10': 'é\n', '9': '\u2028' }],
    a: { 'q"': '\\' },
  },
  meta: { schemaVersion: 1 },
}

it('canonical JSON and the checksum of a log are what they have always been: files and copies rest on them', () => {
  expect(canonicalJson(EVENT.data)).toBe(
    '{"a":{"q\\"":"\\\\"},"b":[1.5,-2,1e+21,null,true,{"10":"é\\n","9":"\u2028","z":""}]}',
  )
  const checksum = createLogChecksum()
  checksum.add(EVENT)
  expect(checksum.total()).toBe('030bac6048fab01299626df6b4855f17723b9673bf847742afcc2093f83f8fe2')
})

it('canonical JSON is the value itself, whatever the order of its members', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'binary' }), (text) => {
      const value: Json = JSON.parse(text)
      const canonical = canonicalJson(value)
      expect(JSON.stringify(JSON.parse(canonical))).toBe(JSON.stringify(sorted(value)))
      expect(canonicalJson(JSON.parse(canonical))).toBe(canonical)
    }),
  )
})

const sorted = (value: Json): Json => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  // Neither null nor a list.
  const members = Object.entries(value as { readonly [key: string]: Json })
  return Object.fromEntries(
    members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)]),
  )
}

it('canonical JSON ends at the depth that no log takes', () => {
  const nested = (levels: number): Json => (levels === 0 ? 1 : [nested(levels - 1)])
  expect(canonicalJson(nested(100))).toHaveLength(201)
  expect(() => canonicalJson(nested(102))).toThrow(FatalError)
})
