/**
 * Claims on decayed hexes (game.md §2.4): an escrow of energy in the first 500 blocks, a take-over
 * after them, and the controller's defence. An escrow that has run out is settled by the next claim
 * or defence, of any adventurer.
 */
import {
  U16_MAX,
  U32_MAX,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/basis-points.ts'
import {
  CLAIM_TIMEOUT_BLOCKS,
  claimIsImmediate,
  defenceStrength,
  escrowExpired,
  isClaimable,
  minimumClaimOf,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/claim.ts'
import { areaId, claimId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import type { RowOf } from '../row-codec.ts'
import type { World } from '../system.ts'
import {
  actorRefusal,
  booked,
  type EnergyRows,
  readEnergyRows,
  regenSpend,
  writeEnergyRows,
} from './actor.ts'
import { hasEffectiveBuilding } from './hex-buildings.ts'
import { decayAfterPayment, upkeepNow } from './hex-upkeep.ts'

type Escrow = RowOf<'ClaimEscrow'>

const readEscrow = (world: World, hex: bigint): Escrow => ({
  ...world.read('ClaimEscrow', { claim_id: claimId(hex) }),
  hex_coordinate: hex,
})

const writeEscrow = (world: World, hex: bigint, escrow: Escrow): void =>
  world.write('ClaimEscrow', { claim_id: claimId(hex) }, escrow)

const emitRefund = (world: World, hex: bigint, claimant: bigint, amount: number): void =>
  world.emit('ClaimRefunded', { hex, claim_id: claimId(hex), claimant, amount })

/**
 * Refunds and closes an escrow that has run out. A dead claimant gets the refund too. It may lift
 * energy above the cap; above the largest u16 it reverts. One of nobody is closed in silence.
 */
const settled = (world: World, hex: bigint, escrow: Escrow): Escrow => {
  if (escrow.status !== 'Active' || !escrowExpired(Number(escrow.expiry_block), world.block))
    return escrow
  const claimant = escrow.claimant_adventurer_id
  const expired: Escrow = { ...escrow, energy_locked: 0, status: 'Expired' }
  if (claimant === 0n) {
    writeEscrow(world, hex, expired)
    return expired
  }
  const rows = readEnergyRows(world, claimant)
  const refund = escrow.energy_locked
  writeEnergyRows(world, claimant, booked(rows, { earned: refund, spent: 0 }))
  writeEscrow(world, hex, expired)
  world.emit('ClaimExpired', { hex, claim_id: claimId(hex), claimant })
  emitRefund(world, hex, claimant, refund)
  return expired
}

/**
 * Sets the owner of every area of a hex, discovered or not, and of the buildings in them (quirk
 * 20).
 */
const handOverAreas = (
  world: World,
  hex: bigint,
  owner: bigint,
  claimBlock: bigint | null,
): void => {
  const { area_count } = world.read('Hex', { coordinate: hex })
  for (let index = 0; index < area_count; index++) {
    const area = areaId(hex, index)
    const before = world.read('AreaOwnership', { area_id: area })
    const claim_block = claimBlock ?? before.claim_block
    world.write(
      'AreaOwnership',
      { area_id: area },
      { ...before, owner_adventurer_id: owner, claim_block },
    )
    const building = world.read('ConstructionBuildingNode', { area_id: area })
    if (building.hex_coordinate === hex && building.building_type !== 0n) {
      world.write(
        'ConstructionBuildingNode',
        { area_id: area },
        { ...building, owner_adventurer_id: owner },
      )
    }
    const from = before.owner_adventurer_id
    if (from === 0n || from === owner) continue
    world.emit('OwnershipTransferred', {
      area_id: area,
      from_adventurer_id: from,
      to_adventurer_id: owner,
      claim_block,
    })
  }
}

/**
 * A claimant's own rows are read before settlement, so that a refund to the same claimant is lost
 * when it claims anew (quirk 7).
 */
export const initiateClaim = (world: World, id: bigint, hex: bigint, offer: number): boolean => {
  const rows = readEnergyRows(world, id)
  const state = world.read('HexDecayState', { hex_coordinate: hex })
  const escrow = settled(world, hex, readEscrow(world, hex))
  if (actorRefusal(world, rows.adventurer) !== null) return false
  const since = Number(state.claimable_since_block)
  if (!isClaimable(state.decay_level, since)) return false
  const minimum = minimumClaimOf(
    upkeepNow(world, hex),
    state.decay_level,
    rows.adventurer.max_energy,
  )
  if (
    offer === 0 ||
    offer < minimum ||
    escrow.status === 'Active' ||
    rows.adventurer.energy < offer
  )
    return false

  const immediate = claimIsImmediate(since, world.block)
  const claim: Escrow = {
    hex_coordinate: hex,
    claimant_adventurer_id: id,
    energy_locked: immediate ? 0 : offer,
    created_block: world.now,
    expiry_block: world.now + BigInt(CLAIM_TIMEOUT_BLOCKS),
    status: immediate ? 'Resolved' : 'Active',
  }
  writeEnergyRows(world, id, booked(rows, { earned: 0, spent: offer }))
  world.write(
    'HexDecayState',
    { hex_coordinate: hex },
    immediate ? takenOver(state, id, offer) : state,
  )
  writeEscrow(world, hex, claim)
  if (immediate) handOverAreas(world, hex, id, world.now)
  const { energy_locked, expiry_block } = claim
  world.emit('ClaimInitiated', {
    hex,
    claimant: id,
    claim_id: claimId(hex),
    energy_locked,
    expiry_block,
  })
  return true
}

const takenOver = (
  state: RowOf<'HexDecayState'>,
  owner: bigint,
  offer: number,
): RowOf<'HexDecayState'> => ({
  ...state,
  owner_adventurer_id: owner,
  current_energy_reserve: Math.min(U32_MAX, state.current_energy_reserve + offer),
  decay_level: 0,
  claimable_since_block: 0n,
})

/**
 * The controller beats an escrow with energy that goes into the reserve. The claimant's rows are
 * read before the defender pays and written last: an adventurer that defends against its own claim
 * gets its energy back (quirk 7).
 */
export const defend = (world: World, id: bigint, hex: bigint, energy: number): boolean => {
  const rows = readEnergyRows(world, id)
  const state = world.read('HexDecayState', { hex_coordinate: hex })
  const escrow = settled(world, hex, readEscrow(world, hex))
  const claimant = escrow.claimant_adventurer_id
  if (claimant === 0n || escrow.status !== 'Active') return false
  if (actorRefusal(world, rows.adventurer) !== null || id !== state.owner_adventurer_id)
    return false
  const strength = defenceStrength(energy, hasEffectiveBuilding(world, hex, 'WATCHTOWER'))
  if (energy === 0 || strength < escrow.energy_locked) return false
  const claimantRows = readEnergyRows(world, claimant)
  const spent = regenSpend(rows, energy, world.block)
  writeEnergyRows(world, id, spent.rows)
  if (!spent.paid) return false

  const refunded = saturatingRefund(claimantRows, escrow.energy_locked)
  writeEnergyRows(world, claimant, refunded)
  world.write(
    'HexDecayState',
    { hex_coordinate: hex },
    decayAfterPayment(state, energy, upkeepNow(world, hex)),
  )
  writeEscrow(world, hex, { ...escrow, energy_locked: 0, status: 'Resolved' })
  handOverAreas(world, hex, state.owner_adventurer_id, null)
  emitRefund(world, hex, claimant, refunded.adventurer.energy - claimantRows.adventurer.energy)
  world.emit('HexDefended', { hex, owner: id, energy })
  return true
}

/**
 * A refund whose energy stops at the largest u16 instead of reverting; all of it is booked as
 * earned.
 */
const saturatingRefund = (rows: EnergyRows, refund: number): EnergyRows => {
  const { adventurer, economics } = booked(rows, { earned: refund, spent: 0 })
  const energy = Math.min(U16_MAX, adventurer.energy)
  return {
    adventurer: { ...adventurer, energy },
    economics: { ...economics, energy_balance: energy },
  }
}
