/**
 * `sharing_manager` at its boundaries (game.md §2.8): the order of its guards, the fee, the
 * cooldown, eight recipients.
 */
import { describe, expect, test } from 'vitest'
import { areaId, mineKey } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { RowOf } from '../row-codec.ts'
import {
  BOB,
  createScenario,
  type Emitted,
  givenAdventurer,
  ORIGIN_HEX,
  type Scenario,
} from '../scenario.testing.ts'
import { climb, type Rung } from './guard-ladder.testing.ts'

const A = 0xan
const B = 0xbn
const BLOCK = 500
const KEY = 0x777n
const CHANGE = { controller_adventurer_id: A, resource_key: KEY }
const RECIPIENT = 0x21n
const RULE = { recipient_adventurer_id: RECIPIENT, rule_kind: 'FeeOnly' } as const

const rejection =
  (action: string) =>
  (reason: bigint): Emitted => ({
    name: '*ResourcePermissionRejected',
    fields: { adventurer_id: A, resource_key: KEY, action: shortString(action), reason },
  })
const actor =
  (fields: Partial<RowOf<'Adventurer'>> = {}) =>
  (scenario: Scenario): void =>
    givenAdventurer(scenario, A, { adventurer: { energy: 4, ...fields } })
const policy =
  (fields: Partial<RowOf<'ResourcePolicy'>>) =>
  ({ given }: Scenario): void =>
    given('ResourcePolicy', { resource_key: KEY }, { policy_epoch: 2, ...fields })
const tally =
  (fields: Partial<RowOf<'ResourceShareRuleTally'>>) =>
  ({ given }: Scenario): void =>
    given(
      'ResourceShareRuleTally',
      { resource_key: KEY, rule_kind: 'FeeOnly' },
      { policy_epoch: 2, ...fields },
    )
const rule =
  (fields: Partial<RowOf<'ResourceShareRule'>>) =>
  ({ given }: Scenario): void =>
    given(
      'ResourceShareRule',
      { resource_key: KEY, ...RULE },
      { is_active: true, policy_epoch: 2, ...fields },
    )
const grantRow =
  (fields: Partial<RowOf<'ResourceAccessGrant'>>) =>
  ({ given }: Scenario): void =>
    given(
      'ResourceAccessGrant',
      { resource_key: KEY, grantee_adventurer_id: B },
      { policy_epoch: 2, ...fields },
    )

/** What all calls but the first check before anything of their own. */
const COMMON = [
  { refused: 'DEAD' },
  { repair: actor({ owner: BOB }), refused: 'NOT_OWNER' },
  { repair: actor(), refused: 'POLICY_OFF' },
  { repair: policy({ is_enabled: true, last_mutation_block: 401n }), refused: 'POLICY_OFF' },
  {
    repair: policy({ is_enabled: true, last_mutation_block: 401n, controller_adventurer_id: B }),
    refused: 'NOT_CTRL',
  },
  {
    repair: policy({ is_enabled: true, last_mutation_block: 401n, controller_adventurer_id: A }),
    refused: 'COOLDOWN',
  },
] as const satisfies readonly Rung<'revoke_resource_access'>[]
const rested = policy({ is_enabled: true, last_mutation_block: 400n, controller_adventurer_id: A })
const PAID = { repair: actor({ energy: 5 }), refused: null } as const

