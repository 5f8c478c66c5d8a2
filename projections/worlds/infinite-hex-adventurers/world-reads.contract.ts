/**
 * What the reads of the game's read models do, whatever keeps these. Implementations run this suite;
 * each test has a world of its own.
 */
import { describe } from 'vitest'
import { describeAccess } from './access.contract.ts'
import { describeChanges } from './changes.contract.ts'
import { describeEvents } from './events.contract.ts'
import { describeFinality } from './finality.contract.ts'
import { describeLists } from './lists.contract.ts'
import { describePoints } from './points.contract.ts'
import { describeReorgs } from './reorgs.contract.ts'
import { describeSmallWorld } from './small-world.contract.ts'
import type { OpenWorld } from './world-reads.testing.ts'

/** Runs the contract. `openWorld` is called often; whether its worlds share a storage does not matter. */
export const describeWorldReads = (name: string, openWorld: OpenWorld): void => {
  describe(`${name} as reads of the world`, () => {
    describe('show a small world', () => describeSmallWorld(openWorld))
    describe('know what others may do', () => describeAccess(openWorld))
    describe('list', () => describeLists(openWorld))
    describe('give events', () => describeEvents(openWorld))
    describe('tell changes', () => describeChanges(openWorld))
    describe('resolve points of history', () => describePoints(openWorld))
    describe('know what is final', () => describeFinality(openWorld))
    describe('follow a reorg', () => describeReorgs(openWorld))
  })
}
