/** Offers that open the map: to discover a hex, to go there, to discover its areas. */
import { COSTS } from '../../../domain/worlds/infinite-hex-adventurers/rules/actions.ts'
import type { MapHex } from '../state/world-types.ts'
import {
  type Actor,
  argsFor,
  besideNeed,
  coordinateArg,
  energyNeed,
  hereNeed,
  type Offer,
  samePlace,
} from './offer.ts'

/** To discover a hex that nobody has discovered. */
export const discoverHex = (actor: Actor, hex: MapHex, block: number): Offer[] =>
  hex.isDiscovered
    ? []
    : [
        {
          key: 'discover_hex',
          entrypoint: 'discover_hex',
          title: 'Discover this hex',
          price: `${COSTS.discover_hex.energy} energy`,
          needs: [besideNeed(actor, hex.coordinate), energyNeed(actor, COSTS.discover_hex, block)],
          amount: null,
          args: argsFor(actor, hex.coordinate),
        },
      ]

/** To go to a hex. */
export const move = (actor: Actor, hex: MapHex, block: number): Offer[] =>
  samePlace(actor.place, hex.coordinate)
    ? []
    : [
        {
          key: 'move_adventurer',
          entrypoint: 'move_adventurer',
          title: 'Move here',
          price: `${COSTS.move_adventurer.energy} energy`,
          needs: [
            besideNeed(actor, hex.coordinate),
            energyNeed(actor, COSTS.move_adventurer, block),
          ],
          amount: null,
          args: { adventurer_id: actor.id, to_hex_coordinate: coordinateArg(hex.coordinate) },
        },
      ]

/** To discover the next area of a hex. The first, the control area, makes its discoverer the holder. */
export const discoverArea = (actor: Actor, hex: MapHex): Offer[] => {
  const known = new Set(
    hex.areas.filter(({ isDiscovered }) => isDiscovered).map(({ index }) => index),
  )
  const next = Array.from({ length: hex.areaCount ?? 0 }, (_, index) => index).find(
    (index) => !known.has(index),
  )
  if (next === undefined) return []
  return [
    {
      key: 'discover_area',
      entrypoint: 'discover_area',
      title: next === 0 ? 'Discover the control area and hold the hex' : `Discover area ${next}`,
      price: 'free',
      needs: [hereNeed(actor, hex.coordinate)],
      amount: null,
      args: { ...argsFor(actor, hex.coordinate), area_index: next },
    },
  ]
}
