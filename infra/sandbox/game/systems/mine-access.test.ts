import { expect, test } from 'vitest'
import { areaId, mineKey } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { RowOf } from '../row-codec.ts'
import {
  BOB,
  createScenario,
  givenAdventurer,
  ORIGIN_HEX,
  type Scenario,
} from '../scenario.testing.ts'

const A = 0xan
const B = 0xbn
const C = 0xcn
const AREA = areaId(ORIGIN_HEX, 1)
const MINE = mineKey(ORIGIN_HEX, AREA, 0)
const ARGS = { controller_adventurer_id: A, mine_key: MINE, grantee_adventurer_id: B }

const givenMine = (owner = A): Scenario => {
  const scenario = createScenario()
  for (const id of [A, B, C]) givenAdventurer(scenario, id)
  const mine = { hex_coordinate: ORIGIN_HEX, area_id: AREA, collapse_threshold: 9_000 }
  scenario.given('MineNode', { mine_key: MINE }, mine)
  scenario.given('AreaOwnership', { area_id: AREA }, { owner_adventurer_id: owner })
  return scenario
}

const listed = ({ row }: Scenario): RowOf<'MineAccessGrant'> =>
  row('MineAccessGrant', { mine_key: MINE, grantee_adventurer_id: B })
const granted = ({ row }: Scenario): RowOf<'ResourceAccessGrant'> =>
  row('ResourceAccessGrant', { resource_key: MINE, grantee_adventurer_id: B })
const policy = ({ row }: Scenario): RowOf<'ResourcePolicy'> =>
  row('ResourcePolicy', { resource_key: MINE })

test('a grant and its revocation write the mine’s list, the policy and the sharing grant, without sharing events', () => {
  const scenario = givenMine()
  const grant = scenario.call('grant_mine_access', ARGS, { block: 300 })
  expect(grant.order).toEqual([
    'MineAccessGrant',
    'ResourcePolicy',
    'ResourceAccessGrant',
    '*MineAccessGranted',
  ])
  expect(grant.the('*MineAccessGranted')).toEqual({
    mine_key: MINE,
    grantee_adventurer_id: B,
    granted_by_adventurer_id: A,
  })
  expect(listed(scenario)).toEqual({
    is_allowed: true,
    granted_by_adventurer_id: A,
    grant_block: 300n,
    revoked_block: 0n,
  })
  expect(granted(scenario)).toEqual({
    permissions_mask: 3,
    granted_by_adventurer_id: A,
    grant_block: 300n,
    revoke_block: 0n,
    is_active: true,
    policy_epoch: 1,
  })
  const revoke = scenario.call('revoke_mine_access', ARGS, { block: 310 })
  expect(revoke.order).toEqual([
    'MineAccessGrant',
    'ResourcePolicy',
    'ResourceAccessGrant',
    '*MineAccessRevoked',
  ])
  expect(listed(scenario)).toMatchObject({
    is_allowed: false,
    grant_block: 300n,
    revoked_block: 310n,
  })
  expect(granted(scenario)).toMatchObject({
    is_active: false,
    revoke_block: 310n,
    grant_block: 300n,
    permissions_mask: 3,
  })
  expect(policy(scenario)).toMatchObject({
    policy_epoch: 1,
    last_mutation_block: 310n,
    scope_key: AREA,
  })
})

test('a revocation without a grant creates the rows', () => {
  const scenario = givenMine()
  expect(scenario.call('revoke_mine_access', ARGS, { block: 300 }).returned).toEqual([1n])
  expect(listed(scenario)).toMatchObject({
    is_allowed: false,
    granted_by_adventurer_id: A,
    grant_block: 0n,
  })
  expect(granted(scenario)).toMatchObject({
    permissions_mask: 0,
    is_active: false,
    policy_epoch: 1,
  })
})

test('a new owner starts a new epoch, which makes sharing grants stale but not the mine’s own list (quirk 19)', () => {
  const scenario = givenMine()
  scenario.call('grant_mine_access', ARGS, { block: 300 })
  scenario.given('AreaOwnership', { area_id: AREA }, { owner_adventurer_id: C })
  expect(policy(scenario).controller_adventurer_id).toBe(A) // the transfer itself changed nothing
  scenario.call(
    'grant_mine_access',
    { ...ARGS, controller_adventurer_id: C, grantee_adventurer_id: C },
    { block: 320 },
  )
  expect(policy(scenario)).toMatchObject({ controller_adventurer_id: C, policy_epoch: 2 })
  const permissions = scenario.view('sharing_manager', 'inspect_resource_permissions', [MINE, B], {
    block: 330,
  })
  expect(permissions).toEqual([0n])
  const start = { adventurer_id: B, hex_coordinate: ORIGIN_HEX, area_id: AREA, mine_id: 0 }
  expect(scenario.call('start_mining', start, { block: 330 }).order).toContain('*MiningStarted')
})

test('the epoch after the largest reverts', () => {
  const scenario = givenMine()
  const rules = { controller_adventurer_id: B, policy_epoch: 2 ** 32 - 1 }
  scenario.given('ResourcePolicy', { resource_key: MINE }, rules)
  expect(() => scenario.call('grant_mine_access', ARGS, { block: 300 })).toThrow('u32_add Overflow')
  expect(listed(scenario).is_allowed).toBe(false)
})

test.each([
  ['a stranger', A, BOB, 'NOT_OWNER'],
  ['who does not own the area', C, undefined, 'NOT_CTRL'],
])('rejects %s', (_, owner, by, reason) => {
  const scenario = givenMine(owner)
  for (const [entrypoint, action] of [
    ['grant_mine_access', 'MINE_GRANT'],
    ['revoke_mine_access', 'MINE_REVOKE'],
  ] as const) {
    const outcome = scenario.call(
      entrypoint,
      ARGS,
      by === undefined ? { block: 300 } : { block: 300, by },
    )
    expect(outcome.emitted).toEqual([
      {
        name: '*MiningRejected',
        fields: {
          adventurer_id: A,
          mine_key: MINE,
          action: shortString(action),
          reason: shortString(reason),
        },
      },
    ])
  }
})

test('an unknown mine is refused in silence', () => {
  const outcome = createScenario().call('grant_mine_access', ARGS, { block: 300 })
  expect([outcome.emitted, outcome.returned]).toEqual([[], [0n]])
})

test.each([
  ['the policy’s controller', { controller: B, mask: 0 }, true],
  ['an effective grant to extract', { controller: A, mask: 2 }, true],
  ['a grant to inspect', { controller: A, mask: 1 }, false],
  ['nothing', { controller: 0n, mask: 2 }, false],
])('%s opens the mine: %s', (_, { controller, mask }, opens) => {
  const scenario = givenMine()
  const rules = { controller_adventurer_id: controller, is_enabled: true, policy_epoch: 2 }
  scenario.given('ResourcePolicy', { resource_key: MINE }, rules)
  const grantKeys = { resource_key: MINE, grantee_adventurer_id: B }
  scenario.given('ResourceAccessGrant', grantKeys, {
    permissions_mask: mask,
    is_active: true,
    policy_epoch: 2,
  })
  const start = { adventurer_id: B, hex_coordinate: ORIGIN_HEX, area_id: AREA, mine_id: 0 }
  const outcome = scenario.call('start_mining', start, { block: 330 })
  expect(outcome.order.includes('*MiningStarted')).toBe(opens)
})
