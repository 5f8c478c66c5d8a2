import { describe, expect, it } from 'vitest'
import type { Felt } from '../../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { unreadFacts } from '../../../engine/fold.ts'
import { blocksOf, eventsIn, foldedBy } from '../../../engine/folds.testing.ts'
import type { Projection } from '../../../engine/projection.ts'
import { infiniteHexProjections } from '../registry.ts'
import { TEST_HEXES } from '../world-blocks.testing.ts'
import { adventurerWritten, type TestFact, written } from '../world-facts.testing.ts'

const [ORIGIN, EAST] = TEST_HEXES as [Felt, Felt]
const [world] = infiniteHexProjections as readonly [Projection]
const fold = foldedBy(world)

describe('the event tail', () => {
  it('names the adventurer behind a discovery, which the event does not', () => {
    const discovered: TestFact = {
      type: 'HexDiscovered',
      data: { hex: EAST, biome: 'Oasis', discoverer: '0xacc' },
    }
    const batch = fold([
      written('Hex', { coordinate: EAST }, { is_discovered: true }),
      adventurerWritten('0x1', ORIGIN, { energy: 75 }),
      discovered,
    ])
    expect(eventsIn(batch)).toEqual([
      expect.objectContaining({
        position: 3,
        blockPosition: 3,
        type: 'HexDiscovered',
        hex: EAST,
        adventurer: '0x1',
      }),
    ])
  })

  it('gives every event of the world a place in the tail, and counts what was not decoded', () => {
    const names = Object.keys(infiniteHexAdventurers.events)
    const facts = names.map((type) => ({ type, data: {} }))
    const undecoded: TestFact = {
      type: 'UndecodedWorldEvent',
      data: { reason: 'test', keys: [], data: [] },
    }
    const block = [...facts, undecoded, { type: 'SomethingNewHappened', data: {} }]
    expect(eventsIn(fold(block)).map(({ type }) => type)).toEqual(names)
    expect(unreadFacts(blocksOf(block))).toBe(1)
  })
})
