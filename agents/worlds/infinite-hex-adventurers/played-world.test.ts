import { beforeAll, describe, expect, it } from 'vitest'
import { createAnyCandidateStrategy } from '../../any-candidate.testing.ts'
import type { Candidate } from './candidates/candidate.ts'
import { gameEventsOf, type Play, play } from './played-world.testing.ts'
import type { Situation } from './situation.ts'
import { createUtilityStrategy } from './utility/utility-strategy.ts'

const BLOCKS = 1_500
const BOTS = 8
/** The longest that a bot may go without an action that the game accepts. */
const SILENT_BLOCKS_MAX = 200

const longestSilence = ({ deeds }: Play, bot: number): number => {
  const blocks = deeds
    .filter((deed) => deed.bot === bot && deed.end.accepted)
    .map(({ end }) => end.block)
  return Math.max(...[...blocks, BLOCKS].map((block, at) => block - (blocks[at - 1] ?? 0)))
}

const playByUtility = (seed: number, bots: number, blocks: number): Promise<Play> =>
  play({ seed, bots, blocks, strategyOf: createUtilityStrategy })

describe.each([1, 2, 3, 4, 5])('eight bots in the sandbox of seed %i', (seed) => {
  let played: Play
  beforeAll(async () => {
    played = await playByUtility(seed, BOTS, BLOCKS)
  })

  it('discover, harvest, convert, pay upkeep, and let hexes decay and be claimed in both ways', () => {
    const events = gameEventsOf(played)
    const types = new Set(events.map(({ type }) => type))
    for (const type of [
      'HexDiscovered',
      'HarvestingCompleted',
      'ItemsConverted',
      'HexEnergyPaid',
      'HexBecameClaimable',
    ]) {
      expect(types, `seed ${seed}`).toContain(type)
    }
    const locked = events
      .filter(({ type }) => type === 'ClaimInitiated')
      .map(({ data }) => data.energy_locked)
    expect(locked, `seed ${seed}`).toContain(0)
    expect(
      locked.some((energy) => energy !== 0),
      `seed ${seed}`,
    ).toBe(true)
  })

  it('are never silent for long', () => {
    for (let bot = 0; bot < BOTS; bot += 1)
      expect(longestSilence(played, bot), `seed ${seed}`).toBeLessThan(SILENT_BLOCKS_MAX)
  })

  it('know the rules: nearly all that they try is accepted, and all of it is a call of the world', () => {
    const refused = played.deeds.filter(
      // Refused on purpose.
      ({ end, why }) => !end.accepted && why !== 'have the escrow that ran out paid back',
    )
    expect(played.faults, `seed ${seed}`).toEqual([])
    expect(refused.length / played.deeds.length, `seed ${seed}`).toBeLessThan(0.04)
  })

  it('look at the world less than once in ten blocks', () => {
    expect(played.looks / (BLOCKS * BOTS), `seed ${seed}`).toBeLessThan(0.1)
  })
})

it('plays the same game for the same seed, and another for another', async () => {
  const { deeds } = await playByUtility(7, 4, 200)
  expect((await playByUtility(7, 4, 200)).deeds).toEqual(deeds)
  expect((await playByUtility(8, 4, 200)).deeds).not.toEqual(deeds)
})

/** Whether stored energy pays for it; before its birth an agent has none and needs none. */
const isPayable = ({ energy }: Candidate, { self }: Situation): boolean =>
  energy <= (self?.energy ?? 0)

describe.each([1, 2, 3])(
  'another strategy, which takes any candidate, in the sandbox of seed %i',
  (seed) => {
    const playAtRandom = (bots: number): Promise<Play> =>
      play({
        seed,
        bots,
        blocks: BLOCKS,
        strategyOf: () => createAnyCandidateStrategy<Situation, Candidate>(isPayable),
      })

    it('finds every candidate legal while nobody else plays', async () => {
      const { deeds, faults } = await playAtRandom(1)
      expect(faults, `seed ${seed}`).toEqual([])
      expect(
        deeds.filter(({ end }) => !end.accepted),
        `seed ${seed}`,
      ).toEqual([])
      const calls = new Set(deeds.map(({ action }) => action.entrypoint))
      for (const call of ['create_adventurer', 'discover_hex', 'discover_area', 'move_adventurer'])
        expect(calls, `seed ${seed}`).toContain(call)
    })

    it('is seldom refused among others, who act in the same blocks', async () => {
      const { deeds, faults } = await playAtRandom(BOTS)
      const refused = deeds.filter(({ end }) => !end.accepted)
      expect(faults, `seed ${seed}`).toEqual([])
      expect(new Set(deeds.map(({ bot }) => bot)).size).toBe(BOTS)
      expect(refused.length / deeds.length, `seed ${seed}`).toBeLessThan(0.04)
    })
  },
)
