import { describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { blankHex } from '../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { placeOf } from '../state/place.ts'
import { heldBy, hexFor } from '../state/world.testing.ts'
import type { Actor } from './offer.ts'
import { offersForHex, offersForSelf } from './offers.ts'

const mirel: Actor = {
  id: '0xa',
  owner: '0xacc',
  name: 'Mirel',
  energy: 20,
  maxEnergy: 100,
  lastRegenBlock: 400,
  place: { q: 0, r: 0 },
  lockedUntilBlock: '0',
  isAlive: true,
  items: [{ id: '0x1', name: 'grain', quantity: 5 }],
  reservations: [],
}
/** The actor's hex with a plant field. */
const fieldOf = (
  ownerId: Felt | null,
  harvesterIds: readonly Felt[] = [],
): Parameters<typeof offersForHex>[1] => ({
  ...hexFor(0, 0),
  areas: [
    {
      id: '0x77',
      index: 1,
      type: 'PlantField',
      isDiscovered: true,
      quality: 50,
      size: 'Small',
      plantSlots: 5,
      ownerId,
      harvesterIds,
      plants: [{ slot: 0, species: 'GRAIN', currentYield: 9, reservedYield: 0, maxYield: 9 }],
    },
  ],
})
const entrypoints = (offers: readonly { entrypoint: string }[]) =>
  offers.map(({ entrypoint }) => entrypoint)
const unmet = (offers: ReturnType<typeof offersForHex>, entrypoint: string) =>
  offers.find((offer) => offer.entrypoint === entrypoint)?.needs.filter(({ isMet }) => !isMet)

describe('offers', () => {
  it('of an unknown hex beside are to discover it and to go there, with what is missing', () => {
    const offers = offersForHex(mirel, blankHex(placeOf({ q: 1, r: 0 })), 500)
    expect(entrypoints(offers)).toEqual(['discover_hex', 'move_adventurer'])
    expect(unmet(offers, 'move_adventurer')).toEqual([])
    expect(unmet(offers, 'discover_hex')).toMatchObject([
      { text: expect.stringContaining('regenerate first') },
    ])
    expect(
      unmet(offersForHex(mirel, blankHex(placeOf({ q: 5, r: 0 })), 500), 'move_adventurer'),
    ).toMatchObject([{ text: 'stand next to it' }])
  })

  it('of a hex that is held by another and decayed are to claim it, at once only after the grace', () => {
    const decay = heldBy('0xb', { level: 90, claimableSinceBlock: 400, lastProcessedBlock: 400 })
    const hex = hexFor(3, 3, { decay })
    const soon = offersForHex(mirel, hex, 500).find(
      ({ entrypoint }) => entrypoint === 'initiate_hex_claim',
    )
    const later = offersForHex(mirel, hex, 900).find(
      ({ entrypoint }) => entrypoint === 'initiate_hex_claim',
    )
    expect(soon?.title).toBe('Lay claim to this hex')
    expect(later?.title).toBe('Take over this hex')
    expect(soon?.amount).toMatchObject({ argument: 'energy_offered', min: 2 * 25 + 5 * 10 })
  })

  it('are for the block in which the order lands, the one after the last', () => {
    const decay = heldBy('0xb', { level: 90, claimableSinceBlock: 400, lastProcessedBlock: 400 })
    const titleAt = (head: number) =>
      offersForHex(mirel, hexFor(3, 3, { decay }), head).find(
        ({ entrypoint }) => entrypoint === 'initiate_hex_claim',
      )?.title
    expect([titleAt(898), titleAt(899)]).toEqual(['Lay claim to this hex', 'Take over this hex'])
    expect(unmet(offersForHex(mirel, hexFor(3, 3, { decay }), 499), 'process_hex_decay')).toEqual(
      [],
    )
    const busy = { ...mirel, lockedUntilBlock: '701' }
    expect(unmet(offersForHex(busy, fieldOf(null), 699), 'start_harvesting')).toHaveLength(1)
    expect(unmet(offersForHex(busy, fieldOf(null), 700), 'start_harvesting')).toEqual([])
  })

  it('reckon with the factor of the regulator on upkeep', () => {
    const decay = heldBy('0xb', { level: 80, claimableSinceBlock: 400, upkeepPer100Blocks: 12 })
    const claim = offersForHex(mirel, hexFor(3, 3, { decay }), 500).find(
      ({ entrypoint }) => entrypoint === 'initiate_hex_claim',
    )
    expect(claim?.amount?.min).toBe(24)
    const own = hexFor(0, 0, { decay: heldBy('0xa', { upkeepPer100Blocks: 12 }) })
    const upkeep = offersForHex(mirel, own, 500).find(
      ({ entrypoint }) => entrypoint === 'pay_hex_maintenance',
    )
    expect(upkeep?.price).toContain('every 12 energy')
  })

  it('of a hex with a Watchtower are to defend it with what beats the claim there', () => {
    const hex = {
      ...hexFor(0, 0, { decay: heldBy('0xa', { level: 85 }) }),
      claim: { claimantId: '0xb', energyLocked: 100, createdBlock: 450, expiryBlock: 550 },
    } as const
    const watched = { ...hex, claim: { ...hex.claim, minimumDefenceEnergy: 80 } }
    const defenceOf = (offered: Parameters<typeof offersForHex>[1], actor = mirel) =>
      offersForHex(actor, offered, 500).find(
        ({ entrypoint }) => entrypoint === 'defend_hex_from_claim',
      )
    expect(defenceOf(hex)?.amount).toMatchObject({ min: 100, initial: 100 })
    expect(defenceOf(watched)?.amount).toMatchObject({ min: 80, initial: 80 })
    const strong = { ...mirel, energy: 85, lastRegenBlock: 501 }
    expect(defenceOf(watched, strong)?.needs).toMatchObject([{ isMet: true }])
    expect(defenceOf(hex, strong)?.needs).toMatchObject([{ isMet: false }])
  })

  it.each([
    ['nobody', null, [], true],
    ['the actor', '0xa', [], true],
    ['another', '0xb', ['0xc'], false],
    ['another whose policy lets the actor', '0xb', ['0xa', '0xc'], true],
  ] as const)('to harvest where %s owns the area', (_, ownerId, harvesterIds, isMet) => {
    const hex = fieldOf(ownerId, harvesterIds)
    expect(unmet(offersForHex(mirel, hex, 500), 'start_harvesting')).toEqual(
      isMet ? [] : [{ text: 'own the area or have access', isMet: false }],
    )
  })

  it('of one’s own hex under claim begin with its defence', () => {
    const hex = hexFor(0, 0, {
      decay: heldBy('0xa', { level: 85 }),
      claim: { claimantId: '0xb', energyLocked: 30, createdBlock: 450, expiryBlock: 550 },
    })
    expect(entrypoints(offersForHex(mirel, hex, 500))[0]).toBe('defend_hex_from_claim')
    expect(entrypoints(offersForHex(mirel, hex, 551))).not.toContain('defend_hex_from_claim')
  })

  it('of oneself are to regenerate and to convert what one carries', () => {
    const offers = offersForSelf(mirel, 500)
    expect(entrypoints(offers)).toEqual(['regenerate_energy', 'convert_items_to_energy'])
    expect(offers[1]).toMatchObject({
      title: 'Turn grain into energy',
      amount: { argument: 'quantity', max: 5 },
      args: { item_id: '0x1' },
    })
  })
})
