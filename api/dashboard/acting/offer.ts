/**
 * An offer: one call that an adventurer could make, with its price and what it needs. Needs are
 * hints by the formulas of the game (domain/worlds/infinite-hex-adventurers/rules/actions.ts), for the block in which the order would land;
 * the game decides, and its refusal comes back in words.
 */
import type { JsonObject } from '../../../domain/event-log/event-log.ts'
import { type Axial, areAdjacent, cubeOfAxial } from '../../../domain/hex.ts'
import {
  type Cost,
  canPay,
  energyFound,
  isBusy,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/actions.ts'

/** The adventurer that is to act. */
export type Actor = Readonly<{
  id: string
  /** Account that owns it and has to sign. */
  owner: string
  name: string
  /** As stored on chain: what most calls spend from. */
  energy: number
  maxEnergy: number
  /** What regeneration counts from. */
  lastRegenBlock: number
  place: Axial
  lockedUntilBlock: string
  isAlive: boolean
  /** What it carries; names in words. */
  items: readonly Readonly<{ id: string; name: string; quantity: number }>[]
  reservations: readonly Readonly<{
    areaId: string | null
    plantSlot: number | null
    amount: number
    readyBlock: number
    hex: Axial | null
  }>[]
}>

/** What has to be so before the game accepts a call, in words that follow "needs:". */
export type Need = Readonly<{ text: string; isMet: boolean }>

/** A number that the person chooses. */
export type AmountField = Readonly<{
  argument: string
  label: string
  min: number
  max: number
  initial: number
}>

/** One call that an adventurer could make. */
export type Offer = Readonly<{
  /** Unlike that of any other offer about the same hex or adventurer. */
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

/** What a call does to a figure, "brings energy from 20 to 40", or that it leaves it alone. */
export const changeWords = (figure: string, from: number, to: number): string =>
  from === to ? `${figure} stays at ${to}` : `brings ${figure} from ${from} to ${to}`

/** Whether two coordinates are the same hex. */
export const samePlace = (one: Axial, other: Axial): boolean =>
  one.q === other.q && one.r === other.r

/** A hex as an argument of a call: its coordinates, and nothing else that may be known of it. */
export const coordinateArg = ({ q, r }: Axial): JsonObject => ({ q, r })

/** The arguments by which most calls name their actor and a hex. */
export const argsFor = (actor: Actor, hex: Axial): JsonObject => ({
  adventurer_id: actor.id,
  hex_coordinate: coordinateArg(hex),
})

/** Energy that the call takes in the block where it lands. */
export const energyNeed = (actor: Actor, cost: Cost, block: number): Need => {
  const isMet = canPay(cost, actor, block)
  const helps = !isMet && canPay({ ...cost, spending: 'regenerated' }, actor, block)
  return {
    text: helps
      ? `${cost.energy} energy (regenerate first: ${actor.energy} stored)`
      : `${cost.energy} energy (has ${energyFound(cost.spending, actor, block)})`,
    isMet,
  }
}

/** Energy that the actor has in a block after regenerating. */
export const regeneratedEnergy = (actor: Actor, block: number): number =>
  energyFound('regenerated', actor, block)

/** That the actor stands on the hex. */
export const hereNeed = (actor: Actor, hex: Axial): Need => ({
  text: 'stand on this hex',
  isMet: samePlace(actor.place, hex),
})

/** That the actor stands on a hex that touches it. */
export const besideNeed = (actor: Actor, hex: Axial): Need => ({
  text: 'stand next to it',
  isMet: areAdjacent(cubeOfAxial(actor.place), cubeOfAxial(hex)),
})

/** That nothing keeps the actor busy at this block. */
export const freeNeed = (actor: Actor, block: number): Need => ({
  text: 'not be busy',
  isMet: !isBusy(actor.lockedUntilBlock, block),
})
