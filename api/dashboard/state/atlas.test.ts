import { describe, expect, it } from 'vitest'
import { applySteps, emptyAtlas } from './atlas.ts'
import { territoriesOf } from './territories.ts'
import { adventurerFor, heldBy, hexFor } from './world.testing.ts'

const arrived = (...hexes: ReturnType<typeof hexFor>[]) =>
  hexes.map((after) => ({ before: null, after }))

describe('the atlas', () => {
  const mirel = adventurerFor('0xa')

  it('tells that an adventurer walked, whichever of the two hexes changes first', () => {
    const from = hexFor(0, 0, { adventurers: [mirel] })
    const to = hexFor(1, 0)
    const left = { before: from, after: hexFor(0, 0) }
    const entered = { before: to, after: hexFor(1, 0, { adventurers: [mirel] }) }
    for (const steps of [
      [left, entered],
      [entered, left],
    ]) {
      const atlas = emptyAtlas()
      applySteps(atlas, arrived(from, to))
      const { walks } = applySteps(atlas, steps)
      expect(walks).toEqual([{ adventurerId: '0xa', from: from.coordinate, to: to.coordinate }])
      expect(atlas.adventurers.get('0xa')?.place).toEqual(to.coordinate)
    }
  })

  it('forgets an adventurer that left for where nothing is followed', () => {
    const atlas = emptyAtlas()
    const hex = hexFor(0, 0, { adventurers: [mirel] })
    applySteps(atlas, arrived(hex))
    expect(applySteps(atlas, [{ before: hex, after: hexFor(0, 0) }]).walks).toEqual([])
    expect(atlas.adventurers.size).toBe(0)
  })

  it('tells when a controller changed, and only then', () => {
    const atlas = emptyAtlas()
    const [free, held] = [hexFor(0, 0), hexFor(0, 0, { decay: heldBy('0xa') })]
    expect(applySteps(atlas, arrived(free)).ownershipChanged).toBe(false)
    expect(applySteps(atlas, [{ before: free, after: held }]).ownershipChanged).toBe(true)
    expect(
      applySteps(atlas, [{ before: held, after: { ...held, biome: 'Desert' } }]).ownershipChanged,
    ).toBe(false)
  })
})

describe('territories', () => {
  it('are the connected hexes of one controller, largest first, named on one of their own', () => {
    const hexes = [
      ...[hexFor(0, 0), hexFor(1, 0), hexFor(2, 0)].map((hex) => ({
        ...hex,
        decay: heldBy('0xa'),
      })),
      { ...hexFor(9, 9), decay: heldBy('0xa') },
      { ...hexFor(0, 1), decay: heldBy('0xb') },
      hexFor(4, 4),
    ]
    const found = territoriesOf(hexes)
    expect(found.map(({ ownerId, hexes: count }) => [ownerId, count])).toEqual([
      ['0xa', 3],
      ['0xa', 1],
      ['0xb', 1],
    ])
    expect(found[0]?.seat).toEqual({ q: 1, r: 0 })
  })
})
