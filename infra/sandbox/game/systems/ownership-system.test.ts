import { expect, test } from 'vitest'
import { areaId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import {
  BOB,
  createScenario,
  givenAdventurer,
  OASIS_HEX,
  type Scenario,
} from '../scenario.testing.ts'

const A = 0xan
const B = 0xbn
const C = 0xcn
const AREA = areaId(OASIS_HEX, 0)

const givenOwned = (owner: bigint): Scenario => {
  const scenario = createScenario()
  givenAdventurer(scenario, A)
  givenAdventurer(scenario, B)
  givenAdventurer(scenario, C, { adventurer: { owner: BOB } })
  scenario.given(
    'AreaOwnership',
    { area_id: AREA },
    { owner_adventurer_id: owner, discoverer_adventurer_id: B, discovery_block: 655n },
  )
  return scenario
}

const rowOf = ({ row }: Scenario): readonly bigint[] => {
  const owned = row('AreaOwnership', { area_id: AREA })
  return [
    owned.owner_adventurer_id,
    owned.discoverer_adventurer_id,
    owned.discovery_block,
    owned.claim_block,
  ]
}

test('examples Ownership 1 and 3: hands the area over and back, and touches neither decay nor building', () => {
  const scenario = givenOwned(A)
  scenario.given('HexDecayState', { hex_coordinate: OASIS_HEX }, { owner_adventurer_id: A })
  const outcome = scenario.call(
    'transfer_ownership',
    { area_id: AREA, to_adventurer_id: C },
    { block: 658 },
  )
  expect(outcome.order).toEqual(['AreaOwnership', '*OwnershipTransferred'])
  expect(outcome.returned).toEqual([1n])
  expect(rowOf(scenario)).toEqual([C, B, 655n, 658n])
  expect(outcome.the('*OwnershipTransferred')).toEqual({
    area_id: AREA,
    from_adventurer_id: A,
    to_adventurer_id: C,
    claim_block: 658n,
  })
  scenario.call(
    'transfer_ownership',
    { area_id: AREA, to_adventurer_id: A },
    { block: 690, by: BOB },
  )
  expect(rowOf(scenario)).toEqual([A, B, 655n, 690n])
  // Quirk 19, and the single controller per hex that the specification promises: control of the hex
  // never moved.
  expect(scenario.row('HexDecayState', { hex_coordinate: OASIS_HEX }).owner_adventurer_id).toBe(A)
})

test.each([
  ['to its owner', A, { to: A }],
  ['to nobody', A, { to: 0n }],
  ['to somebody who never was', A, { to: 0x99n }],
  ['to the dead', A, { dead: C }],
  ['from the dead', A, { dead: A }],
  ['of an area that nobody owns', 0n, {}],
  ['by a stranger', A, { by: BOB }],
])(
  'example Ownership 2: a transfer %s is refused in silence',
  (_, owner, { to = C, dead, by }: TransferCase) => {
    const scenario = givenOwned(owner)
    if (dead !== undefined) givenAdventurer(scenario, dead, { adventurer: { is_alive: false } })
    const at = by === undefined ? { block: 700 } : { block: 700, by }
    const outcome = scenario.call('transfer_ownership', { area_id: AREA, to_adventurer_id: to }, at)
    expect([outcome.emitted, outcome.returned]).toEqual([[], [0n]])
  },
)

type TransferCase = { to?: bigint; dead?: bigint; by?: bigint }

test('get_owner answers the owner, 0 for an area without one', () => {
  const scenario = givenOwned(A)
  expect(scenario.view('ownership_manager', 'get_owner', [AREA], { block: 1 })).toEqual([A])
  expect(scenario.view('ownership_manager', 'get_owner', [1n], { block: 1 })).toEqual([0n])
})
