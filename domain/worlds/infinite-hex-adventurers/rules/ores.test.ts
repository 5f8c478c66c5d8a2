import { expect, test } from 'vitest'
import { ORES } from './ores.ts'

test('ores have the documented tier, energy per unit and weight in a tick (game.md §3.7)', () => {
  const rows = Object.entries(ORES).map(([name, ore]) => [
    name,
    ore.tier,
    ore.energyPerUnit,
    ore.tickEnergyWeight,
  ])
  expect(rows).toEqual([
    ['ORE_IRON', 0, 8, 1],
    ['ORE_COPPER', 0, 9, 1],
    ['ORE_TIN', 0, 10, 1],
    ['ORE_COAL', 0, 12, 2],
    ['ORE_SILVER', 1, 16, 2],
    ['ORE_NICKEL', 1, 18, 2],
    ['ORE_COBALT', 1, 22, 3],
    ['ORE_GOLD', 2, 30, 3],
    ['ORE_TITAN', 2, 36, 4],
    ['ORE_URAN', 2, 45, 5],
    ['ORE_MITH', 3, 62, 5],
    ['ORE_ADAM', 3, 78, 6],
    ['ORE_AETHER', 4, 120, 8],
  ])
})
