/**
 * `world_manager` at its boundaries (game.md §2.1): the order of its guards, exact prices, replays,
 * the edge of the world.
 */
import { describe, expect, test } from 'vitest'
import { type Cube, packHex } from '../../../../domain/hex.ts'
import type { EntrypointName } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { areaId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { CallRowOf, RowOf } from '../row-codec.ts'
import {
  ALICE,
  BOB,
  createScenario,
  givenAdventurer,
  OASIS_HEX,
  ORIGIN_HEX,
  type Outcome,
  type Scenario,
} from '../scenario.testing.ts'

const A = 0xan
const B = 0xbn
const BLOCK = 650
const U16_MAX = 65_535
const U64_MAX = 2n ** 64n - 1n
const FAR_HEX = 0x400015ffffcffffdn

type Step<E extends EntrypointName> = Readonly<{
  /** How the call is refused with all faults that are left; null when it is not. */
  reason: string | null
  adventurer?: Partial<RowOf<'Adventurer'>>
  args?: Partial<CallRowOf<E>>
  given?: (scenario: Scenario) => void
}>

/**
 * Repairs one fault after the other, and says after each how the call is refused; a refusal has to
 * write nothing.
 */
const repairing = <E extends EntrypointName>(
  [entrypoint, action]: readonly [E, string],
  args: CallRowOf<E>,
  steps: readonly Step<E>[],
): Outcome => {
  const scenario = createScenario()
  let adventurer: Partial<RowOf<'Adventurer'>> = {
    is_alive: false,
    owner: BOB,
    energy: 0,
    current_hex: 0n,
  }
  let asked = args
  for (const step of steps) {
    adventurer = { ...adventurer, ...step.adventurer }
    asked = { ...asked, ...step.args }
    givenAdventurer(scenario, A, { adventurer })
    step.given?.(scenario)
    scenario.game.takeChangedRows()
    const outcome = scenario.call(entrypoint, asked, { block: BLOCK })
    if (step.reason === null) return outcome
    const { hex_coordinate, to_hex_coordinate } = asked as Readonly<Record<string, bigint>>
    const target = hex_coordinate ?? to_hex_coordinate
    const rejection = {
      adventurer_id: A,
      action: shortString(action),
      target,
      reason: shortString(step.reason),
    }
    expect(outcome.emitted).toEqual([{ name: '*WorldActionRejected', fields: rejection }])
    expect(outcome.returned).toEqual([])
    expect(scenario.game.takeChangedRows()).toEqual([])
  }
  throw new Error('The last step is to succeed')
}

const givenHex =
  (fields: Partial<RowOf<'Hex'>>) =>
  ({ given }: Scenario): void =>
    given('Hex', { coordinate: OASIS_HEX }, { biome: 'Oasis', ...fields })

describe('the order of guards', () => {
  test('discover_hex asks who acts, whether both felts are hexes, whether they touch, and then for energy', () => {
    const outcome = repairing(
      ['discover_hex', 'DISC_HEX'],
      { adventurer_id: A, hex_coordinate: 1n },
      [
        { reason: 'DEAD' },
        { reason: 'NOT_OWNER', adventurer: { is_alive: true } },
        { reason: 'BAD_COORD', adventurer: { owner: ALICE } },
        { reason: 'BAD_COORD', args: { hex_coordinate: OASIS_HEX } },
        { reason: 'NOT_ADJ', adventurer: { current_hex: FAR_HEX } },
        { reason: 'LOW_ENERGY', adventurer: { current_hex: ORIGIN_HEX, energy: 24 } },
        { reason: null, adventurer: { energy: 25 } },
      ],
    )
    expect(outcome.the('Adventurer')).toMatchObject({ energy: 0 })
  })

  test('move_adventurer asks the same in the same order', () => {
    const outcome = repairing(
      ['move_adventurer', 'MOVE'],
      { adventurer_id: A, to_hex_coordinate: 1n },
      [
        { reason: 'DEAD' },
        { reason: 'NOT_OWNER', adventurer: { is_alive: true } },
        { reason: 'BAD_COORD', adventurer: { owner: ALICE } },
        { reason: 'BAD_COORD', args: { to_hex_coordinate: OASIS_HEX } },
        { reason: 'NOT_ADJ', adventurer: { current_hex: OASIS_HEX } },
        { reason: 'LOW_ENERGY', adventurer: { current_hex: ORIGIN_HEX, energy: 14 } },
        { reason: null, adventurer: { energy: 15 } },
      ],
    )
    expect(outcome.the('Adventurer')).toMatchObject({ energy: 0, current_hex: OASIS_HEX })
  })

  test('discover_area asks who acts, where, whether hex and index are known, and then for the control area', () => {
    const args = { adventurer_id: A, hex_coordinate: OASIS_HEX, area_index: 255 }
    const outcome = repairing(['discover_area', 'DISC_AREA'], args, [
      { reason: 'DEAD' },
      { reason: 'NOT_OWNER', adventurer: { is_alive: true } },
      { reason: 'WRONG_HEX', adventurer: { owner: ALICE } },
      { reason: 'HEX_UNDISC', adventurer: { current_hex: OASIS_HEX } },
      { reason: 'HEX_UNDISC', given: givenHex({ area_count: 3 }) },
      { reason: 'AREA_INDEX', given: givenHex({ area_count: 3, is_discovered: true }) },
      { reason: 'AREA_INDEX', args: { area_index: 3 } },
      { reason: 'CTRL_UNSET', args: { area_index: 2 } },
      {
        reason: null,
        given: ({ given }) =>
          given('AreaOwnership', { area_id: areaId(OASIS_HEX, 0) }, { owner_adventurer_id: B }),
      },
    ])
    expect(outcome.the('*AreaOwnershipAssigned')).toMatchObject({
      owner_adventurer_id: B,
      discoverer_adventurer_id: A,
    })
  })
})

describe('replays and repeats', () => {
  test('a hex that is known already is passed over before energy is asked for, whoever found it', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 0 } })
    givenHex({ is_discovered: true, discoverer: BOB })(scenario)
    const outcome = scenario.call(
      'discover_hex',
      { adventurer_id: A, hex_coordinate: OASIS_HEX },
      { block: BLOCK },
    )
    expect([outcome.emitted, outcome.returned]).toEqual([[], []])
  })

  test('an area that is known already is passed over, whoever asks, and keeps its owner', () => {
    const scenario = createScenario()
    givenHex({ is_discovered: true, area_count: 5 })(scenario)
    for (const id of [A, B])
      givenAdventurer(scenario, id, { adventurer: { current_hex: OASIS_HEX } })
    const discover = (adventurer_id: bigint, area_index: number): readonly string[] =>
      scenario.call(
        'discover_area',
        { adventurer_id, hex_coordinate: OASIS_HEX, area_index },
        { block: BLOCK },
      ).order
    expect(discover(A, 0)).toHaveLength(5)
    expect(discover(B, 1)).toHaveLength(4)
    expect([discover(B, 0), discover(A, 1)]).toEqual([[], []])
    const owners = [0, 1].map((index) =>
      scenario.row('AreaOwnership', { area_id: areaId(OASIS_HEX, index) }),
    )
    expect(owners.map((row) => [row.owner_adventurer_id, row.discoverer_adventurer_id])).toEqual([
      [A, A],
      [A, B],
    ])
  })

  test('every move moves, there and back in one block, and energy above the maximum is spent like any other', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, {
      adventurer: { energy: U16_MAX, activity_locked_until: U64_MAX },
    })
    for (const to_hex_coordinate of [OASIS_HEX, ORIGIN_HEX, OASIS_HEX]) {
      scenario.call('move_adventurer', { adventurer_id: A, to_hex_coordinate }, { block: BLOCK })
    }
    expect(scenario.row('Adventurer', { adventurer_id: A })).toMatchObject({
      energy: U16_MAX - 45,
      current_hex: OASIS_HEX,
      activity_locked_until: U64_MAX,
    })
  })
})

