/**
 * `harvesting_manager`: the order of its guards (game.md §2.3, with its corrections), unreachable
 * reasons among them.
 */
import { describe, expect, test } from 'vitest'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { RowOf } from '../row-codec.ts'
import {
  ALICE,
  BOB,
  givenAdventurer,
  OASIS_HEX,
  ORIGIN_HEX,
  type Outcome,
} from '../scenario.testing.ts'
import {
  A,
  ACTION,
  AREA,
  B,
  givenPlant,
  givenReservation,
  PLACE,
  PLANT,
  plant,
} from './harvest-scenario.testing.ts'

const BLOCK = 668
const U16_MAX = 65_535
const U64_MAX = 2n ** 64n - 1n

/** One fault that is repaired (or made), and how the call is refused then; null when it is not. */
type Step = Readonly<{
  reason: string | null
  adventurer?: Partial<RowOf<'Adventurer'>>
  plant?: Partial<RowOf<'PlantNode'>>
  reservation?: Partial<RowOf<'HarvestReservation'>>
  owner?: bigint
  amount?: number
  block?: number
}>

type Call = 'start_harvesting' | 'complete_harvesting' | 'cancel_harvesting'
const PHASES = {
  start_harvesting: 'START',
  complete_harvesting: 'COMPLETE',
  cancel_harvesting: 'CANCEL',
} as const

/**
 * Takes the steps one after the other, each on top of those before, and checks after each how the
 * call is refused.
 */
const repairing = (call: Call, first: Step, steps: readonly Step[]): Outcome => {
  const scenario = givenPlant()
  let state = { ...first, block: BLOCK }
  for (const step of [first, ...steps]) {
    state = {
      ...state,
      ...step,
      adventurer: { ...state.adventurer, ...step.adventurer },
      plant: { ...state.plant, ...step.plant },
      reservation: { ...state.reservation, ...step.reservation },
    }
    givenAdventurer(scenario, A, {
      adventurer: state.adventurer ?? {},
      economics: { last_regen_block: BigInt(BLOCK) },
    })
    scenario.given('PlantNode', { plant_key: PLANT }, plant(state.plant))
    givenReservation(scenario, state.reservation)
    scenario.given('AreaOwnership', { area_id: AREA }, { owner_adventurer_id: state.owner ?? 0n })
    scenario.game.takeChangedRows()
    const { block } = state
    const outcome =
      call === 'start_harvesting'
        ? scenario.call(call, { ...ACTION, amount: state.amount ?? 0 }, { block })
        : scenario.call(call, ACTION, { block })
    if (step.reason === null) return outcome
    expect(outcome.the('*HarvestingRejected')).toEqual({
      adventurer_id: A,
      hex: PLACE.hex_coordinate,
      area_id: AREA,
      plant_id: 0,
      phase: shortString(PHASES[call]),
      reason: shortString(step.reason),
    })
    expect(outcome.returned).toEqual([0n])
    const kept = step.reason === 'LOW_ENERGY' ? ['Adventurer', 'AdventurerEconomics'] : []
    expect(scenario.game.takeChangedRows().map(({ model }) => model)).toEqual(kept)
  }
  throw new Error('The last step is to succeed')
}

const NOT_HIS: Partial<RowOf<'Adventurer'>> = {
  is_alive: false,
  owner: BOB,
  current_hex: ORIGIN_HEX,
}

