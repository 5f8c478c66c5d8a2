/** A world of three blocks that has one of everything: examples for reads. */

import type { Felt } from '../../../domain/felt.ts'
import { type BlockAppends, blockOf, TEST_HEXES } from './world-blocks.testing.ts'
import { adventurerWritten, written } from './world-facts.testing.ts'

const [ORIGIN, EAST, SOUTH_EAST] = TEST_HEXES as readonly [Felt, Felt, Felt]

/** The item `ORE_IRON`. */
export const IRON: Felt = '0x4f52455f49524f4e'

/** Block 760, thirty blocks after the small world's last one, when it is covered. */
export const HEAD_760 = {
  number: 760,
  hash: '0xbead',
  timestamp: 1_770_009_999,
  finality: 'ACCEPTED_ON_L2',
} as const

/** Blocks 700, 720 and 730, ending at positions 3, 11 and 22. */
export const smallWorld: BlockAppends = [
  blockOf(700, [
    written(
      'Hex',
      { coordinate: EAST },
      {
        biome: 'Forest',
        is_discovered: true,
        discovery_block: '700',
        discoverer: '0xacc',
        area_count: 3,
      },
    ),
    adventurerWritten('0xb', ORIGIN),
    { type: 'HexDiscovered', data: { hex: EAST, biome: 'Forest', discoverer: '0xacc' } },
  ]),
  blockOf(720, [
    adventurerWritten('0xb', EAST, { energy: 35 }),
    written(
      'AdventurerEconomics',
      { adventurer_id: '0xb' },
      { last_regen_block: '700', total_energy_spent: '15' },
    ),
    written('Inventory', { adventurer_id: '0xb' }, { max_weight: 750, current_weight: 4 }),
    written(
      'BackpackItem',
      { adventurer_id: '0xb', item_id: IRON },
      { quantity: 4, quality: 98, weight_per_unit: 1 },
    ),
    written('BackpackItem', { adventurer_id: '0xb', item_id: '0x7' }, { quantity: 0 }),
    adventurerWritten('0x101', ORIGIN, { energy: 130, is_alive: false }),
    { type: 'AdventurerMoved', data: { adventurer_id: '0xb', from: ORIGIN, to: EAST } },
  ]),
  blockOf(730, [
    written(
      'HexDecayState',
      { hex_coordinate: EAST },
      {
        owner_adventurer_id: '0xb',
        current_energy_reserve: 40,
        decay_level: 84,
        last_decay_processed_block: '600',
        claimable_since_block: '610',
      },
    ),
    written('HexDecayState', { hex_coordinate: SOUTH_EAST }, { owner_adventurer_id: '0xb' }),
    written(
      'ClaimEscrow',
      { claim_id: '0xc1' },
      {
        hex_coordinate: EAST,
        claimant_adventurer_id: '0x101',
        energy_locked: 60,
        created_block: '730',
        expiry_block: '830',
        status: 'Active',
      },
    ),
    written(
      'HexArea',
      { area_id: '0xa1' },
      {
        hex_coordinate: EAST,
        area_index: 1,
        area_type: 'PlantField',
        is_discovered: true,
        size_category: 'Small',
        plant_slot_count: 6,
        resource_quality: 50,
      },
    ),
    written(
      'AreaOwnership',
      { area_id: '0xa1' },
      { owner_adventurer_id: '0xb', discoverer_adventurer_id: '0xb' },
    ),
    written(
      'HexArea',
      { area_id: '0xa0' },
      {
        hex_coordinate: EAST,
        area_type: 'Control',
        is_discovered: true,
        size_category: 'Large',
        plant_slot_count: 5,
        resource_quality: 30,
      },
    ),
    written(
      'PlantNode',
      { plant_key: '0xf1' },
      {
        hex_coordinate: EAST,
        area_id: '0xa1',
        plant_id: 2,
        species: '0x475241494e',
        current_yield: 20,
        reserved_yield: 5,
        max_yield: 30,
        health: 99,
        last_harvest_block: '700',
      },
    ),
    written(
      'HarvestReservation',
      { reservation_id: '0xe1' },
      {
        adventurer_id: '0xb',
        plant_key: '0xf1',
        reserved_amount: 5,
        created_block: '730',
        expiry_block: '740',
        status: 'Active',
      },
    ),
    written(
      'HarvestReservation',
      { reservation_id: '0xe2' },
      { adventurer_id: '0xb', plant_key: '0xf2', status: 'Completed' },
    ),
    written(
      'ConversionRate',
      { item_type: IRON },
      { current_rate: 10, base_rate: 10, last_update_block: '730', units_converted_in_window: 25 },
    ),
  ]),
]
