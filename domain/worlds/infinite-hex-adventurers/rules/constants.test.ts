import { expect, test } from 'vitest'
import * as buildings from './buildings.ts'
import * as claim from './claim.ts'
import * as conversion from './conversion.ts'
import * as decay from './decay.ts'
import * as energy from './energy.ts'
import * as harvest from './harvest.ts'
import * as mining from './mining.ts'
import * as regulator from './regulator.ts'
import * as sharing from './sharing.ts'

const all = {
  ...buildings,
  ...claim,
  ...conversion,
  ...decay,
  ...energy,
  ...harvest,
  ...mining,
  ...regulator,
  ...sharing,
}

/**
 * The game's constants (game.md §3.1); its other numbers are those of a formula's own table test.
 */
const DOCUMENTED = [
  ['ENERGY_MAX', 100],
  ['REGEN_ENERGY_PER_PERIOD', 20],
  ['REGEN_PERIOD_BLOCKS', 100],
  ['DISCOVER_HEX_ENERGY', 25],
  ['MOVE_ENERGY', 15],
  ['BACKPACK_WEIGHT_MAX', 750],
  ['HARVEST_ENERGY_PER_UNIT', 10],
  ['HARVEST_BLOCKS_PER_UNIT', 2],
  ['CONVERSION_RATE_DEFAULT', 10],
  ['CONVERSION_WINDOW_BLOCKS', 100],
  ['CONVERSION_PENALTY_STEP_BP', 100],
  ['CONVERSION_PENALTY_STEP_UNITS', 10],
  ['CONVERSION_PENALTY_BP_MAX', 5_000],
  ['DECAY_PERIOD_BLOCKS', 100],
  ['DECAY_LEVEL_MAX', 100],
  ['CLAIMABLE_DECAY_LEVEL', 80],
  ['RECOVERY_POINTS_PER_UPKEEP', 4],
  ['UPKEEP_BP_MAX', 20_000],
  ['CLAIM_TIMEOUT_BLOCKS', 100],
  ['CLAIM_GRACE_BLOCKS', 500],
  ['MINE_TICK_ENERGY', 3],
  ['SWARM_ENERGY_FACTOR', 2],
  ['OVERSTAY_STRESS_BP_PER_BLOCK', 120],
  ['DENSITY_STRESS_BP', 2],
  ['STRESS_YIELD_PENALTY_BP_MAX', 8_500],
  ['SHARING_CHANGE_ENERGY', 5],
  ['SHARING_COOLDOWN_BLOCKS', 100],
  ['SHARE_RECIPIENTS_MAX', 8],
  ['CONDITION_DISABLED_BP', 3_000],
  ['REPAIR_BP_PER_ENERGY', 100],
  ['MINT_QUOTE_ENERGY', 100],
] as const satisfies readonly (readonly [keyof typeof all, number])[]

test.each(DOCUMENTED)('%s is %i', (name, value) => {
  expect(all[name]).toBe(value)
})
