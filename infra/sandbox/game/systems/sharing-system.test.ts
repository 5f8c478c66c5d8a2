import { describe, expect, test } from 'vitest'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { RowOf } from '../row-codec.ts'
import { BOB, createScenario, givenAdventurer, type Scenario } from '../scenario.testing.ts'
import { recipientsOf } from './share-tally.ts'

const A = 0xan
const B = 0xbn
const R1 = 0x21n
const R2 = 0x22n
const R3 = 0x23n
const KEY = 0x777n
const CHANGE = { controller_adventurer_id: A, resource_key: KEY }

const energy = ({ row }: Scenario): number => row('Adventurer', { adventurer_id: A }).energy
const policy = ({ row }: Scenario): RowOf<'ResourcePolicy'> =>
  row('ResourcePolicy', { resource_key: KEY })
const tally = ({ row }: Scenario): readonly [number, number, number, ...bigint[]] => {
  const t = row('ResourceShareRuleTally', { resource_key: KEY, rule_kind: 'OutputItem' })
  return [t.total_bp, t.active_recipient_count, t.policy_epoch, ...recipientsOf(t)]
}
const upsert = (scenario: Scenario, block: number, is_enabled = true) =>
  scenario.call(
    'upsert_resource_policy',
    { ...CHANGE, resource_kind: 'PlantArea', is_enabled },
    { block },
  )
const grant = (
  scenario: Scenario,
  block: number,
  permissions_mask = 3,
  grantee_adventurer_id = B,
) =>
  scenario.call(
    'grant_resource_access',
    { ...CHANGE, grantee_adventurer_id, permissions_mask },
    { block },
  )
const revoke = (scenario: Scenario, block: number) =>
  scenario.call('revoke_resource_access', { ...CHANGE, grantee_adventurer_id: B }, { block })
const rule = (recipient: bigint) =>
  ({ recipient_adventurer_id: recipient, rule_kind: 'OutputItem' }) as const
const setRule = (scenario: Scenario, recipient: bigint, share_bp: number, block: number) =>
  scenario.call('set_resource_share_rule', { ...CHANGE, ...rule(recipient), share_bp }, { block })
const clearRule = (scenario: Scenario, recipient: bigint, block: number) =>
  scenario.call('clear_resource_share_rule', { ...CHANGE, ...rule(recipient) }, { block })
const rejected = (action: string, reason: string) => [
  {
    name: '*ResourcePermissionRejected',
    fields: {
      adventurer_id: A,
      resource_key: KEY,
      action: shortString(action),
      reason: shortString(reason),
    },
  },
]

