import { beforeAll, describe, expect, it } from 'vitest'
import type { Felt } from '../../../../domain/felt.ts'
import { type Cube, neighboursOf, ORIGIN, packHex } from '../../../../domain/hex.ts'
import { createRandom } from '../../../random.ts'
import { nameOf } from '../names.ts'
import type {
  Observation,
  SeenArea,
  SeenDecay,
  SeenHere,
  SeenHex,
  SeenSelf,
} from '../observation.ts'
import { type Simulation, simulate } from '../world-simulation.testing.ts'
import { PERSONAS, personasOf } from './persona.ts'
import { afterAction, type BotMemory, decide, EMPTY_MEMORY } from './utility-strategy.ts'

const BLOCKS = 1_500
const BOTS = 8
/** The longest that a bot may go without an action that the game accepts. */
const SILENT_BLOCKS_MAX = 200

const longestSilence = ({ deeds }: Simulation, bot: number): number => {
  const blocks = deeds.filter((deed) => deed.bot === bot && deed.accepted).map(({ block }) => block)
  return Math.max(...[...blocks, BLOCKS].map((block, at) => block - (blocks[at - 1] ?? 0)))
}

describe.each([1, 2, 3, 4, 5])('eight bots in the world of seed %i', (seed) => {
  let played: Simulation
  beforeAll(() => {
    played = simulate(seed, BOTS, BLOCKS)
  })

  it('discover, harvest, convert, pay upkeep, and let hexes decay and be claimed in both ways', () => {
    const types = new Set(played.events.map(({ type }) => type))
    for (const type of [
      'HexDiscovered',
      'HarvestingCompleted',
      'ItemsConverted',
      'HexEnergyPaid',
      'HexBecameClaimable',
    ]) {
      expect(types, `seed ${seed}`).toContain(type)
    }
    const locked = played.events
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
      expect(longestSilence(played, bot)).toBeLessThan(SILENT_BLOCKS_MAX)
  })

  it('know the rules: nearly all that they try is accepted', () => {
    const refused = played.deeds.filter(
      // Refused on purpose.
      ({ accepted, why }) => !accepted && why !== 'have the escrow that ran out paid back',
    )
    expect(refused.length / played.deeds.length).toBeLessThan(0.04)
  })

  it('look at the world less than once in ten blocks', () => {
    expect(played.decisions / (BLOCKS * BOTS)).toBeLessThan(0.1)
  })
})

it('plays the same game for the same seed, and another for another', () => {
  expect(simulate(7, 4, 200).deeds).toEqual(simulate(7, 4, 200).deeds)
  expect(simulate(7, 4, 200).deeds).not.toEqual(simulate(8, 4, 200).deeds)
})

const hexId = (cube: Cube): Felt => packHex(cube) as Felt
const SELF: Felt = '0x51'
const RIVAL: Felt = '0x52'

const self: SeenSelf = {
  id: SELF,
  isAlive: true,
  cube: ORIGIN,
  energy: 100,
  effectiveEnergy: 100,
  maxEnergy: 100,
  lastRegenBlock: 1_000,
  lockedUntilBlock: '0',
  weight: 0,
  maxWeight: 750,
  items: [],
  reservations: [],
}
const decay: SeenDecay = {
  ownerId: SELF,
  energyReserve: 1_000,
  level: 0,
  projectedLevel: 0,
  lastProcessedBlock: 1_000,
  upkeepPer100Blocks: 50,
  claimableSinceBlock: null,
  minimumClaimEnergy: null,
  immediateClaimBlock: null,
}
const rotten: SeenDecay = {
  ...decay,
  ownerId: RIVAL,
  energyReserve: 0,
  level: 100,
  projectedLevel: 100,
  claimableSinceBlock: 900,
  minimumClaimEnergy: 100,
  immediateClaimBlock: 1_400,
}
const known = (cube: Cube, changes: Partial<SeenHex> = {}): SeenHex => ({
  packed: hexId(cube),
  cube,
  isDiscovered: true,
  biome: 'Plains',
  areaCount: 3,
  decay,
  claim: null,
  ...changes,
})
const area = (index: number, changes: Partial<SeenArea> = {}): SeenArea => ({
  id: `0xa${index}`,
  index,
  type: index === 0 ? 'Control' : 'Wilderness',
  ownerId: SELF,
  plantSlots: 5,
  plants: [],
  ...changes,
})
const here: SeenHere = { ...known(ORIGIN), areas: [area(0), area(1), area(2)] }
const [east, ...others] = neighboursOf(ORIGIN).map((cube) => known(cube)) as [SeenHex, ...SeenHex[]]

const observation = (changes: Partial<Observation> = {}): Observation => ({
  block: 1_200,
  self,
  here,
  hexes: [here, east, ...others],
  ...changes,
})
const raider = { persona: PERSONAS.raider, name: '0x1' } as const
const harvester = { persona: PERSONAS.harvester, name: '0x1' } as const
const recent: BotMemory = { ...EMPTY_MEMORY, lastAcceptedBlock: 1_199 }
const decided = (
  bot: typeof raider | typeof harvester,
  changes: Partial<Observation>,
  memory = recent,
) => decide(bot, observation(changes), memory, createRandom(1))

