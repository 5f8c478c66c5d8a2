import { describe, expect, it } from 'vitest'
import type { Felt } from '../../../../domain/felt.ts'
import { type Cube, neighboursOf, ORIGIN, packHex } from '../../../../domain/hex.ts'
import { createRandom } from '../../../random.ts'
import { NO_KNOWLEDGE } from '../knowledge.ts'
import type {
  Observation,
  SeenArea,
  SeenDecay,
  SeenHere,
  SeenHex,
  SeenSelf,
} from '../observation.ts'
import { gameOf } from '../played-game.ts'
import { EMPTY_MEMORY } from './memory.ts'
import { PERSONAS, type Persona } from './persona.ts'
import { createUtilityStrategy } from './utility-strategy.ts'

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
  harvesterIds: [],
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
const { raider, harvester } = PERSONAS
const LAST_ACCEPTED_BLOCK = 1_199

/** What a bot of this persona chooses of what it may do, and what it remembers. */
const decided = async (persona: Persona, changes: Partial<Observation>, memory = EMPTY_MEMORY) => {
  const { sightRadius } = persona
  const game = gameOf({ account: '0xacc', name: '0x1', temperament: persona, sightRadius })
  const seen = observation(changes)
  const situation = game.situationOf(seen, NO_KNOWLEDGE)
  const candidates = game.candidatesOf(situation)
  const { index, ...choice } = await createUtilityStrategy(persona).choose(
    {
      block: seen.block,
      situation,
      candidates,
      memory,
      lastAcceptedBlock: LAST_ACCEPTED_BLOCK,
      random: createRandom(1),
    },
    new AbortController().signal,
  )
  return { ...choice, action: index === null ? null : candidates[index]?.action }
}

describe('the utility strategy', () => {
  it('comes into the world first, under its name', async () => {
    const { action } = await decided(raider, { self: null })
    expect(action).toEqual({ entrypoint: 'create_adventurer', args: { name: '0x1' } })
  })

  it('does nothing when dead', async () => {
    const { action, waitUntilBlock } = await decided(raider, { self: { ...self, isAlive: false } })
    expect(action).toBeNull()
    expect(waitUntilBlock).toBeGreaterThan(10_000)
  })

  it('locks energy in a claim while a hex cannot be taken at once, and takes it when it can', async () => {
    const hexes = [here, { ...east, decay: rotten }, ...others]
    const early = await decided(raider, { block: 1_000, hexes })
    expect([early.action?.entrypoint, early.why]).toEqual([
      'initiate_hex_claim',
      'put pressure on a neglected hex, and energy aside',
    ])
    const late = await decided(raider, { block: 1_399, hexes })
    expect([late.action?.entrypoint, late.why]).toEqual([
      'initiate_hex_claim',
      'take over a neglected hex',
    ])
    expect(late.action?.args).toMatchObject({ hex_coordinate: east.packed, energy_offered: 100 })
  })

  it('claims nothing that somebody has in escrow', async () => {
    const claim = {
      claimantId: '0x53',
      energyLocked: 100,
      minimumDefenceEnergy: 100,
      expiryBlock: 1_450,
    } as const
    const { action } = await decided(raider, {
      block: 1_420,
      hexes: [here, { ...east, decay: rotten, claim }, ...others],
    })
    expect(action?.entrypoint).not.toBe('initiate_hex_claim')
  })

  it('has its own expired escrow paid back by an offer that cannot succeed, so that the refund is not lost', async () => {
    const claim = {
      claimantId: SELF,
      energyLocked: 100,
      minimumDefenceEnergy: 100,
      expiryBlock: 1_100,
    } as const
    const { action } = await decided(raider, {
      hexes: [here, { ...east, decay: rotten, claim }, ...others],
    })
    expect(action?.args).toMatchObject({ hex_coordinate: east.packed, energy_offered: 1 })
  })

  it('regenerates before a call that looks at stored energy alone, and then makes that call', async () => {
    const hexes = [here, { ...east, decay: rotten }, ...others]
    const first = await decided(raider, { block: 1_500, hexes, self: { ...self, energy: 30 } })
    expect(first.action?.entrypoint).toBe('regenerate_energy')
    expect(first.waitUntilBlock).toBe(1_501)
    const second = await decided(raider, { block: 1_501, hexes }, first.memory)
    expect(second.action?.entrypoint).toBe('initiate_hex_claim')
  })

  it('defends its hex when it can pay for it', async () => {
    const claim = {
      claimantId: RIVAL,
      energyLocked: 80,
      minimumDefenceEnergy: 80,
      expiryBlock: 1_250,
    } as const
    const hexes = [{ ...here, claim }, east, ...others]
    const { action } = await decided(harvester, { hexes })
    expect(action).toMatchObject({
      entrypoint: 'defend_hex_from_claim',
      args: { defense_energy: 80 },
    })
    const poor = await decided(harvester, {
      hexes,
      self: { ...self, energy: 40, effectiveEnergy: 40, lastRegenBlock: 1_200 },
    })
    expect(poor.action?.entrypoint).not.toBe('defend_hex_from_claim')
  })

  it('pays just the upkeep that keeps a hex for the next period', async () => {
    const due = { ...decay, energyReserve: 0, lastProcessedBlock: 1_100 }
    const { action } = await decided(harvester, {
      hexes: [{ ...here, decay: due }, east, ...others],
    })
    expect(action).toMatchObject({ entrypoint: 'pay_hex_maintenance', args: { amount: 25 } })
  })

  it('turns no more items into energy than there is room for', async () => {
    const poor = {
      ...self,
      energy: 12,
      effectiveEnergy: 12,
      items: [{ id: '0x99', quantity: 50 } as const],
    }
    const { action } = await decided(harvester, { self: poor })
    expect(action).toEqual({
      entrypoint: 'convert_items_to_energy',
      args: { adventurer_id: SELF, item_id: '0x99', quantity: 8 },
    })
  })

  it('stays with its harvest until it is ripe, and brings it in as soon as it is', async () => {
    const field = area(1, {
      type: 'PlantField',
      plants: [{ slot: 0, availableYield: 40, itemId: '0x99' }],
    })
    const fertile = { ...here, areas: [area(0), field, area(2)] }
    const reservations = [{ hex: here.packed, areaId: field.id, plantSlot: 0, readyBlock: 1_210 }]
    const growing = await decided(harvester, { here: fertile, self: { ...self, reservations } })
    expect(growing.action).toBeNull()
    expect(growing.waitUntilBlock).toBe(1_209)
    const ripe = await decided(harvester, {
      here: fertile,
      block: 1_209,
      self: { ...self, reservations },
    })
    expect(ripe.action?.entrypoint).toBe('complete_harvesting')
  })

  it('leaves alone for a while what was refused', async () => {
    const hexes = [here, { ...east, decay: rotten }, ...others]
    const { action, memory } = await decided(raider, { block: 1_400, hexes })
    const refused = action ?? expect.fail('nothing was chosen')
    const { afterAction } = createUtilityStrategy(raider)
    const after = afterAction(memory, refused, { accepted: false, block: 1_401 })
    expect((await decided(raider, { block: 1_401, hexes }, after)).action?.entrypoint).not.toBe(
      'initiate_hex_claim',
    )
    expect((await decided(raider, { block: 1_470, hexes }, after)).action?.entrypoint).toBe(
      'initiate_hex_claim',
    )
  })
})
