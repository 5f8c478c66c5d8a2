import { expect, test } from 'vitest'
import { grantPermits } from './sharing.ts'

test.each([
  [2, 2, true],
  [3, 2, true],
  [15, 12, true],
  [13, 2, false],
  [1, 3, false],
  // Masks that no call of the game grants or asks for.
  [18, 2, false],
  [1, 0, false],
  [0, 0, false],
  [15, 16, false],
])('a mask of %i permits what %i requires: %s', (permissionsMask, required, permits) => {
  const grant = { isActive: true, policyEpoch: 4, permissionsMask }
  expect(grantPermits(4, grant, required)).toBe(permits)
})

test('a grant permits nothing that was revoked or is of another epoch', () => {
  const grant = { isActive: true, policyEpoch: 4, permissionsMask: 15 }
  expect(grantPermits(5, grant, 2)).toBe(false)
  expect(grantPermits(4, { ...grant, isActive: false }, 2)).toBe(false)
})
