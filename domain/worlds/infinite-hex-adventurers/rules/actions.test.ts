import { describe, expect, it, test } from 'vitest'
import {
  COSTS,
  canPay,
  claimTerms,
  defenceCost,
  harvestCost,
  isBusy,
  isDecayDue,
  landingBlock,
  mayHarvest,
} from './actions.ts'
import { defenceEnergyAgainst } from './claim.ts'

const HEX = { level: 90, claimableSinceBlock: 400, upkeep: 25 }
const CLAIMANT = { maxEnergy: 100 }

describe('a claim', () => {
  it('takes the hex at once from the block on in which it lands 500 after it became claimable', () => {
    const immediateAt = (head: number) =>
      claimTerms(HEX, null, CLAIMANT, landingBlock(head))?.isImmediate
    expect([immediateAt(898), immediateAt(899)]).toEqual([false, true])
  })

  it('costs what the upkeep with the regulator’s factor makes of it, and no more than one can have', () => {
    const energyOf = (upkeep: number, maxEnergy = 100) =>
      claimTerms({ ...HEX, upkeep }, null, { maxEnergy }, 401)?.cost.energy
    expect([energyOf(12), energyOf(25), energyOf(37)]).toEqual([74, 100, 100])
    expect([energyOf(25, 60), energyOf(25, 0)]).toEqual([60, 1])
  })

  it('is open once the escrow of another has run out at the block where it lands', () => {
    const isOpenAt = (block: number) =>
      claimTerms(HEX, { expiryBlock: 500 }, CLAIMANT, block)?.isOpen
    expect([isOpenAt(500), isOpenAt(501)]).toEqual([false, true])
  })

  it('cannot be laid to a hex of which nobody has shown that it may', () => {
    expect(claimTerms({ ...HEX, claimableSinceBlock: null }, null, CLAIMANT, 900)).toBeNull()
    expect(claimTerms({ ...HEX, level: 79 }, null, CLAIMANT, 900)).toBeNull()
  })
})

test('a defence takes what beats the escrow, up to the block at which it runs out', () => {
  const escrow = { minimumDefenceEnergy: defenceEnergyAgainst(100, true), expiryBlock: 500 }
  expect(defenceCost(escrow, 500)).toEqual({ spending: 'regenerated', energy: 80 })
  expect(defenceCost(escrow, 501)).toBeNull()
})

test('energy is what the call finds at the block where it lands', () => {
  const state = { energy: 9, maxEnergy: 100, lastRegenBlock: 100 }
  expect(canPay(harvestCost(1), state, 104)).toBe(false)
  expect(canPay(harvestCost(1), state, 105)).toBe(true)
  expect(canPay(COSTS.move_adventurer, { ...state, energy: 14 }, 10_000)).toBe(false)
  expect(canPay(COSTS.move_adventurer, { ...state, energy: 15 }, 100)).toBe(true)
  expect(canPay(COSTS.discover_area, { ...state, energy: 0 }, 100)).toBe(true)
})

test('an adventurer is busy up to its lock, and is not at it', () => {
  expect(['701', '700', '18446744073709551615'].map((lock) => isBusy(lock, 700))).toEqual([
    true,
    false,
    true,
  ])
})

test('the owner harvests, anybody where there is none, and those that a policy lets', () => {
  const area = { ownerId: '0xb', harvesterIds: ['0xc', '0xd'] }
  expect(['0xa', '0xb', '0xc', '0xd'].map((id) => mayHarvest(area, id))).toEqual([
    false,
    true,
    true,
    true,
  ])
  expect(mayHarvest({ ownerId: null, harvesterIds: [] }, '0xa')).toBe(true)
})

test('decay is due when a whole period has passed where the call lands', () => {
  expect([isDecayDue(400, landingBlock(498)), isDecayDue(400, landingBlock(499))]).toEqual([
    false,
    true,
  ])
})
