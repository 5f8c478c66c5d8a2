/** Offers about who holds a hex: upkeep, claim, defence, decay. */
import { blockOrNever } from '../../../domain/block-number.ts'
import {
  COSTS,
  claimTerms,
  defenceCost,
  isDecayDue,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/actions.ts'
import {
  CLAIM_TIMEOUT_BLOCKS,
  defenceEnergyAgainst,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/claim.ts'
import {
  DECAY_PERIOD_BLOCKS,
  RECOVERY_POINTS_PER_UPKEEP,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import { decayLevelOf } from '../state/hex-facts.ts'
import type { MapHex, OfferedHex } from '../state/world-types.ts'
import {
  type Actor,
  argsFor,
  changeWords,
  coordinateArg,
  energyNeed,
  type Offer,
  regeneratedEnergy,
} from './offer.ts'

/** To pay into a hex that is the actor's own. */
export const payUpkeep = (actor: Actor, { coordinate, decay }: MapHex, block: number): Offer[] => {
  if (decay?.ownerId !== actor.id) return []
  const upkeep = decay.upkeepPer100Blocks
  const most = Math.max(1, regeneratedEnergy(actor, block))
  return [
    {
      key: 'pay_hex_maintenance',
      entrypoint: 'pay_hex_maintenance',
      title: 'Pay upkeep into this hex',
      price: `every ${upkeep} energy also take back ${RECOVERY_POINTS_PER_UPKEEP} points of decay`,
      needs: [energyNeed(actor, COSTS.pay_hex_maintenance, block)],
      amount: {
        argument: 'amount',
        label: 'energy',
        min: 1,
        max: most,
        initial: Math.min(upkeep, most),
      },
      args: argsFor(actor, coordinate),
    },
  ]
}

/** To claim a hex that has decayed under another: at once, or through an escrow while the grace lasts. */
export const claim = (actor: Actor, hex: MapHex, block: number): Offer[] => {
  const { decay } = hex
  if (decay === null || decay.ownerId === actor.id) return []
  const escrow = hex.claim && { expiryBlock: blockOrNever(hex.claim.expiryBlock) }
  const terms = claimTerms({ ...decay, upkeep: decay.upkeepPer100Blocks }, escrow, actor, block)
  if (terms === null) return []
  const { cost, isImmediate, isOpen } = terms
  return [
    {
      key: 'initiate_hex_claim',
      entrypoint: 'initiate_hex_claim',
      title: isImmediate ? 'Take over this hex' : 'Lay claim to this hex',
      price: isImmediate
        ? `at least ${cost.energy} energy`
        : `at least ${cost.energy} energy, locked for ${CLAIM_TIMEOUT_BLOCKS} blocks`,
      needs: [energyNeed(actor, cost, block), { text: 'no other claim', isMet: isOpen }],
      amount: {
        argument: 'energy_offered',
        label: 'energy',
        min: cost.energy,
        max: Math.max(cost.energy, actor.energy),
        initial: cost.energy,
      },
      args: argsFor(actor, hex.coordinate),
    },
  ]
}

/** To defend a hex that is the actor's own against the claim that is laid to it. */
export const defend = (actor: Actor, hex: OfferedHex, block: number): Offer[] => {
  if (hex.claim === null || hex.decay?.ownerId !== actor.id) return []
  // Without a detail nothing is known of a Watchtower yet, and what it spares is not counted on.
  const { energyLocked, minimumDefenceEnergy } = hex.claim
  const expiryBlock = blockOrNever(hex.claim.expiryBlock)
  const least = minimumDefenceEnergy ?? defenceEnergyAgainst(energyLocked, false)
  const cost = defenceCost({ expiryBlock, minimumDefenceEnergy: least }, block)
  if (cost === null) return []
  return [
    {
      key: 'defend_hex_from_claim',
      entrypoint: 'defend_hex_from_claim',
      title: 'Defend this hex',
      price: `at least ${cost.energy} energy, all of it goes into the hex`,
      needs: [energyNeed(actor, cost, block)],
      amount: {
        argument: 'defense_energy',
        label: 'energy',
        min: cost.energy,
        max: Math.max(cost.energy, regeneratedEnergy(actor, block)),
        initial: cost.energy,
      },
      args: argsFor(actor, hex.coordinate),
    },
  ]
}

/** To have the game settle the decay that is due; anybody may. */
export const processDecay = (hex: MapHex, block: number): Offer[] =>
  hex.decay === null
    ? []
    : [
        {
          key: 'process_hex_decay',
          entrypoint: 'process_hex_decay',
          title: 'Settle the decay of this hex',
          price: `free; ${changeWords('decay', hex.decay.level, decayLevelOf(hex, block))}`,
          needs: [
            {
              text: `a whole period of ${DECAY_PERIOD_BLOCKS} blocks`,
              isMet: isDecayDue(blockOrNever(hex.decay.lastProcessedBlock), block),
            },
          ],
          amount: null,
          args: { hex_coordinate: coordinateArg(hex.coordinate) },
        },
      ]
