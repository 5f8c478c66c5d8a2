/** What game.md §8 promises of harvests and does not keep, for any number of plants, amounts and blocks. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plantKey, reservationId } from '../../../../schemas/worlds/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import { ALICE, BOB, createScenario, givenAdventurer, OASIS_HEX, type Scenario } from '../scenario.testing.ts'
import { A, ACTION, AREA, B, plant } from './harvest-scenario.testing.ts'

const SEED = 21

const amounts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 })

const givenPlants = (count: number): Scenario => {
  const scenario = createScenario()
  givenAdventurer(scenario, A, { adventurer: { current_hex: OASIS_HEX, energy: 65_535 } })
  for (let plant_id = 0; plant_id < count; plant_id++) {
    scenario.given('PlantNode', { plant_key: plantKey(OASIS_HEX, AREA, plant_id) }, plant({ plant_id }))
  }
  return scenario
}

/** Starts a harvest of every plant, each at the block where the lock of the one before ends; returns the last end. */
const startAll = (scenario: Scenario, units: readonly number[], from: number): number => {
  let block = from
  for (const [plant_id, amount] of units.entries()) {
    const started = scenario.call('start_harvesting', { ...ACTION, plant_id, amount }, { block })
    block = Number(started.the('*HarvestingStarted').eta)
  }
  return block
}

const statusOf = ({ row }: Scenario, plantId: number): string =>
  row('HarvestReservation', { reservation_id: reservationId(A, plantKey(OASIS_HEX, AREA, plantId)) }).status

const block = fc.integer({ min: 1, max: 2 ** 40 })

test(`an adventurer has as many active harvests as he likes, and a cancellation does not say of what (seed ${SEED})`, () => {
  fc.assert(
    fc.property(amounts, block, (units, from) => {
      const scenario = givenPlants(units.length)
      const end = startAll(scenario, units, from)
      expect(units.map((_, plantId) => statusOf(scenario, plantId))).toEqual(units.map(() => 'Active'))
      for (const [plant_id, amount] of units.entries()) {
        const cancelled = scenario.call('cancel_harvesting', { ...ACTION, plant_id }, { block: end })
        expect(cancelled.the('*HarvestingCancelled')).toEqual({ adventurer_id: A, partial_yield: amount })
      }
    }),
    { seed: SEED, numRuns: 40 },
  )
})

test(`death keeps every reservation active, and what it reserved from everybody for ever (seed ${SEED})`, () => {
  fc.assert(
    fc.property(amounts, block, fc.nat(1_000), (units, from, later) => {
      const scenario = givenPlants(units.length)
      const end = startAll(scenario, units, from) + later
      scenario.call('kill_adventurer', { adventurer_id: A, cause: 1n }, { block: end })
      givenAdventurer(scenario, B, { adventurer: { current_hex: OASIS_HEX, energy: 65_535, owner: BOB } })
      for (const [plant_id, amount] of units.entries()) {
        expect(statusOf(scenario, plant_id)).toBe('Active')
        for (const by of [ALICE, BOB]) {
          const ended = scenario.call('complete_harvesting', { ...ACTION, plant_id }, { block: end + 1, by })
          expect(ended.the('*HarvestingRejected')).toMatchObject({ reason: shortString('DEAD') })
        }
        const rest = { ...ACTION, adventurer_id: B, plant_id, amount: 52 - amount + 1 }
        const tooMuch = scenario.call('start_harvesting', rest, { block: end + 1, by: BOB })
        expect(tooMuch.the('*HarvestingRejected')).toMatchObject({ reason: shortString('LOW_YIELD') })
      }
    }),
    { seed: SEED, numRuns: 40 },
  )
})
