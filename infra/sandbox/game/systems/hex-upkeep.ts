/** Upkeep of a hex, and the effect of a payment on its decay: shared by maintenance and defence. */
import { U32_MAX } from '../../../../domain/worlds/infinite-hex-adventurers/rules/basis-points.ts'
import {
  CLAIMABLE_DECAY_LEVEL,
  levelAfterPayment,
  upkeepOf,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import type { RowOf } from '../row-codec.ts'
import type { World } from '../system.ts'
import { regulatorPolicyNow } from './regulator-policy.ts'

/** Upkeep of a hex now; an undiscovered hex pays as biome Unknown does. */
export const upkeepNow = (world: World, hex: bigint): number =>
  upkeepOf(world.read('Hex', { coordinate: hex }).biome, regulatorPolicyNow(world).upkeepBp)

/**
 * The hex after its controller put energy into its reserve: it recovers, and may no longer be
 * claimable. The block of the last payment stays as it is, because a defence is not a payment.
 */
export const decayAfterPayment = (
  state: RowOf<'HexDecayState'>,
  amount: number,
  upkeep: number,
): RowOf<'HexDecayState'> => {
  const level = levelAfterPayment(state.decay_level, amount, upkeep)
  return {
    ...state,
    current_energy_reserve: Math.min(U32_MAX, state.current_energy_reserve + amount),
    decay_level: level,
    claimable_since_block: level < CLAIMABLE_DECAY_LEVEL ? 0n : state.claimable_since_block,
  }
}
