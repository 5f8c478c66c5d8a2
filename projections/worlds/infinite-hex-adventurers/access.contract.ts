/** What the buildings of a hex and the policies on its areas let others do. */
import { expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { feltOfShortString } from '../../../domain/felt.ts'
import { areaId, areaResourceKey } from '../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { HEAD_760, smallWorld } from './small-world.testing.ts'
import { blockOf, TEST_HEXES } from './world-blocks.testing.ts'
import { type TestFact, written } from './world-facts.testing.ts'
import { ALL_PARTS, type OpenWorld, pointAt, readingOf } from './world-reads.testing.ts'

const [, EAST, SOUTH_EAST] = TEST_HEXES as readonly [Felt, Felt, Felt]
const hexOf = (felt: bigint): Felt => `0x${felt.toString(16)}`
const AREA_OF_EAST = hexOf(areaId(BigInt(EAST), 2))
const KEY = hexOf(areaResourceKey(0xa1n, 'plant'))

/** East as it is after a block with these facts; it is under a claim that locks 60. */
const eastAfter = async (openWorld: OpenWorld, facts: readonly TestFact[]) => {
  const reading = await readingOf(openWorld, [...smallWorld, blockOf(740, [...facts])])
  await reading.cover({ ...HEAD_760, position: 23 + facts.length })
  const [east] = await reading.reads.hexes([EAST], await pointAt(reading.reads), ALL_PARTS)
  return east
}

const watchtower = (area_id: Felt, values: Parameters<typeof written>[2] = {}): TestFact =>
  written(
    'ConstructionBuildingNode',
    { area_id },
    {
      hex_coordinate: EAST,
      building_type: feltOfShortString('WATCHTOWER') ?? '0x0',
      tier: 1,
      condition_bp: 10_000,
      is_active: true,
      ...values,
    },
  )

const policy = (values: Parameters<typeof written>[2] = {}): TestFact =>
  written(
    'ResourcePolicy',
    { resource_key: KEY },
    { controller_adventurer_id: '0xc', policy_epoch: 2, is_enabled: true, ...values },
  )

const grant = (grantee: Felt, values: Parameters<typeof written>[2] = {}): TestFact =>
  written(
    'ResourceAccessGrant',
    { resource_key: KEY, grantee_adventurer_id: grantee },
    { permissions_mask: 2, is_active: true, policy_epoch: 2, ...values },
  )

export const describeAccess = (openWorld: OpenWorld): void => {
  it.each<readonly [string, readonly TestFact[], number]>([
    ['without one', [], 60],
    ['with one', [watchtower(AREA_OF_EAST)], 48],
    ['with one that is worn out', [watchtower(AREA_OF_EAST, { condition_bp: 3_000 })], 60],
    ['with one that is out of force', [watchtower(AREA_OF_EAST, { is_active: false })], 60],
    ['with one of another hex', [watchtower(AREA_OF_EAST, { hex_coordinate: SOUTH_EAST })], 60],
    ['with one in an area that the hex has not', [watchtower('0xdead')], 60],
    ['with another building', [watchtower(AREA_OF_EAST, { building_type: '0x41' })], 60],
  ])('the least defence of a hex by its Watchtower: %s', async (_, facts, energy) => {
    expect((await eastAfter(openWorld, facts))?.claim?.minimumDefenceEnergy).toBe(energy)
  })

  it.each<readonly [string, readonly TestFact[], readonly Felt[]]>([
    ['without a policy', [grant('0xd')], []],
    [
      'under one',
      [policy(), grant('0xd'), grant('0xe', { permissions_mask: 15 })],
      ['0xc', '0xd', '0xe'],
    ],
    ['under one that is off', [policy({ is_enabled: false }), grant('0xd')], []],
    ['under one of nobody', [policy({ controller_adventurer_id: '0x0' }), grant('0xd')], []],
    [
      'without those whose grant is not for this, not in force, of before, or none',
      [
        policy(),
        grant('0xd', { permissions_mask: 13 }),
        grant('0xe', { is_active: false }),
        grant('0xf', { policy_epoch: 1 }),
        grant('0x10', { permissions_mask: 18 }),
      ],
      ['0xc'],
    ],
  ])('who may harvest in an area besides its owner: %s', async (_, facts, ids) => {
    const east = await eastAfter(openWorld, facts)
    expect(east?.areas.map(({ id, harvesterIds }) => [id, harvesterIds])).toEqual([
      ['0xa0', []],
      ['0xa1', ids],
    ])
  })
}