describe('sharing through the worked examples', () => {
  test('examples Sharing 1 to 4: policy, cooldown, grant, rules, the tally and its slots, revocation', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 40 } })
    const created = upsert(scenario, 710)
    expect(created.order).toEqual(['Adventurer', 'ResourcePolicy', '*ResourcePolicyUpserted'])
    expect(created.the('*ResourcePolicyUpserted')).toEqual({
      resource_key: KEY,
      scope: 'Area',
      scope_key: KEY,
      resource_kind: 'PlantArea',
      controller_adventurer_id: A,
      policy_epoch: 1,
      is_enabled: true,
      updated_block: 710n,
    })
    expect(energy(scenario)).toBe(35)
    expect(policy(scenario)).toMatchObject({
      policy_epoch: 1,
      updated_block: 710n,
      last_mutation_block: 710n,
    })

    expect(grant(scenario, 760).emitted).toEqual(rejected('SH_GRANT', 'COOLDOWN'))
    const granted = grant(scenario, 810)
    expect(granted.order).toEqual([
      'Adventurer',
      'ResourcePolicy',
      'ResourceAccessGrant',
      '*ResourceAccessGranted',
    ])
    expect(energy(scenario)).toBe(30)
    expect(granted.the('ResourceAccessGrant')).toEqual({
      resource_key: KEY,
      grantee_adventurer_id: B,
      permissions_mask: 3,
      granted_by_adventurer_id: A,
      grant_block: 810n,
      revoke_block: 0n,
      is_active: true,
      policy_epoch: 1,
    })

    const first = setRule(scenario, R1, 3_333, 910)
    expect(first.order).toEqual([
      ...[
        'Adventurer',
        'ResourcePolicy',
        'ResourceShareRule',
        'ResourceShareRuleTally',
        '*ResourceShareRuleSet',
      ],
    ])
    expect(tally(scenario)).toEqual([3_333, 1, 1, R1, 0n, 0n, 0n, 0n, 0n, 0n, 0n])
    setRule(scenario, R2, 5_000, 1_010)
    expect(tally(scenario)).toEqual([8_333, 2, 1, R1, R2, 0n, 0n, 0n, 0n, 0n, 0n])
    expect(setRule(scenario, R1, 5_001, 1_110).emitted).toEqual(rejected('SH_SET', 'OVERFLOW'))
    const cleared = clearRule(scenario, R1, 1_110)
    expect(cleared.the('ResourceShareRule')).toMatchObject({
      share_bp: 0,
      is_active: false,
      policy_epoch: 1,
      updated_block: 1_110n,
    })
    expect(tally(scenario)).toEqual([5_000, 1, 1, 0n, R2, 0n, 0n, 0n, 0n, 0n, 0n])
    setRule(scenario, R3, 2_000, 1_210)
    expect(tally(scenario)).toEqual([7_000, 2, 1, R3, R2, 0n, 0n, 0n, 0n, 0n, 0n])

    const revoked = revoke(scenario, 1_310)
    expect(revoked.order.slice(2)).toEqual(['ResourceAccessGrant', '*ResourceAccessRevoked'])
    expect(revoked.the('ResourceAccessGrant')).toMatchObject({
      permissions_mask: 3,
      granted_by_adventurer_id: A,
      grant_block: 810n,
      revoke_block: 1_310n,
      is_active: false,
      policy_epoch: 1,
    })
    expect(energy(scenario)).toBe(5)
  })

  test('changing an effective rule changes the total alone', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A)
    upsert(scenario, 100)
    setRule(scenario, R1, 3_000, 200)
    setRule(scenario, R1, 10_000, 300)
    expect(tally(scenario).slice(0, 5)).toEqual([10_000, 1, 1, R1, 0n])
  })

  test('a tally of an earlier epoch counts as empty', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A)
    const old = { total_bp: 9_999, active_recipient_count: 8, policy_epoch: 1, recipient_3: R2 }
    scenario.given('ResourceShareRuleTally', { resource_key: KEY, rule_kind: 'OutputItem' }, old)
    const rules = { controller_adventurer_id: A, is_enabled: true, policy_epoch: 2 }
    scenario.given('ResourcePolicy', { resource_key: KEY }, rules)
    setRule(scenario, R1, 500, 300)
    expect(tally(scenario)).toEqual([500, 1, 2, R1, 0n, 0n, 0n, 0n, 0n, 0n, 0n])
  })
})

test('quirk 18: whoever comes first controls a key, whatever stands behind it; a stranger then does not', () => {
  const scenario = createScenario()
  givenAdventurer(scenario, A)
  givenAdventurer(scenario, B)
  upsert(scenario, 100)
  const args = {
    controller_adventurer_id: B,
    resource_key: KEY,
    resource_kind: 'Mine',
    is_enabled: true,
  } as const
  const outcome = scenario.call('upsert_resource_policy', args, { block: 200 })
  expect(outcome.the('*ResourcePermissionRejected')).toMatchObject({
    reason: shortString('NOT_CTRL'),
  })
  expect(upsert(scenario, 200, false).the('*ResourcePolicyUpserted')).toMatchObject({
    policy_epoch: 1,
    is_enabled: false,
  })
})

