import { expect, test } from 'vitest'
import { hades3 } from '../../crypto/starknet.ts'
import { memoisedHash } from '../memoised-hash.ts'
import { shortString } from '../short-string.ts'
import {
  adventurerId,
  areaId,
  areaResourceKey,
  claimId,
  harvestItemId,
  inventoryLostHash,
  mineKey,
  plantKey,
  projectId,
  reservationId,
  shiftId,
} from './ids.ts'

const HEX = 0x400005fffff00000n

test('the bare permutation of three zeros is the published constant', () => {
  expect(hades3(0n, 0n, 0n)).toBe(
    0x79e8d1e78258000a28fc9d49e233bc6852357968577b1e386550ed6a9086133n,
  )
})

test('area, plant and claim ids equal the golden vectors of the game', () => {
  const area = areaId(HEX, 1)
  expect(area).toBe(0x3e1bf4e1adfda830312515dd9bd178b0e21bdb5c4b6bf545b5bd84f18d41b07n)
  expect(plantKey(HEX, area, 0)).toBe(
    0x5f8ef170e1229acab171f64598a0d049ba5e2ada4896f05cc808a9ae53642e9n,
  )
  expect(claimId(HEX)).toBe(0x3a0af70120f8647580851056b8651cad2bf7b5a5eb3bbeb3379553b0e0d3124n)
})

// No vectors are published for these: the table restates the derivations of game.md §3.11 call by
// call.
const s = (text: string): bigint => BigInt(`0x${Buffer.from(text).toString('hex')}`)
test.each([
  ['adventurer', adventurerId(5n, 6n, 7n), hades3(hades3(5n, 6n, 7n), s('ADV_ID_V1'), 0n)],
  ['reservation', reservationId(5n, 6n), hades3(5n, 6n, s('HRESV_ID_V1'))],
  ['harvest item', harvestItemId(5n), hades3(5n, s('HITEM_ID_V1'), 0n)],
  ['mine', mineKey(5n, 6n, 7), hades3(hades3(5n, 6n, 7n), s('MINE_KEY_V1'), 0n)],
  ['shift', shiftId(5n, 6n), hades3(5n, 6n, s('MSHIFT_ID_V1'))],
  ['project', projectId(5n, 6n, 7n, 8), hades3(hades3(5n, 6n, 7n), 8n, s('CONST_PROJ_V1'))],
  ['plant resource', areaResourceKey(5n, 'plant'), hades3(5n, s('RK_PLANT'), s('SHARE_AREA_V1'))],
  [
    'construction resource',
    areaResourceKey(5n, 'construction'),
    hades3(5n, s('RK_CONST'), s('SHARE_AREA_V1')),
  ],
  [
    'inventory lost',
    inventoryLostHash(5n, 6n, 7n, 8n, 9n),
    hades3(hades3(hades3(5n, 6n, 7n), 8n, 9n), s('DEATH_INV_V1'), 0n),
  ],
])('the %s id is the documented chain of hashes', (_, derived, documented) => {
  expect(derived).toBe(documented)
})

test('a remembered hash answers as the hash does, computes each result once, and forgets the oldest generation', () => {
  let computed = 0
  const hash = memoisedHash((a, b, c) => {
    computed++
    return a * 100n + b * 10n + c
  }, 2)
  expect([hash(1n, 2n, 3n), hash(1n, 2n, 3n), hash(4n, 5n, 6n)]).toEqual([123n, 123n, 456n])
  expect(computed).toBe(2)
  for (let a = 10n; a < 20n; a++) hash(a, 0n, 0n)
  hash(1n, 2n, 3n)
  expect(computed).toBe(13)
})

test('a text that is no short string is refused', () => {
  expect(shortString('MOVE')).toBe(0x4d4f5645n)
  expect(() => shortString('x'.repeat(32))).toThrow('is not a short string')
})