describe('the edge of the world', () => {
  const AXIS_MAX = 2 ** 20 - 1
  const EDGE: Cube = { x: AXIS_MAX, y: -AXIS_MAX - 1, z: 1 }
  const packed = (x: number, y: number, z: number): bigint =>
    BigInt(x + AXIS_MAX + 1) * 2n ** 42n +
    BigInt(y + AXIS_MAX + 1) * 2n ** 21n +
    BigInt(z + AXIS_MAX + 1)

  test.each([
    ['back inside', packed(AXIS_MAX - 1, -AXIS_MAX, 1), 'moved'],
    ['along it', packed(AXIS_MAX, -AXIS_MAX, 0), 'moved'],
    ['beyond the x axis', packed(AXIS_MAX + 1, -AXIS_MAX - 1, 0), 'BAD_COORD'],
    ['beyond the y axis', packed(AXIS_MAX, -AXIS_MAX - 2, 2), 'BAD_COORD'],
  ])('a step %s', (_, to, result) => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { current_hex: BigInt(packHex(EDGE) as string) } })
    const outcome = scenario.call(
      'move_adventurer',
      { adventurer_id: A, to_hex_coordinate: to },
      { block: BLOCK },
    )
    if (result === 'moved') expect(outcome.the('*AdventurerMoved').to).toBe(to)
    else expect(outcome.the('*WorldActionRejected').reason).toBe(shortString(result))
  })
})
