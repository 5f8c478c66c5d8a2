/**
 * What an adventurer could do about a hex or about itself, each with its price and what it needs.
 * These are hints by the formulas of the game; the game decides, and its refusal comes back in
 * words.
 */
import type { JsonObject } from '../../../domain/event-log/event-log.ts'
import { type Axial, areAdjacent, cubeOfAxial } from '../../../domain/hex.ts'
import {
  claimIsImmediate,
  defenceEnergyAgainst,
  minimumClaimOf,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/claim.ts'
import { upkeepOf } from '../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import {
  DISCOVER_HEX_ENERGY,
  MOVE_ENERGY,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/energy.ts'
import {
  HARVEST_BLOCKS_PER_UNIT,
  HARVEST_ENERGY_PER_UNIT,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/harvest.ts'
import { decayLevelOf, isClaimableHex } from '../map/texels.ts'
import type { MapArea, MapHex } from '../state/world-types.ts'

/** The adventurer that is to act. */
export type Actor = Readonly<{
  id: string
  /** Account that owns it and has to sign. */
  owner: string
  name: string
  /** As stored on chain: what most calls spend from. */
  energy: number
  /** With the regeneration that a call would apply first. */
  effectiveEnergy: number
  maxEnergy: number
  place: Axial
  lockedUntilBlock: string
  isAlive: boolean
  items: readonly Readonly<{ id: string; name: string | null; quantity: number }>[]
  reservations: readonly Readonly<{
    areaId: string | null
    plantSlot: number | null
    amount: number
    readyBlock: number
    hex: Axial | null
  }>[]
}>

export type Need = Readonly<{ text: string; isMet: boolean }>

/** A number that the person chooses. */
export type AmountField = Readonly<{
  argument: string
  label: string
  min: number
  max: number
  initial: number
}>

export type Offer = Readonly<{
  key: string
  entrypoint: string
  title: string
  /** What it costs and brings, in words. */
  price: string
  needs: readonly Need[]
  amount: AmountField | null
  /** Arguments besides the amount. */
  args: JsonObject
}>

const samePlace = (one: Axial, other: Axial): boolean => one.q === other.q && one.r === other.r
const beside = (one: Axial, other: Axial): boolean =>
  areAdjacent(cubeOfAxial(one), cubeOfAxial(other))
const plain = ({ q, r }: Axial): Axial => ({ q, r })

const energyNeed = (actor: Actor, cost: number): Need => ({
  text:
    actor.energy < cost && actor.effectiveEnergy >= cost
      ? `${cost} energy (regenerate first: ${actor.energy} stored)`
      : `${cost} energy (has ${actor.energy})`,
  isMet: actor.energy >= cost,
})
const regeneratedNeed = (actor: Actor, cost: number): Need => ({
  text: `${cost} energy (has ${actor.effectiveEnergy})`,
  isMet: actor.effectiveEnergy >= cost,
})
const hereNeed = (actor: Actor, hex: Axial): Need => ({
  text: 'stand on this hex',
  isMet: samePlace(actor.place, hex),
})
const besideNeed = (actor: Actor, hex: Axial): Need => ({
  text: 'stand next to it',
  isMet: beside(actor.place, hex),
})
const freeNeed = (actor: Actor, block: number): Need => ({
  text: 'not be busy',
  isMet: BigInt(actor.lockedUntilBlock) <= BigInt(block),
})

const discoverHex = (actor: Actor, hex: MapHex): Offer[] =>
  hex.isDiscovered
    ? []
    : [
        {
          key: 'discover_hex',
          entrypoint: 'discover_hex',
          title: 'Discover this hex',
          price: `${DISCOVER_HEX_ENERGY} energy`,
          needs: [besideNeed(actor, hex.coordinate), energyNeed(actor, DISCOVER_HEX_ENERGY)],
          amount: null,
          args: { adventurer_id: actor.id, hex_coordinate: plain(hex.coordinate) },
        },
      ]

const move = (actor: Actor, hex: MapHex): Offer[] =>
  samePlace(actor.place, hex.coordinate)
    ? []
    : [
        {
          key: 'move_adventurer',
          entrypoint: 'move_adventurer',
          title: 'Move here',
          price: `${MOVE_ENERGY} energy`,
          needs: [besideNeed(actor, hex.coordinate), energyNeed(actor, MOVE_ENERGY)],
          amount: null,
          args: { adventurer_id: actor.id, to_hex_coordinate: plain(hex.coordinate) },
        },
      ]

const discoverArea = (actor: Actor, hex: MapHex): Offer[] => {
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
      args: { adventurer_id: actor.id, hex_coordinate: plain(hex.coordinate), area_index: next },
    },
  ]
}