describe('rejections', () => {
  const givenPolicy = (
    fields: Partial<RowOf<'ResourcePolicy'>> = {},
    actor: Partial<RowOf<'Adventurer'>> = {},
  ): Scenario => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: actor })
    const on = {
      controller_adventurer_id: A,
      is_enabled: true,
      policy_epoch: 1,
      last_mutation_block: 100n,
    }
    scenario.given('ResourcePolicy', { resource_key: KEY }, { ...on, ...fields })
    return scenario
  }

  const calls = [
    ['SH_GRANT', (scenario: Scenario, block: number) => grant(scenario, block)],
    ['SH_REVOKE', (scenario: Scenario, block: number) => revoke(scenario, block)],
    ['SH_SET', (scenario: Scenario, block: number) => setRule(scenario, R1, 100, block)],
    ['SH_CLEAR', (scenario: Scenario, block: number) => clearRule(scenario, R1, block)],
  ] as const

  test.each(calls)(
    '%s asks who acts, then the policy, then its controller, then the cooldown',
    (action, call) => {
      const off = { is_enabled: false }
      expect(call(givenPolicy(off, { is_alive: false }), 150).emitted).toEqual(
        rejected(action, 'DEAD'),
      )
      expect(call(givenPolicy(off, { owner: BOB }), 150).emitted).toEqual(
        rejected(action, 'NOT_OWNER'),
      )
      expect(call(givenPolicy(off), 150).emitted).toEqual(rejected(action, 'POLICY_OFF'))
      expect(call(givenPolicy({ controller_adventurer_id: B }), 150).emitted).toEqual(
        rejected(action, 'NOT_CTRL'),
      )
      expect(call(givenPolicy(), 199).emitted).toEqual(rejected(action, 'COOLDOWN'))
    },
  )

  test.each([
    ['BAD_MASK', (s: Scenario) => grant(s, 200, 0), 'SH_GRANT'],
    ['BAD_MASK', (s: Scenario) => grant(s, 200, 16), 'SH_GRANT'],
    ['BAD_MASK', (s: Scenario) => grant(s, 200, 3, 0n), 'SH_GRANT'],
    ['NOT_GRANTED', (s: Scenario) => revoke(s, 200), 'SH_REVOKE'],
    ['BAD_RECIP', (s: Scenario) => setRule(s, 0n, 0, 200), 'SH_SET'],
    ['BAD_SHARE', (s: Scenario) => setRule(s, R1, 0, 200), 'SH_SET'],
    ['BAD_SHARE', (s: Scenario) => setRule(s, R1, 10_001, 200), 'SH_SET'],
    ['NOT_FOUND', (s: Scenario) => clearRule(s, R1, 200), 'SH_CLEAR'],
    ['LOW_ENERGY', (s: Scenario) => setRule(s, R1, 5, 200), 'SH_SET', { energy: 4 }],
    ['LOW_ENERGY', (s: Scenario) => upsert(s, 200), 'SH_POLICY', { energy: 4 }],
    ['COOLDOWN', (s: Scenario) => upsert(s, 199), 'SH_POLICY'],
  ] as const)('%s', (reason, call, action, actor: Partial<RowOf<'Adventurer'>> = {}) => {
    const scenario = givenPolicy({}, actor)
    expect(call(scenario).emitted).toEqual(rejected(action, reason))
    expect(policy(scenario).last_mutation_block).toBe(100n) // a rejection starts no cooldown
  })

  test('a ninth recipient', () => {
    const scenario = givenPolicy({ last_mutation_block: 0n })
    for (let at = 0; at < 8; at++) {
      givenAdventurer(scenario, A)
      expect(setRule(scenario, BigInt(0x30 + at), 100, 200 + at * 100).returned).toEqual([1n])
    }
    expect(setRule(scenario, 0x40n, 100, 1_000).emitted).toEqual(rejected('SH_SET', 'RECIP_CAP'))
    // One of the eight may change.
    expect(setRule(scenario, 0x30n, 200, 1_000).returned).toEqual([1n])
  })
})

test('the views answer permissions and shares under the policy’s epoch, and nothing when it is off', () => {
  const scenario = createScenario()
  givenAdventurer(scenario, A)
  const permissions = (id: bigint): readonly bigint[] =>
    scenario.view('sharing_manager', 'inspect_resource_permissions', [KEY, id], { block: 1 })
  const share = (): readonly bigint[] =>
    scenario.view('sharing_manager', 'inspect_resource_share', [KEY, R1, 0n], { block: 1 })
  upsert(scenario, 100)
  grant(scenario, 200, 6)
  setRule(scenario, R1, 1_500, 300)
  expect([permissions(A), permissions(B), permissions(R1), share()]).toEqual([
    [15n],
    [6n],
    [0n],
    [1_500n],
  ])
  upsert(scenario, 400, false)
  expect([permissions(A), permissions(B), share()]).toEqual([[0n], [0n], [0n]])
})
