/** Offers about who holds a hex: upkeep, claim, defence, decay. */
import { blockOrNever } from '../../../domain/block-number.ts'
import {
  CLAIM_TIMEOUT_BLOCKS,
  claimIsImmediate,
  defenceEnergyAgainst,
  minimumClaimOf,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/claim.ts'
import {
  DECAY_PERIOD_BLOCKS,
  RECOVERY_POINTS_PER_UPKEEP,
  upkeepOf,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import { decayLevelOf, isClaimableHex } from '../state/hex-facts.ts'
import type { MapHex } from '../state/world-types.ts'
import {
  type Actor,
  argsFor,
  coordinateArg,
  energyNeed,
  type Offer,
  regeneratedNeed,
} from './offer.ts'

/** To pay into a hex that is the actor's own. */
export const payUpkeep = (actor: Actor, hex: MapHex): Offer[] => {
  if (hex.decay?.ownerId !== actor.id) return []
  const upkeep = upkeepOf(hex.biome)
  const most = Math.max(1, actor.effectiveEnergy)
  return [
    {
      key: 'pay_hex_maintenance',
      entrypoint: 'pay_hex_maintenance',
      title: 'Pay upkeep into this hex',
      price: `every ${upkeep} energy also take back ${RECOVERY_POINTS_PER_UPKEEP} points of decay`,
      needs: [regeneratedNeed(actor, 1)],
      amount: {
        argument: 'amount',
        label: 'energy',
        min: 1,
        max: most,
        initial: Math.min(upkeep, most),
      },
      args: argsFor(actor, hex.coordinate),
    },
  ]
}

/** To claim a hex that has decayed under another: at once, or through an escrow while the grace lasts. */
export const claim = (actor: Actor, hex: MapHex, block: number): Offer[] => {
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
        : `at least ${least} energy, locked for ${CLAIM_TIMEOUT_BLOCKS} blocks`,
      needs: [
        energyNeed(actor, least),
        {
          text: 'no other claim',
          isMet: hex.claim === null || block > blockOrNever(hex.claim.expiryBlock),
        },
      ],
      amount: {
        argument: 'energy_offered',
        label: 'energy',
        min: least,
        max: Math.max(least, actor.energy),
        initial: least,
      },
      args: argsFor(actor, hex.coordinate),
    },
  ]
}

/** To defend a hex that is the actor's own against the claim that is laid to it. */
export const defend = (actor: Actor, hex: MapHex, block: number): Offer[] => {
  if (
    hex.claim === null ||
    hex.decay?.ownerId !== actor.id ||
    block > blockOrNever(hex.claim.expiryBlock)
  )
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
          price: `free; brings it from ${hex.decay.level} to ${decayLevelOf(hex, block)}`,
          needs: [
            {
              text: `a whole period of ${DECAY_PERIOD_BLOCKS} blocks`,
              isMet: block - blockOrNever(hex.decay.lastProcessedBlock) >= DECAY_PERIOD_BLOCKS,
            },
          ],
          amount: null,
          args: { hex_coordinate: coordinateArg(hex.coordinate) },
        },
      ]