const examine = (hex: MapHex, area: MapArea): Offer[] => {
  const known = new Set(area.plants.map(({ slot }) => slot))
  const slot = Array.from({ length: area.plantSlots ?? 0 }, (_, at) => at).find(
    (at) => !known.has(at),
  )
  if (slot === undefined) return []
  return [
    {
      key: `init_harvesting ${area.id}`,
      entrypoint: 'init_harvesting',
      title: `Examine plant ${slot + 1} of area ${area.index ?? '?'}`,
      price: 'free',
      needs: [],
      amount: null,
      args: { hex_coordinate: plain(hex.coordinate), area_id: area.id, plant_id: slot },
    },
  ]
}

const harvest = (actor: Actor, hex: MapHex, area: MapArea, block: number): Offer[] => {
  const [best] = area.plants
    .map((plant) => ({ plant, left: plant.currentYield - plant.reservedYield }))
    .filter(({ left }) => left > 0)
    .sort((one, other) => other.left - one.left)
  if (best === undefined) return []
  const affordable = Math.floor(actor.effectiveEnergy / HARVEST_ENERGY_PER_UNIT)
  const owned = area.ownerId === null || area.ownerId === actor.id
  return [
    {
      key: `start_harvesting ${area.id}`,
      entrypoint: 'start_harvesting',
      title: `Harvest ${best.plant.species.toLowerCase()} in area ${area.index ?? '?'}`,
      price: `${HARVEST_ENERGY_PER_UNIT} energy and ${HARVEST_BLOCKS_PER_UNIT} blocks per unit; ${best.left} left`,
      needs: [
        hereNeed(actor, hex.coordinate),
        freeNeed(actor, block),
        regeneratedNeed(actor, HARVEST_ENERGY_PER_UNIT),
        { text: 'own the area or have access', isMet: owned },
      ],
      amount: {
        argument: 'amount',
        label: 'units',
        min: 1,
        max: best.left,
        initial: Math.max(1, Math.min(affordable, best.left)),
      },
      args: {
        adventurer_id: actor.id,
        hex_coordinate: plain(hex.coordinate),
        area_id: area.id,
        plant_id: best.plant.slot,
      },
    },
  ]
}

const finishHarvests = (actor: Actor, block: number): Offer[] =>
  actor.reservations.flatMap(({ hex, areaId, plantSlot, amount, readyBlock }) => {
    if (hex === null || areaId === null || plantSlot === null) return []
    const args = {
      adventurer_id: actor.id,
      hex_coordinate: plain(hex),
      area_id: areaId,
      plant_id: plantSlot,
    }
    const ready = { text: `wait until block ${readyBlock}`, isMet: block >= readyBlock }
    return [
      {
        key: `complete_harvesting ${areaId} ${plantSlot}`,
        entrypoint: 'complete_harvesting',
        title: `Bring in ${amount} units`,
        price: 'free',
        needs: [hereNeed(actor, hex), ready],
        amount: null,
        args,
      },
      {
        key: `cancel_harvesting ${areaId} ${plantSlot}`,
        entrypoint: 'cancel_harvesting',
        title: 'Break off the harvest',
        price: 'the ripe part is kept, the energy is not given back',
        needs: [hereNeed(actor, hex)],
        amount: null,
        args,
      },
    ]
  })

const payUpkeep = (actor: Actor, hex: MapHex): Offer[] => {
  if (hex.decay?.ownerId !== actor.id) return []
  const upkeep = upkeepOf(hex.biome)
  const most = Math.max(1, actor.effectiveEnergy)
  return [
    {
      key: 'pay_hex_maintenance',
      entrypoint: 'pay_hex_maintenance',
      title: 'Pay upkeep into this hex',
      price: `every ${upkeep} energy also take back 4 points of decay`,
      needs: [regeneratedNeed(actor, 1)],
      amount: {
        argument: 'amount',
        label: 'energy',
        min: 1,
        max: most,
        initial: Math.min(upkeep, most),
      },
      args: { adventurer_id: actor.id, hex_coordinate: plain(hex.coordinate) },
    },
  ]
}

