/**
 * The adventurer that acts: whether the caller may act for it, and the two ways in which calls
 * spend its energy (game.md §2, §2.11).
 */
import { U64_MAX } from '../../../../domain/worlds/infinite-hex-adventurers/rules/basis-points.ts'
import { regenerate } from '../../../../domain/worlds/infinite-hex-adventurers/rules/energy.ts'
import type { RowOf } from '../row-codec.ts'
import type { World } from '../system.ts'

export type Adventurer = RowOf<'Adventurer'>
export type Economics = RowOf<'AdventurerEconomics'>

export const readAdventurer = (world: World, id: bigint): Adventurer =>
  world.read('Adventurer', { adventurer_id: id })

export const writeAdventurer = (world: World, id: bigint, adventurer: Adventurer): void =>
  world.write('Adventurer', { adventurer_id: id }, adventurer)

/**
 * Null if the caller may act; otherwise the reason. An adventurer that does not exist counts as
 * dead.
 */
export const actorRefusal = (world: World, adventurer: Adventurer): 'DEAD' | 'NOT_OWNER' | null => {
  if (!adventurer.is_alive) return 'DEAD'
  return adventurer.owner === world.caller ? null : 'NOT_OWNER'
}

/**
 * Energy deducted without regeneration and without touching the economics row (quirk 3); null when
 * there is too little.
 */
export const rawSpend = (adventurer: Adventurer, energy: number): Adventurer | null =>
  adventurer.energy < energy ? null : { ...adventurer, energy: adventurer.energy - energy }

/** The two rows of energy that calls with lazy regeneration read and write together. */
export type EnergyRows = Readonly<{ adventurer: Adventurer; economics: Economics }>

export const readEnergyRows = (world: World, id: bigint): EnergyRows => ({
  adventurer: readAdventurer(world, id),
  economics: world.read('AdventurerEconomics', { adventurer_id: id }),
})

export const writeEnergyRows = (
  world: World,
  id: bigint,
  { adventurer, economics }: EnergyRows,
): void => {
  writeAdventurer(world, id, adventurer)
  world.write('AdventurerEconomics', { adventurer_id: id }, economics)
}

/**
 * Both rows after lazy regeneration. The balance is set to the energy in any case. A block of the
 * last regeneration that lies ahead, which a number may not hold, stays as it is.
 */
export const regenerated = ({ adventurer, economics }: EnergyRows, block: number): EnergyRows => {
  const before = Number(economics.last_regen_block)
  const { energy, gained, lastRegenBlock } = regenerate(
    { energy: adventurer.energy, maxEnergy: adventurer.max_energy, lastRegenBlock: before },
    block,
  )
  return {
    adventurer: { ...adventurer, energy },
    economics: {
      ...economics,
      energy_balance: energy,
      total_energy_earned: economics.total_energy_earned + BigInt(gained),
      last_regen_block:
        lastRegenBlock === before ? economics.last_regen_block : BigInt(lastRegenBlock),
    },
  }
}

const saturated = (total: bigint): bigint => (total < U64_MAX ? total : U64_MAX)

/**
 * Both rows after a change of energy that is booked as earned or spent, without regeneration. The
 * totals saturate.
 */
export const booked = (
  { adventurer, economics }: EnergyRows,
  { earned, spent }: Readonly<{ earned: number; spent: number }>,
): EnergyRows => {
  const energy = adventurer.energy + earned - spent
  return {
    adventurer: { ...adventurer, energy },
    economics: {
      ...economics,
      energy_balance: energy,
      total_energy_earned: saturated(economics.total_energy_earned + BigInt(earned)),
      total_energy_spent: saturated(economics.total_energy_spent + BigInt(spent)),
    },
  }
}

/**
 * Regenerates and then spends. When there is too little energy, `paid` is false and the
 * regeneration is kept. Unlike in `booked`, neither total saturates: one that exceeds its u64
 * reverts.
 */
export const regenSpend = (
  rows: EnergyRows,
  energy: number,
  block: number,
): Readonly<{ rows: EnergyRows; paid: boolean }> => {
  const fresh = regenerated(rows, block)
  if (fresh.adventurer.energy < energy) return { rows: fresh, paid: false }
  const { adventurer, economics } = fresh
  const left = adventurer.energy - energy
  const total_energy_spent = economics.total_energy_spent + BigInt(energy)
  return {
    rows: {
      adventurer: { ...adventurer, energy: left },
      economics: { ...economics, energy_balance: left, total_energy_spent },
    },
    paid: true,
  }
}
