import fc from 'fast-check'
import { expect, it } from 'vitest'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createWorldDecoder } from '../worlds/decode.ts'
import { anyFelt, worldEvents } from '../worlds/world-events.testing.ts'
import { eventCodecsOf, formOf } from './codecs.ts'

const codecs = eventCodecsOf(infiniteHexAdventurers)
const decode = createWorldDecoder(infiniteHexAdventurers)
const meta = {
  schemaVersion: 1,
  block: 7,
  transaction: '0x7a1',
  transactionIndex: 0,
  eventIndex: 0,
}

it('knows whatever the decoder makes of a well-formed event', () => {
  fc.assert(
    fc.property(worldEvents(infiniteHexAdventurers), (felts) => {
      const { type, data, system } = decode(felts)
      expect(
        formOf(codecs, { type, data, meta: system === null ? meta : { ...meta, system } }),
      ).toEqual({
        kind: 'known',
      })
    }),
  )
})

it('knows whatever the decoder makes of any felts', () => {
  fc.assert(
    fc.property(
      fc.array(anyFelt, { maxLength: 5 }),
      fc.array(anyFelt, { maxLength: 5 }),
      (keys, data) => {
        const fact = decode({ keys, data })
        expect(formOf(codecs, { type: fact.type, data: fact.data, meta })).toEqual({
          kind: 'known',
        })
      },
    ),
  )
})
