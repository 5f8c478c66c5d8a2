import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom } from '../../../agents/random.ts'
import { createGame } from './create-game.ts'
import { createCrowdedPlay, type Play } from './crowded-play.testing.ts'
import { contextOf, decodeEmitted, OPERATOR } from './scenario.testing.ts'
import { createWorldWatch } from './world-watch.testing.ts'

const SEED = 8
const WORLDS = 12
const PLAYS = 2_500

/**
 * What has to happen often enough in all worlds together, so that the invariants are really tested.
 */
const LEAST: Readonly<Record<string, number>> = {
  '*AdventurerDied': 20,
  '*ClaimExpired': 20,
  '*ClaimInitiated': 100,
  '*ClaimRefunded': 20,
  '*HarvestingCancelled': 20,
  '*HarvestingCompleted': 20,
  '*HexDefended': 4,
  '*MineCollapsed': 10,
  '*MineStabilized': 20,
  '*MiningContinued': 30,
  '*MiningExited': 20,
  '*OwnershipTransferred': 50,
  '*ResourceShareRuleCleared': 3,
  '*ResourceShareRuleSet': 20,
}

test(`what holds in code holds through every play of crowded worlds (seed ${SEED})`, () => {
  const totals = new Map<string, number>()
  fc.assert(
    fc.property(fc.nat(), (worldSeed) => {
      const game = createGame({ namespaceOwner: OPERATOR })
      game.genesis(contextOf({ block: 0 }))
      const watch = createWorldWatch()
      const crowd = createCrowdedPlay(createRandom(worldSeed))
      const act = ({ calls, block, by }: Play): void => {
        const emitted = game
          .execute(calls, contextOf({ block, by }))
          .flatMap(({ events }) => events.map(decodeEmitted))
        watch.see(emitted)
        crowd.see(emitted)
      }
      crowd.opening.forEach(act)
      for (let at = 0; at < PLAYS; at++) act(crowd.next())
      for (const [name, count] of watch.counts) totals.set(name, (totals.get(name) ?? 0) + count)
    }),
    { seed: SEED, numRuns: WORLDS },
  )
  const tooRare = Object.entries(LEAST).filter(([name, least]) => (totals.get(name) ?? 0) < least)
  expect(tooRare.map(([name]) => [name, totals.get(name) ?? 0])).toEqual([])
})