describe('the policy', () => {
  it('comes into the world first, under its name', () => {
    const { action } = decided(raider, { self: null })
    expect(action).toEqual({ entrypoint: 'create_adventurer', args: { name: '0x1' } })
  })

  it('does nothing when dead', () => {
    const { action, waitUntilBlock } = decided(raider, { self: { ...self, isAlive: false } })
    expect(action).toBeNull()
    expect(waitUntilBlock).toBeGreaterThan(10_000)
  })

  it('locks energy in a claim while a hex cannot be taken at once, and takes it when it can', () => {
    const hexes = [here, { ...east, decay: rotten }, ...others]
    const early = decided(raider, { block: 1_000, hexes })
    expect([early.action?.entrypoint, early.why]).toEqual([
      'initiate_hex_claim',
      'put pressure on a neglected hex, and energy aside',
    ])
    const late = decided(raider, { block: 1_399, hexes })
    expect([late.action?.entrypoint, late.why]).toEqual([
      'initiate_hex_claim',
      'take over a neglected hex',
    ])
    expect(late.action?.args).toMatchObject({ hex_coordinate: east.packed, energy_offered: 100 })
  })

  it('claims nothing that somebody has in escrow', () => {
    const claim = { claimantId: '0x53', energyLocked: 100, expiryBlock: 1_450 } as const
    const { action } = decided(raider, {
      block: 1_420,
      hexes: [here, { ...east, decay: rotten, claim }, ...others],
    })
    expect(action?.entrypoint).not.toBe('initiate_hex_claim')
  })

  it('has its own expired escrow paid back by an offer that cannot succeed, so that the refund is not lost', () => {
    const claim = { claimantId: SELF, energyLocked: 100, expiryBlock: 1_100 } as const
    const { action } = decided(raider, {
      hexes: [here, { ...east, decay: rotten, claim }, ...others],
    })
    expect(action?.args).toMatchObject({ hex_coordinate: east.packed, energy_offered: 1 })
  })

  it('regenerates before a call that looks at stored energy alone, and then makes that call', () => {
    const hexes = [here, { ...east, decay: rotten }, ...others]
    const first = decided(raider, { block: 1_500, hexes, self: { ...self, energy: 30 } })
    expect(first.action?.entrypoint).toBe('regenerate_energy')
    expect(first.waitUntilBlock).toBe(1_501)
    const second = decided(raider, { block: 1_501, hexes }, first.memory)
    expect(second.action?.entrypoint).toBe('initiate_hex_claim')
  })

  it('defends its hex when it can pay for it', () => {
    const claim = { claimantId: RIVAL, energyLocked: 80, expiryBlock: 1_250 } as const
    const hexes = [{ ...here, claim }, east, ...others]
    const { action } = decided(harvester, { hexes })
    expect(action).toMatchObject({
      entrypoint: 'defend_hex_from_claim',
      args: { defense_energy: 80 },
    })
    const poor = decided(harvester, { hexes, self: { ...self, energy: 40, effectiveEnergy: 40 } })
    expect(poor.action?.entrypoint).not.toBe('defend_hex_from_claim')
  })

  it('pays just the upkeep that keeps a hex for the next period', () => {
    const due = { ...decay, energyReserve: 0, lastProcessedBlock: 1_100 }
    const { action } = decided(harvester, { hexes: [{ ...here, decay: due }, east, ...others] })
    expect(action).toMatchObject({ entrypoint: 'pay_hex_maintenance', args: { amount: 25 } })
  })

  it('turns no more items into energy than there is room for', () => {
    const poor = {
      ...self,
      energy: 12,
      effectiveEnergy: 12,
      items: [{ id: '0x99', quantity: 50 } as const],
    }
    const { action } = decided(harvester, { self: poor })
    expect(action).toEqual({
      entrypoint: 'convert_items_to_energy',
      args: { adventurer_id: SELF, item_id: '0x99', quantity: 8 },
    })
  })

  it('stays with its harvest until it is ripe, and brings it in as soon as it is', () => {
    const field = area(1, {
      type: 'PlantField',
      plants: [{ slot: 0, availableYield: 40, itemId: '0x99' }],
    })
    const fertile = { ...here, areas: [area(0), field, area(2)] }
    const reservations = [{ hex: here.packed, areaId: field.id, plantSlot: 0, readyBlock: 1_210 }]
    const growing = decided(harvester, { here: fertile, self: { ...self, reservations } })
    expect(growing.action).toBeNull()
    expect(growing.waitUntilBlock).toBe(1_209)
    const ripe = decided(harvester, {
      here: fertile,
      block: 1_209,
      self: { ...self, reservations },
    })
    expect(ripe.action?.entrypoint).toBe('complete_harvesting')
  })

  it('leaves alone for a while what was refused', () => {
    const hexes = [here, { ...east, decay: rotten }, ...others]
    const { action, memory } = decided(raider, { block: 1_400, hexes })
    if (action === null) throw new Error('nothing was chosen')
    const after = afterAction(memory, action, { accepted: false, block: 1_401 })
    expect(decided(raider, { block: 1_401, hexes }, after).action?.entrypoint).not.toBe(
      'initiate_hex_claim',
    )
    expect(decided(raider, { block: 1_470, hexes }, after).action?.entrypoint).toBe(
      'initiate_hex_claim',
    )
  })
})

describe('personas', () => {
  it('are mixed 40 to 35 to 15 to 10', () => {
    const names = personasOf(100).map(({ name }) => name)
    const count = (wanted: string): number => names.filter((name) => name === wanted).length
    expect([count('explorer'), count('harvester'), count('raider'), count('passive')]).toEqual([
      40, 35, 15, 10,
    ])
    expect(new Set(personasOf(8).map(({ name }) => name)).size).toBe(4)
  })

  it('have names of their own that fit a short string', () => {
    const names = Array.from({ length: 200 }, (_, index) => nameOf(index))
    expect(new Set(names).size).toBe(200)
    for (const name of names) expect(name).toMatch(/^[A-Za-z]+( \d+)?$/)
  })
})
