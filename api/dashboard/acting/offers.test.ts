import { describe, expect, it } from 'vitest'
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
  effectiveEnergy: 40,
  maxEnergy: 100,
  place: { q: 0, r: 0 },
  lockedUntilBlock: '0',
  isAlive: true,
  items: [{ id: '0x1', name: null, quantity: 5 }],
  reservations: [],
}
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
      amount: { argument: 'quantity', max: 5 },
      args: { item_id: '0x1' },
    })
  })
})
