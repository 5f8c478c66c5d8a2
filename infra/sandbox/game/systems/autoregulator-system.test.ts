import { expect, test } from 'vitest'
import { adventurerId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { CallReverted } from '../../chain/game.ts'
import {
  ALICE,
  createScenario,
  energyOf,
  givenAdventurer,
  type Scenario,
} from '../scenario.testing.ts'

const SLOT = { slot: 1 }
const tick = (scenario: Scenario, block: number) =>
  scenario.call('tick_autoregulator', {}, { block })
const stateOf = ({ row }: Scenario) => {
  const state = row('RegulatorState', SLOT)
  return [state.has_ticked, Number(state.last_tick_block), state.last_tick_epoch]
}
const policyOf = ({ row }: Scenario) => {
  const policy = row('RegulatorPolicy', SLOT)
  return [policy.policy_epoch, policy.conversion_tax_bp, policy.upkeep_bp, policy.mint_discount_bp]
}

test('example Regulator 1: the first tick writes all four rows, pays nothing, and its tax bites at once', () => {
  const scenario = createScenario()
  const outcome = tick(scenario, 350)
  expect(outcome.order).toEqual([
    'RegulatorState',
    'RegulatorPolicy',
    'RegulatorConfig',
    'RegulatorTreasury',
    '*RegulatorTicked',
    '*RegulatorPolicyUpdated',
  ])
  expect(outcome.returned).toEqual([2n, 3n, 0n, 1n])
  expect(stateOf(scenario)).toEqual([true, 350, 3])
  expect(policyOf(scenario)).toEqual([1, 100, 0, 0])
  expect(outcome.the('RegulatorConfig')).toEqual({
    slot: 1,
    epoch_blocks: 100n,
    keeper_bounty_energy: 10,
    keeper_bounty_max: 20,
    bounty_funding_share_bp: 100,
    inflation_target_pct: 10,
    inflation_deadband_pct: 1,
    policy_slew_limit_bp: 100,
    min_conversion_tax_bp: 100,
    max_conversion_tax_bp: 5_000,
  })
  expect(outcome.the('RegulatorTreasury')).toEqual({
    slot: 1,
    regulator_bounty_pool: 0n,
    last_bounty_epoch: 3,
    last_bounty_paid: 0,
    last_bounty_caller: ALICE,
  })
  expect(outcome.the('*RegulatorTicked')).toEqual({
    epoch: 3,
    caller: ALICE,
    bounty_paid: 0,
    status: 2,
  })
  expect(outcome.the('*RegulatorPolicyUpdated')).toEqual({
    epoch: 3,
    conversion_tax_bp: 100,
    upkeep_bp: 0,
    mint_discount_bp: 0,
  })
  expect(taxPaidAt(scenario, 351)).toBe(1)
  expect(scenario.view('autoregulator_manager', 'get_regulator_policy', [], { block: 1 })).toEqual([
    1n,
    1n,
    100n,
    0n,
    0n,
  ])
})

/** Tax on converting items worth 100 energy into an empty adventurer. */
const taxPaidAt = (scenario: Scenario, block: number): number => {
  const id = adventurerId(ALICE, 1n, BigInt(block))
  givenAdventurer(scenario, id, { adventurer: { energy: 0 } })
  const itemKeys = { adventurer_id: id, item_id: BigInt(block) }
  scenario.given('BackpackItem', itemKeys, { quantity: 10, weight_per_unit: 1 })
  scenario.call('convert_items_to_energy', { ...itemKeys, quantity: 10 }, { block })
  return energyOf(scenario, id)[1][1]
}

test('example Regulator 2: too early is silent, and the next epoch raises the tax by one step', () => {
  const scenario = createScenario()
  tick(scenario, 350)
  const early = tick(scenario, 449)
  expect([early.emitted, early.returned]).toEqual([[], [0n, 4n, 0n, 0n]])
  const same = tick(scenario, 399)
  expect([same.emitted, same.returned]).toEqual([[], [1n, 3n, 0n, 0n]])
  expect(tick(scenario, 450).returned).toEqual([2n, 4n, 0n, 1n])
  expect(stateOf(scenario)).toEqual([true, 450, 4])
  expect(policyOf(scenario)).toEqual([2, 200, 0, 0])
})

test('example Regulator 3: on a fresh world the tax of the first epoch waits for the second', () => {
  const scenario = createScenario()
  expect(tick(scenario, 99).returned).toEqual([0n, 0n, 0n, 0n])
  tick(scenario, 150)
  expect(policyOf(scenario)[0]).toBe(1)
  expect([taxPaidAt(scenario, 199), taxPaidAt(scenario, 200)]).toEqual([0, 1])
})

test('quirk 21: the tax only ever rises, to 5 000 basis points, whatever the economy does', () => {
  const scenario = createScenario()
  const taxes = Array.from({ length: 55 }, (_, at) => {
    tick(scenario, 100 + at * 100)
    return policyOf(scenario)[1] as number
  })
  expect(taxes).toEqual(Array.from({ length: 55 }, (_, at) => Math.min(5_000, (at + 1) * 100)))
})

test('epochs that nobody ticked are not made up for: a tick after many of them is one step', () => {
  const scenario = createScenario()
  tick(scenario, 100)
  expect(tick(scenario, 5_099).returned).toEqual([2n, 50n, 0n, 1n])
  expect(policyOf(scenario)).toEqual([2, 200, 0, 0])
  // The next epoch, but not 100 blocks later.
  expect(tick(scenario, 5_100).returned).toEqual([0n, 51n, 0n, 0n])
  expect(tick(scenario, 5_199).returned).toEqual([2n, 51n, 0n, 1n])
})

test('a pool that somebody filled pays a bounty of 10, as an event alone', () => {
  const scenario = createScenario()
  scenario.given('RegulatorTreasury', SLOT, { regulator_bounty_pool: 13n })
  const outcome = tick(scenario, 350)
  expect(outcome.order.at(-1)).toBe('*BountyPaid')
  expect(outcome.the('*BountyPaid')).toEqual({ epoch: 3, caller: ALICE, amount: 10 })
  expect(outcome.the('RegulatorTreasury')).toMatchObject({
    regulator_bounty_pool: 3n,
    last_bounty_paid: 10,
  })
  expect(tick(scenario, 450).the('*BountyPaid')).toMatchObject({ amount: 3 })
})

test('snapshots are never written: the view answers the last epoch and zeros', () => {
  const scenario = createScenario()
  tick(scenario, 350)
  const snapshot = scenario.view('autoregulator_manager', 'get_latest_snapshot', [], { block: 1 })
  expect(snapshot).toEqual([3n, ...new Array<bigint>(8).fill(0n)])
})

test('on a stock migration a tick that would write reverts, and one that is too early does not', () => {
  const scenario = createScenario({ writers: 'stock' })
  expect(() => tick(scenario, 350)).toThrow(CallReverted)
  expect(tick(scenario, 50).returned).toEqual([0n, 0n, 0n, 0n])
})
