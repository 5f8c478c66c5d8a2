/**
 * Candidates around control of hexes: upkeep, defence, decay and claims. A claim in the first 500
 * blocks after a hex became claimable only locks energy and gives it back later, which at full
 * energy is a way to save it; a later claim takes the hex at once (game.md §3.6).
 */
import {
  COSTS,
  canPay,
  claimTerms,
  defenceCost,
  wouldBecomeClaimable,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/actions.ts'
import {
  CLAIMABLE_DECAY_LEVEL,
  chargePeriods,
  levelAfterPayment,
  periodsDue,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import type { SeenDecay, SeenHex } from '../observation.ts'
import type { LivingSituation } from '../situation.ts'
import type { Candidate } from './candidate.ts'

const WORTH = {
  settleEscrow: 70,
  immediateClaim: 64,
  pendingClaim: 30,
  defence: 90,
  upkeep: 48,
  decay: 24,
} as const

/** Upkeep looks this far ahead. */
const UPKEEP_HORIZON_BLOCKS = 100
/** What a further hex is worth keeping to an agent that has a home, against the home. */
const STRAY_HEX_SHARE = 0.4
const PAYMENT_STEP_ENERGY = 5
const PAYMENT_ENERGY_MAX = 100
/**
 * An escrow must have run out, and energy have grown back, well before the hex can be taken at
 * once.
 */
const PENDING_CLAIM_LEAD_BLOCKS = 200

export const contendingCandidates = (situation: LivingSituation): readonly Candidate[] =>
  [...situation.hexesById.values()].flatMap((hex) => {
    if (hex.decay === null) return []
    return hex.decay.ownerId === situation.self.id
      ? [...defenceCandidates(situation, hex), ...upkeepCandidates(situation, hex, hex.decay)]
      : [
          ...decayCandidates(situation, hex, hex.decay),
          ...claimCandidates(situation, hex, hex.decay),
        ]
  })

const defenceCandidates = (
  { self, nextBlock, temperament }: LivingSituation,
  { packed, claim }: SeenHex,
): readonly Candidate[] => {
  if (claim === null || claim.claimantId === self.id) return []
  const cost = defenceCost(claim, nextBlock)
  if (cost === null || !canPay(cost, self, nextBlock)) return []
  return [
    {
      action: {
        entrypoint: 'defend_hex_from_claim',
        args: { adventurer_id: self.id, hex_coordinate: packed, defense_energy: cost.energy },
      },
      ...cost,
      utility: WORTH.defence * temperament.defend,
      why: 'defend the hex against a claim',
    },
  ]
}

/**
 * Least payment that keeps the hex from becoming claimable within the horizon; null when 100 energy
 * do not.
 */
const upkeepPayment = (decay: SeenDecay, block: number): number | null => {
  const periods = periodsDue(decay.lastProcessedBlock, block + UPKEEP_HORIZON_BLOCKS)
  for (let amount = 0; amount <= PAYMENT_ENERGY_MAX; amount += PAYMENT_STEP_ENERGY) {
    const state = {
      level: levelAfterPayment(decay.level, amount, decay.upkeepPer100Blocks),
      reserve: decay.energyReserve + amount,
      lastProcessedBlock: decay.lastProcessedBlock,
    }
    if (chargePeriods(state, decay.upkeepPer100Blocks, periods).level < CLAIMABLE_DECAY_LEVEL)
      return amount
  }
  return null
}

const upkeepCandidates = (
  { self, nextBlock, temperament, home }: LivingSituation,
  { packed }: SeenHex,
  decay: SeenDecay,
): readonly Candidate[] => {
  const amount = upkeepPayment(decay, nextBlock)
  if (amount === null || amount === 0) return []
  return [
    {
      action: {
        entrypoint: 'pay_hex_maintenance',
        args: { adventurer_id: self.id, hex_coordinate: packed, amount },
      },
      spending: COSTS.pay_hex_maintenance.spending,
      energy: amount,
      utility:
        WORTH.upkeep *
        temperament.maintain *
        (home === null || packed === home ? 1 : STRAY_HEX_SHARE),
      why: 'pay upkeep before the hex can be claimed',
    },
  ]
}

/** Anybody may have decay charged; until somebody does, a rotten hex cannot be claimed. */
const decayCandidates = (
  { temperament }: LivingSituation,
  { packed }: SeenHex,
  decay: SeenDecay,
): readonly Candidate[] => {
  if (decay.ownerId === null || !wouldBecomeClaimable(decay.level, decay.projectedLevel)) return []
  return [
    {
      action: { entrypoint: 'process_hex_decay', args: { hex_coordinate: packed } },
      ...COSTS.process_hex_decay,
      utility: WORTH.decay * temperament.claim,
      why: 'show that a neglected hex can be claimed',
    },
  ]
}

const claimCandidates = (
  situation: LivingSituation,
  hex: SeenHex,
  decay: SeenDecay,
): readonly Candidate[] => {
  const { self, nextBlock, temperament } = situation
  const { claimableSinceBlock, immediateClaimBlock, level, upkeepPer100Blocks: upkeep } = decay
  const { claim } = hex
  if (claim?.claimantId === self.id && claim.expiryBlock < nextBlock)
    return [settlement(situation, hex)]
  const terms = claimTerms({ level, claimableSinceBlock, upkeep }, claim, self, nextBlock)
  if (terms === null || immediateClaimBlock === null || decay.ownerId === null) return []
  if (!terms.isOpen) return []
  if (terms.isImmediate)
    return [
      claimOf(situation, hex, {
        ...terms.cost,
        utility: WORTH.immediateClaim * temperament.claim,
        why: 'take over a neglected hex',
      }),
    ]
  if (immediateClaimBlock - nextBlock < PENDING_CLAIM_LEAD_BLOCKS) return []
  return [
    claimOf(situation, hex, {
      ...terms.cost,
      utility: WORTH.pendingClaim * temperament.pressure,
      why: 'put pressure on a neglected hex, and energy aside',
    }),
  ]
}

/** A claim that offers all the energy that it needs. */
const claimOf = (
  { self }: LivingSituation,
  { packed }: SeenHex,
  offer: Pick<Candidate, 'spending' | 'energy' | 'utility' | 'why'>,
): Candidate => ({
  action: {
    entrypoint: 'initiate_hex_claim',
    args: { adventurer_id: self.id, hex_coordinate: packed, energy_offered: offer.energy },
  },
  ...offer,
})

/**
 * The next claim on a hex settles an escrow that ran out. Settling one's own by a claim that
 * succeeds would lose the refund (game.md §8, quirk 7), so this offers too little on purpose: the
 * refund comes, and the claim itself fails.
 */
const settlement = (situation: LivingSituation, hex: SeenHex): Candidate => ({
  ...claimOf(situation, hex, {
    spending: 'free',
    energy: 1,
    utility: WORTH.settleEscrow,
    why: 'have the escrow that ran out paid back',
  }),
  energy: 0,
})
