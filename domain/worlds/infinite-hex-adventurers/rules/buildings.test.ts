import { expect, test } from 'vitest'
import {
  BUILDING_KINDS,
  conditionAfterRepair,
  conversionBonusOf,
  isBuildingEffective,
  quoteConstruction,
} from './buildings.ts'

test.each([
  ['SMELTER', 40, 120, 35, 98],
  ['SHORING_RIG', 45, 130, 39, 106],
  ['GREENHOUSE', 35, 110, 30, 90],
  ['HERBAL_PRESS', 35, 105, 30, 86],
  ['WORKSHOP', 40, 115, 35, 94],
  ['STOREHOUSE', 30, 100, 26, 82],
  ['WATCHTOWER', 45, 140, 39, 114],
] as const)(
  '%s costs %i energy and %i blocks, with a Workshop %i and %i',
  (kind, stake, blocks, less, sooner) => {
    expect(quoteConstruction(kind, false)).toEqual({ stakeEnergy: stake, buildBlocks: blocks })
    expect(quoteConstruction(kind, true)).toEqual({ stakeEnergy: less, buildBlocks: sooner })
  },
)

test('there are seven kinds', () => {
  expect(BUILDING_KINDS).toHaveLength(7)
})

test('only the listed ores and plant materials convert better', () => {
  expect(conversionBonusOf('ORE_COBALT')).toEqual({ building: 'SMELTER', bonusBp: 1_250 })
  expect(conversionBonusOf('PLANT_RESIN')).toEqual({ building: 'HERBAL_PRESS', bonusBp: 1_500 })
  expect(conversionBonusOf('ORE_GOLD')).toBeNull()
})

test('a building works above 3 000 condition while active; repair adds 100 per energy up to 10 000', () => {
  expect([
    isBuildingEffective(true, 3_001),
    isBuildingEffective(true, 3_000),
    isBuildingEffective(false, 9_000),
  ]).toEqual([true, false, false])
  expect([conditionAfterRepair(2_500, 6), conditionAfterRepair(9_950, 65_535)]).toEqual([
    3_100, 10_000,
  ])
})