const claim = (actor: Actor, hex: MapHex, block: number): Offer[] => {
  const { decay } = hex
  if (decay === null || !isClaimableHex(hex) || decay.ownerId === actor.id) return []
  const least = minimumClaimOf(upkeepOf(hex.biome), decay.level, actor.maxEnergy)
  const atOnce = claimIsImmediate(decay.claimableSinceBlock ?? block, block)
  return [
    {
      key: 'initiate_hex_claim',
      entrypoint: 'initiate_hex_claim',
      title: atOnce ? 'Take over this hex' : 'Lay claim to this hex',
      price: atOnce
        ? `at least ${least} energy`
        : `at least ${least} energy, locked for 100 blocks`,
      needs: [
        energyNeed(actor, least),
        { text: 'no other claim', isMet: hex.claim === null || block > hex.claim.expiryBlock },
      ],
      amount: {
        argument: 'energy_offered',
        label: 'energy',
        min: least,
        max: Math.max(least, actor.energy),
        initial: least,
      },
      args: { adventurer_id: actor.id, hex_coordinate: plain(hex.coordinate) },
    },
  ]
}

const defend = (actor: Actor, hex: MapHex, block: number): Offer[] => {
  if (hex.claim === null || hex.decay?.ownerId !== actor.id || block > hex.claim.expiryBlock)
    return []
  const least = defenceEnergyAgainst(hex.claim.energyLocked, false)
  return [
    {
      key: 'defend_hex_from_claim',
      entrypoint: 'defend_hex_from_claim',
      title: 'Defend this hex',
      price: `at least ${least} energy, all of it goes into the hex`,
      needs: [regeneratedNeed(actor, least)],
      amount: {
        argument: 'defense_energy',
        label: 'energy',
        min: least,
        max: Math.max(least, actor.effectiveEnergy),
        initial: least,
      },
      args: { adventurer_id: actor.id, hex_coordinate: plain(hex.coordinate) },
    },
  ]
}

const processDecay = (hex: MapHex, block: number): Offer[] =>
  hex.decay === null
    ? []
    : [
        {
          key: 'process_hex_decay',
          entrypoint: 'process_hex_decay',
          title: 'Settle the decay of this hex',
          price: `free; brings it from ${hex.decay.level} to ${decayLevelOf(hex, block)}`,
          needs: [
            {
              text: 'a whole period of 100 blocks',
              isMet: block - hex.decay.lastProcessedBlock >= 100,
            },
          ],
          amount: null,
          args: { hex_coordinate: plain(hex.coordinate) },
        },
      ]

/** What the actor could do about a hex, most telling first. */
export const offersForHex = (actor: Actor, hex: MapHex, block: number): Offer[] => {
  const fields = hex.areas.filter((area) => area.isDiscovered && area.type === 'PlantField')
  return [
    ...defend(actor, hex, block),
    ...claim(actor, hex, block),
    ...discoverHex(actor, hex),
    ...move(actor, hex),
    ...discoverArea(actor, hex),
    ...(samePlace(actor.place, hex.coordinate) ? finishHarvests(actor, block) : []),
    ...fields.flatMap((area) => harvest(actor, hex, area, block)),
    ...payUpkeep(actor, hex),
    ...fields.flatMap((area) => examine(hex, area)),
    ...processDecay(hex, block),
  ]
}

/** What the actor could do about itself. */
export const offersForSelf = (actor: Actor, block: number): Offer[] => [
  {
    key: 'regenerate_energy',
    entrypoint: 'regenerate_energy',
    title: 'Regenerate',
    price: `free; brings energy from ${actor.energy} to ${actor.effectiveEnergy}`,
    needs: [],
    amount: null,
    args: { adventurer_id: actor.id },
  },
  ...finishHarvests(actor, block),
  ...actor.items.map((item) => ({
    key: `convert_items_to_energy ${item.id}`,
    entrypoint: 'convert_items_to_energy',
    title: `Turn ${item.name ?? 'plants'} into energy`,
    price: `${item.quantity} in the backpack; what lifts energy above ${actor.maxEnergy} is lost`,
    needs: [],
    amount: {
      argument: 'quantity',
      label: 'units',
      min: 1,
      max: item.quantity,
      initial: item.quantity,
    },
    args: { adventurer_id: actor.id, item_id: item.id },
  })),
]
