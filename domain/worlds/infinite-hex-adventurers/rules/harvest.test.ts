import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  availableYield,
  cancelledYield,
  carryCapacity,
  greenhouseBonus,
  harvestEnergy,
  harvestEta,
  plantAfterHarvest,
  unitsThatFit,
} from './harvest.ts'

test('four units cost 40 energy and eight blocks', () => {
  expect([harvestEnergy(4), harvestEta(4, 668)]).toEqual([40, 676])
})

test('cancelling takes the matured share, all of it after the end, and all of a reservation without duration', () => {
  const reservation = { amount: 5, createdBlock: 695n, expiryBlock: 705n }
  expect([694n, 695n, 699n, 705n, 900n].map((block) => cancelledYield(reservation, block))).toEqual(
    [0, 0, 2, 5, 5],
  )
  expect(cancelledYield({ ...reservation, expiryBlock: 695n }, 695n)).toBe(5)
})

test('of a reservation at the end of all blocks nothing has matured, and its length is exact', () => {
  const [createdBlock, expiryBlock] = [2n ** 64n - 11n, 2n ** 64n - 1n]
  const reservation = { amount: 65_535, createdBlock, expiryBlock }
  expect(cancelledYield(reservation, 700n)).toBe(0)
  expect(cancelledYield(reservation, createdBlock + 3n)).toBe(19_660)
})

test('what is available is null when the row contradicts itself', () => {
  expect(availableYield({ currentYield: 40, reservedYield: 12, maxYield: 52 })).toBe(28)
  expect(availableYield({ currentYield: 52, reservedYield: 52, maxYield: 52 })).toBe(0)
  expect(availableYield({ currentYield: 4, reservedYield: 5, maxYield: 52 })).toBeNull()
  expect(availableYield({ currentYield: 60, reservedYield: 5, maxYield: 52 })).toBeNull()
})

test('0 ≤ reserved ≤ current ≤ max survives every end of a reservation', () => {
  const plant = fc
    .tuple(fc.integer({ min: 35, max: 80 }), fc.nat(80), fc.nat(80), fc.nat(80))
    .map(([maxYield, current, reserved, amount]) => {
      const currentYield = current % (maxYield + 1)
      const reservedYield = reserved % (currentYield + 1)
      return { maxYield, currentYield, reservedYield, amount: amount % (reservedYield + 1) }
    })
  fc.assert(
    fc.property(
      plant,
      fc.nat(100),
      fc.nat(100),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (p, stress, health, part) => {
        const consumed = Math.floor(p.amount * part)
        const after = plantAfterHarvest({ ...p, stress, health }, consumed, p.amount)
        expect(after.reservedYield).toBeGreaterThanOrEqual(0)
        expect(after.reservedYield).toBeLessThanOrEqual(after.currentYield)
        expect(after.currentYield).toBeLessThanOrEqual(after.maxYield)
        expect(after.stress).toBeLessThanOrEqual(100)
        expect(after.health).toBeGreaterThanOrEqual(0)
      },
    ),
  )
})

test.each([
  // stress, health, consumed → stress, health
  [0, 100, 4, 4, 98],
  [92, 4, 9, 100, 0],
  [91, 5, 9, 100, 1],
  [100, 0, 1, 100, 0],
  [7, 50, 1, 8, 50],
  [7, 50, 0, 7, 50],
])(
  'a plant of %i stress and %i health, harvested of %i units',
  (stress, health, consumed, stressAfter, healthAfter) => {
    const plant = { currentYield: 52, reservedYield: 9, maxYield: 52, stress, health }
    expect(plantAfterHarvest(plant, consumed, 9)).toEqual({
      currentYield: 52 - consumed,
      reservedYield: 0,
      maxYield: 52,
      stress: stressAfter,
      health: healthAfter,
    })
  },
)

test('a Storehouse carries 1 162 instead of 750, a Greenhouse adds a fifth, and no more than fits is kept', () => {
  expect([carryCapacity(750, false), carryCapacity(750, true), greenhouseBonus(9)]).toEqual([
    750, 1_162, 1,
  ])
  expect([unitsThatFit(9, 745, 750), unitsThatFit(9, 800, 750), unitsThatFit(3, 0, 750)]).toEqual([
    5, 0, 3,
  ])
})