describe('the order of guards', () => {
  test('upsert_resource_policy: actor, cooldown, controller, fee', () => {
    const outcome = climb('upsert_resource_policy', {
      args: { ...CHANGE, resource_kind: 'Unknown', is_enabled: false },
      block: BLOCK,
      rejection: rejection('SH_POLICY'),
      rungs: [
        { refused: 'DEAD' },
        { repair: actor({ owner: BOB }), refused: 'NOT_OWNER' },
        {
          repair: policy({ controller_adventurer_id: B, last_mutation_block: 401n }),
          refused: 'NOT_OWNER',
        },
        { repair: actor(), refused: 'COOLDOWN' },
        {
          repair: policy({ controller_adventurer_id: B, last_mutation_block: 400n }),
          refused: 'NOT_CTRL',
        },
        { repair: policy({ last_mutation_block: 400n }), refused: 'LOW_ENERGY' },
        PAID,
      ],
    })
    expect(outcome.the('ResourcePolicy')).toMatchObject({
      controller_adventurer_id: A,
      policy_epoch: 2,
      is_enabled: false,
    })
  })

  test('grant_resource_access: policy, then the grantee and the mask, then the fee', () => {
    const outcome = climb('grant_resource_access', {
      args: { ...CHANGE, grantee_adventurer_id: 0n, permissions_mask: 15 },
      block: BLOCK,
      rejection: rejection('SH_GRANT'),
      rungs: [
        ...COMMON,
        { repair: rested, refused: 'BAD_MASK' },
        { args: { grantee_adventurer_id: B, permissions_mask: 0 }, refused: 'BAD_MASK' },
        { args: { permissions_mask: 16 }, refused: 'BAD_MASK' },
        { args: { permissions_mask: 65_535 }, refused: 'BAD_MASK' },
        { args: { permissions_mask: 15 }, refused: 'LOW_ENERGY' },
        PAID,
      ],
    })
    expect(outcome.the('ResourcePolicy')).toMatchObject({
      updated_block: 500n,
      last_mutation_block: 500n,
    })
  })

  test('revoke_resource_access: policy, then a grant that counts, then the fee', () => {
    climb('revoke_resource_access', {
      args: { ...CHANGE, grantee_adventurer_id: B },
      block: BLOCK,
      rejection: rejection('SH_REVOKE'),
      rungs: [
        ...COMMON,
        { repair: rested, refused: 'NOT_GRANTED' },
        { repair: grantRow({ permissions_mask: 3 }), refused: 'NOT_GRANTED' },
        {
          repair: grantRow({ permissions_mask: 3, is_active: true, policy_epoch: 1 }),
          refused: 'NOT_GRANTED',
        },
        { repair: grantRow({ permissions_mask: 0, is_active: true }), refused: 'NOT_GRANTED' },
        { repair: grantRow({ permissions_mask: 3, is_active: true }), refused: 'LOW_ENERGY' },
        PAID,
      ],
    })
  })

  test('set_resource_share_rule: policy, recipient, share, sum, recipients, fee', () => {
    const outcome = climb('set_resource_share_rule', {
      args: { ...CHANGE, ...RULE, recipient_adventurer_id: 0n, share_bp: 0 },
      block: BLOCK,
      rejection: rejection('SH_SET'),
      rungs: [
        ...COMMON,
        { repair: rested, refused: 'BAD_RECIP' },
        { args: { recipient_adventurer_id: RECIPIENT }, refused: 'BAD_SHARE' },
        { args: { share_bp: 10_001 }, refused: 'BAD_SHARE' },
        {
          repair: tally({ total_bp: 1, active_recipient_count: 8 }),
          args: { share_bp: 10_000 },
          refused: 'OVERFLOW',
        },
        { args: { share_bp: 9_999 }, refused: 'RECIP_CAP' },
        { repair: tally({ total_bp: 1, active_recipient_count: 7 }), refused: 'LOW_ENERGY' },
        PAID,
      ],
    })
    expect(outcome.the('ResourceShareRuleTally')).toMatchObject({
      total_bp: 10_000,
      active_recipient_count: 8,
    })
  })

  test('clear_resource_share_rule: policy, a rule that counts, fee', () => {
    const outcome = climb('clear_resource_share_rule', {
      args: { ...CHANGE, ...RULE },
      block: BLOCK,
      rejection: rejection('SH_CLEAR'),
      rungs: [
        ...COMMON,
        { repair: rested, refused: 'NOT_FOUND' },
        { repair: rule({ share_bp: 700, policy_epoch: 1 }), refused: 'NOT_FOUND' },
        { repair: rule({ share_bp: 0 }), refused: 'NOT_FOUND' },
        { repair: rule({ share_bp: 700, is_active: false }), refused: 'NOT_FOUND' },
        { repair: rule({ share_bp: 700 }), refused: 'LOW_ENERGY' },
        PAID,
      ],
    })
    // A tally that does not count the rule stays at 0.
    expect(outcome.the('ResourceShareRuleTally')).toMatchObject({
      total_bp: 0,
      active_recipient_count: 0,
    })
  })
})

