import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Felt, feltOf } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { WORLD_EVENT_SELECTORS } from '../../../schemas/worlds/selectors.ts'
import { toriiWorldOf } from './records.ts'
import {
  chainEvent,
  entityOf,
  gameEvent,
  memberWritten,
  modelErased,
  modelWritten,
} from './torii.testing.ts'
import { createEventReader, type IndexOperation } from './world-event.ts'

const read = createEventReader(toriiWorldOf(infiniteHexAdventurers))
const ID = { adventurer_id: '0x2a' }
const named = (operation: IndexOperation) =>
  operation.kind === 'written'
    ? operation.assignments.map(([{ name }, value]) => [name, value])
    : operation

describe('an event of the World', () => {
  it('writes a row under the entity id that the event names', () => {
    const operation = read(modelWritten('Adventurer', ID, { energy: 90 }))
    expect(operation).toMatchObject({
      kind: 'written',
      entityId: entityOf('Adventurer', ID),
      keys: ['0x2a'],
    })
    expect(named(operation)).toContainEqual(['energy', 90])
  })

  it('writes a game event under the hash of its keys', () => {
    expect(read(gameEvent('AdventurerMoved', ID))).toMatchObject({
      entityId: entityOf('Adventurer', ID),
    })
  })

  it('writes a member, or all values, without telling the keys', () => {
    expect(named(read(memberWritten('Adventurer', ID, 'energy', '0x5a')))).toEqual([['energy', 90]])
    const { keys, data } = modelWritten('Adventurer', ID, { energy: 7 })
    const update = chainEvent(
      [WORLD_EVENT_SELECTORS.StoreUpdateRecord, ...keys.slice(1)],
      data.slice(2),
    )
    expect(read(update)).toMatchObject({ kind: 'written', keys: null })
    expect(named(read(update))).toContainEqual(['energy', 7])
  })

  it('erases a row', () => {
    expect(read(modelErased('Adventurer', ID))).toMatchObject({ kind: 'erased' })
  })

  it('is passed over when it is about the World itself or about nothing', () => {
    expect(
      read(chainEvent([WORLD_EVENT_SELECTORS.WriterUpdated, '0x1', '0x2'], ['0x1'])).kind,
    ).toBe('ignored')
    expect(read(chainEvent([], [])).kind).toBe('ignored')
  })

  it('says what does not fit', () => {
    const { keys, data } = modelWritten('Adventurer', ID)
    const reasonOf = (changed: Readonly<{ keys?: readonly Felt[]; data?: readonly Felt[] }>) => {
      const operation = read(chainEvent(changed.keys ?? keys, changed.data ?? data))
      return operation.kind === 'malformed' ? operation.reason : operation.kind
    }
    expect(reasonOf({ keys: [keys[0] as Felt, '0x1', '0x2'] })).toBe('0x1 is not registered')
    expect(reasonOf({ keys: keys.slice(0, 1) })).toBe('nothing is not registered')
    expect(reasonOf({ data: [] })).toBe('the spans do not fit')
    expect(reasonOf({ data: data.slice(0, -1) })).toBe('the spans do not fit')
    expect(reasonOf({ data: [...data.slice(0, 2), '0x1', '0x5'] })).toBe(
      'name is missing, which is not a felt252',
    )
    const flagged = [...data.slice(0, -1), '0x2'] as Felt[]
    expect(reasonOf({ data: flagged })).toBe('is_alive is 0x2, which is not a bool')
  })

  it('never throws, whatever its felts are', () => {
    const felt = fc.bigInt({ min: 0n, max: 1n << 251n }).map((value) => feltOf(value) ?? '0x0')
    const small = fc.integer({ min: 0, max: 12 }).map((value): Felt => `0x${value.toString(16)}`)
    const felts = fc.array(fc.oneof(felt, small), { maxLength: 14 })
    const { keys } = modelWritten('Adventurer', ID)
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(WORLD_EVENT_SELECTORS)),
        felts,
        felts,
        fc.boolean(),
        (selector, rest, data, known) => {
          const operation = read(chainEvent([selector, ...(known ? keys.slice(1) : rest)], data))
          expect(['written', 'erased', 'registered', 'ignored', 'malformed']).toContain(
            operation.kind,
          )
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
