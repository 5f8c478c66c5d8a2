import { describe, expect, it } from 'vitest'
import type { CommandEvent } from '../../commands/command/command.ts'
import { FRAMING_VERSIONS } from '../../domain/world-stream/entries.ts'
import * as worldLog from '../../domain/world-stream/facts.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { eventCodecsOf, formOf } from './codecs.ts'
import { goldenExamples } from './golden.testing.ts'
import { schemaVersionOf, upcast } from './upcast.ts'

const codecs = eventCodecsOf(infiniteHexAdventurers)
const examples = goldenExamples()
const id = '5f0c1c36-9b6e-5c0f-8a35-3f4f0e6f6f3b'

describe('stored events of every age', () => {
  it.each(examples)('are read today as they always were: $example.type ($place)', ({ example }) => {
    const { type, data, meta, now } = example
    const read = upcast({ id, type, data, meta })
    expect({ data: read.data, meta: read.meta }).toEqual(now ?? { data, meta })
    expect(formOf(codecs, read)).toEqual({ kind: 'known' })
  })

  it('have an example of each type in each version', () => {
    const present = new Set(
      examples.map(({ example }) => `${example.type} ${example.meta.schemaVersion}`),
    )
    const needed = [...codecs.values()].flatMap(({ type, schemaVersion }) =>
      Array.from({ length: schemaVersion }, (_, at) => `${type} ${at + 1}`),
    )
    expect(needed.filter((name) => !present.has(name))).toEqual([])
    expect(present.size).toBe(examples.length)
  })

  it('frame the world’s stream in the newest shapes that its reader knows', () => {
    for (const [type, version] of Object.entries(FRAMING_VERSIONS))
      expect(`${type} ${version}`).toBe(`${type} ${schemaVersionOf(type)}`)
  })

  it('include everything that ingest and commands store', () => {
    const worldTypes = Object.values(worldLog).filter((value) => typeof value === 'string')
    const commandTypes = Object.keys({
      CommandRequested: 1,
      CommandSigned: 1,
      CommandSignatureVoided: 1,
      CommandSubmitted: 1,
      CommandConfirmed: 1,
      CommandRefused: 1,
      CommandReverted: 1,
      CommandExpired: 1,
    } satisfies Record<CommandEvent['type'], 1>)
    expect(worldTypes.length).toBeGreaterThan(0)
    expect([...worldTypes, ...commandTypes].filter((type) => !codecs.has(type))).toEqual([])
  })
})

describe('the codec of each type', () => {
  it.each(examples)(
    'misses each member that is taken away: $example.type',
    ({ example: { type, data, meta, now } }) => {
      const current = now ?? { data, meta }
      for (const name of Object.keys(current.data)) {
        const { [name]: _, ...rest } = current.data
        expect(formOf(codecs, { type, data: rest, meta: current.meta })).toMatchObject({
          kind: 'malformed',
        })
      }
      const more = { ...current.data, surplus: 1 }
      expect(formOf(codecs, { type, data: more, meta: current.meta })).toMatchObject({
        kind: 'malformed',
      })
    },
  )

  it('names the place of what is wrong', () => {
    const moved = examples.find(({ example }) => example.type === 'AdventurerMoved')?.example
    if (moved === undefined) throw new Error('no example of AdventurerMoved')
    const reasonOf = (change: object) => formOf(codecs, { ...moved, ...change })
    expect(reasonOf({ data: { ...moved.data, to: 7 } })).toMatchObject({
      reason: 'AdventurerMoved: data.to: is not a value of type felt',
    })
    expect(reasonOf({ data: { ...moved.data, to: '0x0A' } })).toMatchObject({ kind: 'malformed' })
    expect(reasonOf({ meta: { ...moved.meta, block: -1 } })).toMatchObject({
      reason: expect.stringContaining('AdventurerMoved: meta.block'),
    })
    expect(reasonOf({ meta: {} })).toMatchObject({
      reason: 'AdventurerMoved: meta.schemaVersion is missing',
    })
  })

  it('leaves alone what it does not know', () => {
    expect(formOf(codecs, { type: 'SomethingElse', data: {}, meta: {} })).toEqual({
      kind: 'unknown-type',
    })
    expect(formOf(codecs, { type: 'constructor', data: {}, meta: {} })).toEqual({
      kind: 'unknown-type',
    })
    expect(
      formOf(codecs, { type: 'AdventurerMoved', data: { x: 1 }, meta: { schemaVersion: 9 } }),
    ).toEqual({
      kind: 'newer-version',
      stored: 9,
      known: 1,
    })
  })
})