test('a second change in the same block waits for the cooldown, and so does one on a mine that was just made known', () => {
  const scenario = createScenario()
  givenAdventurer(scenario, A)
  const field = areaId(ORIGIN_HEX, 1)
  const mine = mineKey(ORIGIN_HEX, field, 0)
  scenario.given(
    'Hex',
    { coordinate: ORIGIN_HEX },
    { biome: 'Canyon', is_discovered: true, area_count: 3 },
  )
  const place = { hex_coordinate: ORIGIN_HEX, area_type: 'MineField', is_discovered: true } as const
  scenario.given('HexArea', { area_id: field }, place)
  scenario.given('AreaOwnership', { area_id: field }, { owner_adventurer_id: A })
  const init = { hex_coordinate: ORIGIN_HEX, area_id: field, mine_id: 0 }
  expect(scenario.call('init_mining', init, { block: 500 }).returned).toEqual([1n])
  const change = { controller_adventurer_id: A, resource_key: mine }
  const grant = (block: number) =>
    scenario.call(
      'grant_resource_access',
      { ...change, grantee_adventurer_id: B, permissions_mask: 1 },
      { block },
    )
  const cooling = { reason: shortString('COOLDOWN') }
  expect(grant(599).the('*ResourcePermissionRejected')).toMatchObject(cooling)
  expect(grant(600).returned).toEqual([1n])
  expect(grant(600).the('*ResourcePermissionRejected')).toMatchObject(cooling)
})

test('quirk 18: a squatter on a mine’s key loses it when the mine is made known, and every grant of his is stale', () => {
  const scenario = createScenario()
  for (const id of [A, B]) givenAdventurer(scenario, id)
  const field = areaId(ORIGIN_HEX, 1)
  const mine = mineKey(ORIGIN_HEX, field, 0)
  const squat = { controller_adventurer_id: B, resource_key: mine }
  scenario.call(
    'upsert_resource_policy',
    { ...squat, resource_kind: 'PlantArea', is_enabled: true },
    { block: 100 },
  )
  const friend = { ...squat, grantee_adventurer_id: 0x99n, permissions_mask: 15 }
  scenario.call('grant_resource_access', friend, { block: 200 })
  scenario.given(
    'Hex',
    { coordinate: ORIGIN_HEX },
    { biome: 'Canyon', is_discovered: true, area_count: 3 },
  )
  const place = { hex_coordinate: ORIGIN_HEX, area_type: 'MineField', is_discovered: true } as const
  scenario.given('HexArea', { area_id: field }, place)
  scenario.given('AreaOwnership', { area_id: field }, { owner_adventurer_id: A })
  const { the } = scenario.call(
    'init_mining',
    { hex_coordinate: ORIGIN_HEX, area_id: field, mine_id: 0 },
    { block: 300 },
  )
  expect(the('ResourcePolicy')).toMatchObject({
    controller_adventurer_id: A,
    policy_epoch: 2,
    scope_key: field,
    resource_kind: 'Mine',
  })
  const permissions = (id: bigint): readonly bigint[] =>
    scenario.view('sharing_manager', 'inspect_resource_permissions', [mine, id], { block: 300 })
  expect([A, B, 0x99n].map(permissions)).toEqual([[15n], [0n], [0n]])
})