describe('the order of guards', () => {
  test('start_harvesting asks for access before anything else, and for what it costs after the yield', () => {
    const adventurer = { ...NOT_HIS, energy: 99, activity_locked_until: U64_MAX }
    const barren = { current_yield: 60, max_yield: 0 }
    const outcome = repairing(
      'start_harvesting',
      { reason: 'NO_ACCESS', owner: B, adventurer, plant: barren },
      [
        { reason: 'DEAD', owner: A },
        { reason: 'NOT_OWNER', adventurer: { is_alive: true } },
        { reason: 'WRONG_HEX', adventurer: { owner: ALICE } },
        { reason: 'ACTIVE', adventurer: { current_hex: OASIS_HEX } },
        { reason: 'LOCKED', reservation: { status: 'Completed' } },
        { reason: 'LOCKED', adventurer: { activity_locked_until: BigInt(BLOCK + 1) } },
        { reason: 'NOT_INIT', adventurer: { activity_locked_until: BigInt(BLOCK) } },
        { reason: 'BAD_AMOUNT', plant: { max_yield: 52 } },
        { reason: 'BAD_PLANT', amount: U16_MAX },
        { reason: 'BAD_PLANT', plant: { current_yield: 50, reserved_yield: 51 } },
        { reason: 'LOW_YIELD', plant: { reserved_yield: 50 } },
        { reason: 'LOW_YIELD', plant: { reserved_yield: 40 }, amount: 11 },
        { reason: 'LOW_ENERGY', amount: 10 },
        {
          reason: 'BAD_AMOUNT',
          plant: { current_yield: U16_MAX, max_yield: U16_MAX, reserved_yield: 0 },
          amount: 6_554,
        },
        { reason: 'LOW_ENERGY', amount: 6_553 },
        { reason: null, amount: 10, adventurer: { energy: 100 } },
      ],
    )
    expect(outcome.the('Adventurer')).toMatchObject({
      energy: 0,
      activity_locked_until: BigInt(BLOCK + 20),
    })
    expect(outcome.the('PlantNode')).toMatchObject({ current_yield: U16_MAX, reserved_yield: 10 })
    expect(outcome.returned).toEqual([1n])
  })

  const unfinished: Step = {
    reason: 'DEAD',
    adventurer: NOT_HIS,
    plant: { reserved_yield: 9 },
    reservation: {
      reserved_amount: 9,
      status: 'Completed',
      adventurer_id: B,
      expiry_block: BigInt(BLOCK + 1),
    },
  }
  const untilLinked: readonly Step[] = [
    { reason: 'NOT_OWNER', adventurer: { is_alive: true } },
    { reason: 'WRONG_HEX', adventurer: { owner: ALICE } },
    { reason: 'NO_ACTIVE', adventurer: { current_hex: OASIS_HEX } },
    { reason: 'NOT_LINKED', reservation: { status: 'Active' } },
  ]
  const linked = { adventurer_id: A }

  test('complete_harvesting asks who acts, where, for an active reservation of his, and then for the time', () => {
    const outcome = repairing('complete_harvesting', unfinished, [
      ...untilLinked,
      { reason: 'TOO_EARLY', reservation: linked },
      { reason: null, block: BLOCK + 1 },
    ])
    expect(outcome.returned).toEqual([9n])
  })

  test('cancel_harvesting asks the same, but never for the time', () => {
    const outcome = repairing('cancel_harvesting', unfinished, [
      ...untilLinked,
      { reason: null, reservation: linked },
    ])
    // 588 of 589 blocks.
    expect(outcome.the('*HarvestingCancelled')).toEqual({ adventurer_id: A, partial_yield: 8 })
  })

  test('init_harvesting asks for hex, area, its type, the slot, and then whether the plant is known', () => {
    const scenario = givenPlant({ max_yield: 1 })
    const ask = (plant_id = 0): Outcome =>
      scenario.call('init_harvesting', { ...PLACE, plant_id }, { block: BLOCK })
    const refused = (reason: string, plant_id = 0): void => {
      const outcome = ask(plant_id)
      expect(outcome.order).toEqual(['*HarvestingRejected'])
      expect(outcome.the('*HarvestingRejected')).toMatchObject({
        adventurer_id: 0n,
        plant_id,
        reason: shortString(reason),
      })
      expect(outcome.returned).toEqual([0n])
    }
    const area = {
      hex_coordinate: ORIGIN_HEX,
      area_type: 'MineField',
      is_discovered: true,
    } as const
    const keys = { area_id: AREA }
    refused('HEX_UNDISC')
    scenario.given(
      'Hex',
      { coordinate: OASIS_HEX },
      { biome: 'Oasis', is_discovered: true, area_count: 5 },
    )
    refused('AREA_UNDISC')
    scenario.given('HexArea', keys, area)
    refused('AREA_UNDISC')
    scenario.given('HexArea', keys, { ...area, hex_coordinate: OASIS_HEX })
    refused('NOT_PLANT')
    const field = { ...area, hex_coordinate: OASIS_HEX, area_type: 'PlantField' } as const
    scenario.given('HexArea', keys, field)
    refused('PLANT_RANGE')
    scenario.given('HexArea', keys, { ...field, plant_slot_count: 8 })
    refused('PLANT_RANGE', 8)
    refused('PLANT_RANGE', 255)
    refused('ALREADY_INIT')
    expect(ask(7).order).toEqual(['PlantNode'])
  })
})

test('places that nobody discovered and felts of any size are refused like unknown plants', () => {
  const scenario = givenPlant()
  const huge = 2n ** 251n
  const place = { hex_coordinate: huge, area_id: huge, plant_id: 255 }
  expect(
    scenario.call('init_harvesting', place, { block: BLOCK }).the('*HarvestingRejected'),
  ).toMatchObject({
    hex: huge,
    area_id: huge,
    plant_id: 255,
    reason: shortString('HEX_UNDISC'),
  })
  const asked = { adventurer_id: A, ...place }
  for (const outcome of [
    scenario.call('start_harvesting', { ...asked, amount: 1 }, { block: BLOCK }),
    scenario.call('complete_harvesting', asked, { block: BLOCK }),
    scenario.call('cancel_harvesting', asked, { block: BLOCK }),
  ]) {
    expect(outcome.the('*HarvestingRejected')).toMatchObject({ reason: shortString('WRONG_HEX') })
  }
})
