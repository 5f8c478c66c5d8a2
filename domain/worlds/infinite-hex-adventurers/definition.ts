/**
 * Infinite Hex Adventurers: every event, model, enum and call of the game as one table of pure
 * data. Source: the game's contracts as restated in game.md §1–§2; selectors and members are
 * checked against its manifest. What a member means is said here alone, by its type.
 */
import type { FieldsOf, WorldDefinition } from '../definition.ts'

export const infiniteHexAdventurers = {
  name: 'infinite-hex-adventurers',
  namespace: 'dojo_starter',
  worldAddress: '0xf3d3b78a41b212442a64218a7f7dbde331813ea09a07067c7ad12f93620c11',
  enums: {
    Biome: [
      'Unknown',
      'Plains',
      'Forest',
      'Mountain',
      'Desert',
      'Swamp',
      'Tundra',
      'Taiga',
      'Jungle',
      'Savanna',
      'Grassland',
      'Canyon',
      'Badlands',
      'Volcanic',
      'Glacier',
      'Wetlands',
      'Steppe',
      'Oasis',
      'Mire',
      'Highlands',
      'Coast',
    ],
    AreaType: ['Wilderness', 'Control', 'PlantField', 'MineField'],
    SizeCategory: ['Small', 'Medium', 'Large'],
    HarvestReservationStatus: ['Inactive', 'Active', 'Completed', 'Canceled'],
    ClaimEscrowStatus: ['Inactive', 'Active', 'Expired', 'Resolved'],
    ConstructionProjectStatus: ['Inactive', 'Active', 'Completed', 'Canceled'],
    MiningShiftStatus: ['Inactive', 'Active', 'Exited', 'Collapsed', 'Completed'],
    ResourceKind: ['Unknown', 'Mine', 'PlantArea', 'ConstructionArea'],
    PolicyScope: ['None', 'Global', 'Hex', 'Area'],
    ShareRuleKind: ['OutputItem', 'OutputEnergy', 'FeeOnly'],
    TickStatus: ['NoOpEarly', 'NoOpAlreadyTicked', 'Applied'],
  },
  events: {
    AdventurerCreated: {
      doc: 'New adventurer spawned at the origin with full energy (100/100), empty 750-weight backpack. Name is not in the event.',
      keys: { adventurer_id: 'felt' },
      values: { owner: 'address' },
    },
    AdventurerMoved: {
      doc: 'Position changed between two adjacent hexes; 15 energy was spent (cost not in event).',
      keys: { adventurer_id: 'felt' },
      values: { from: 'hex', to: 'hex' },
    },
    AdventurerDied: {
      doc: 'Owner-requested permadeath. NOT emitted for mine-collapse deaths.',
      keys: { adventurer_id: 'felt' },
      values: { owner: 'address', cause: 'text' },
    },
    ConstructionStarted: {
      doc: 'Project opened; stake energy spent, adventurer locked until completion_block.',
      keys: { project_id: 'felt' },
      values: {
        adventurer_id: 'felt',
        hex_coordinate: 'hex',
        area_id: 'felt',
        building_type: 'text',
        target_tier: 'u8',
        completion_block: 'block',
      },
    },
    ConstructionCompleted: {
      doc: 'Building row created/overwritten at resulting_tier with condition 10000. project_id is the id the caller passed (may be the area_id slot alias).',
      keys: { project_id: 'felt' },
      values: {
        adventurer_id: 'felt',
        hex_coordinate: 'hex',
        area_id: 'felt',
        building_type: 'text',
        resulting_tier: 'u8',
      },
    },
    ConstructionUpkeepPaid: {
      doc: 'Energy moved into the building upkeep reserve; upkeep_reserve is the new total.',
      keys: { area_id: 'felt' },
      values: { adventurer_id: 'felt', amount: 'energy:u16', upkeep_reserve: 'energy:u32' },
    },
    ConstructionRepaired: {
      doc: 'condition_bp after +100 bp per energy; may flip is_active back on.',
      keys: { area_id: 'felt' },
      values: {
        adventurer_id: 'felt',
        amount: 'energy:u16',
        condition_bp: 'u16',
        is_active: 'bool',
      },
    },
    ConstructionUpgradeQueued: {
      doc: 'Emitted after the nested ConstructionStarted of the same tx.',
      keys: { area_id: 'felt' },
      values: { project_id: 'felt', adventurer_id: 'felt', target_tier: 'u8' },
    },
    ConstructionPlantProcessed: {
      doc: '1:1 relabel of a backpack stack into PLANT_FIBER/PLANT_RESIN/PLANT_COMPOUND.',
      keys: { adventurer_id: 'felt' },
      values: {
        source_item_id: 'item',
        target_material: 'item',
        input_qty: 'u16',
        output_qty: 'u16',
      },
    },
    ConstructionRejected: {
      doc: 'No-op with reason code (area_id = 0 for PROCESS and for early COMPLETE rejections).',
      keys: { adventurer_id: 'felt' },
      values: { area_id: 'felt', action: 'text', reason: 'text' },
    },
    ItemsConverted: {
      doc: 'Items burned. energy_gained = raw + building bonus - tax, computed BEFORE the max_energy cap, so it is not the energy delta.',
      keys: { adventurer_id: 'felt' },
      values: { item_id: 'item', quantity: 'u16', energy_gained: 'energy:u16' },
    },
    HexEnergyPaid: {
      doc: 'Controller moved energy into the hex reserve.',
      keys: { hex: 'hex' },
      values: { payer: 'felt', amount: 'energy:u16' },
    },
    HexBecameClaimable: {
      doc: 'Decay crossed 80 in this call. min_energy_to_claim is capped at 100.',
      keys: { hex: 'hex' },
      values: { min_energy_to_claim: 'energy:u16' },
    },
    ClaimInitiated: {
      doc: 'energy_locked > 0: pending escrow; energy_locked = 0: claim resolved immediately and control already moved.',
      keys: { hex: 'hex', claimant: 'felt' },
      values: { claim_id: 'felt', energy_locked: 'energy:u16', expiry_block: 'block' },
    },
    ClaimExpired: {
      doc: 'A previous ACTIVE escrow past its expiry was settled lazily by a later call.',
      keys: { hex: 'hex' },
      values: { claim_id: 'felt', claimant: 'felt' },
    },
    ClaimRefunded: {
      doc: 'Escrow energy returned (after expiry, or after a successful defence). May lift energy above max_energy.',
      keys: { hex: 'hex' },
      values: { claim_id: 'felt', claimant: 'felt', amount: 'energy:u16' },
    },
    HexDefended: {
      doc: 'Controller beat the escrow; energy = nominal energy spent (before Watchtower scaling).',
      keys: { hex: 'hex' },
      values: { owner: 'felt', energy: 'energy:u16' },
    },
    RegulatorTicked: {
      doc: 'Epoch tick applied; status is always 2 (Applied) when emitted.',
      keys: { epoch: 'u32' },
      values: { caller: 'address', bounty_paid: 'energy:u16', status: 'u8' },
    },
    RegulatorPolicyUpdated: {
      doc: 'New policy values; consumers use them only once policy_epoch < current block epoch.',
      keys: { epoch: 'u32' },
      values: { conversion_tax_bp: 'u16', upkeep_bp: 'u16', mint_discount_bp: 'u16' },
    },
    BountyPaid: {
      doc: 'Only if bounty_paid > 0; the pool is never funded by game code, so this never fires on a stock world. No energy is credited.',
      keys: { epoch: 'u32' },
      values: { caller: 'address', amount: 'energy:u16' },
    },
    HarvestingStarted: {
      doc: 'Yield reserved, 10 energy/unit spent, lock until eta (block).',
      keys: { adventurer_id: 'felt' },
      values: { hex: 'hex', area_id: 'felt', plant_id: 'u8', amount: 'u16', eta: 'block' },
    },
    HarvestingCompleted: {
      doc: 'actual_yield = units removed from the plant; units that reached the backpack can be fewer (capacity) or more (Greenhouse), and can be split to share recipients.',
      keys: { adventurer_id: 'felt' },
      values: { hex: 'hex', area_id: 'felt', plant_id: 'u8', actual_yield: 'u16' },
    },
    HarvestingCancelled: {
      doc: 'Pro-rata yield taken. Carries no hex/area/plant: must be joined to the reservation.',
      keys: { adventurer_id: 'felt' },
      values: { partial_yield: 'u16' },
    },
    HarvestingRejected: {
      doc: 'No-op with phase + reason. adventurer_id = 0 for phase INIT.',
      keys: { adventurer_id: 'felt' },
      values: { hex: 'hex', area_id: 'felt', plant_id: 'u8', phase: 'text', reason: 'text' },
    },
    MineInitialized: {
      doc: 'Mine node materialised from deterministic generation (first call only).',
      keys: { mine_key: 'felt' },
      values: {
        hex_coordinate: 'hex',
        area_id: 'felt',
        mine_id: 'u8',
        ore_id: 'item',
        rarity_tier: 'u8',
      },
    },
    MineAccessGranted: {
      doc: 'Legacy mine ACL grant; also writes ResourcePolicy + ResourceAccessGrant without sharing events.',
      keys: { mine_key: 'felt' },
      values: { grantee_adventurer_id: 'felt', granted_by_adventurer_id: 'felt' },
    },
    MineAccessRevoked: {
      doc: 'Legacy mine ACL revoke; same silent sharing writes.',
      keys: { mine_key: 'felt' },
      values: { grantee_adventurer_id: 'felt', revoked_by_adventurer_id: 'felt' },
    },
    MiningStarted: {
      doc: 'Shift ACTIVE, adventurer locked until u64::MAX.',
      keys: { adventurer_id: 'felt' },
      values: { mine_key: 'felt', start_block: 'block' },
    },
    MiningContinued: {
      doc: 'mined_ore accrued (unbanked) and energy spent.',
      keys: { adventurer_id: 'felt' },
      values: { mine_key: 'felt', mined_ore: 'u32', energy_spent: 'energy:u16' },
    },
    MineStabilized: {
      doc: 'Stress lowered by up to 5% of the threshold.',
      keys: { adventurer_id: 'felt' },
      values: { mine_key: 'felt', stress_reduced: 'u32' },
    },
    MiningExited: {
      doc: 'Shift closed; banked_ore = units that fitted in the backpack (rest is lost).',
      keys: { adventurer_id: 'felt' },
      values: { mine_key: 'felt', banked_ore: 'u32' },
    },
    MineCollapsed: {
      doc: 'Stress reached the threshold: every ACTIVE miner dies, unbanked ore is lost. Replaces MiningContinued in that tx. Dead ids are NOT listed.',
      keys: { mine_key: 'felt' },
      values: { killed_miners: 'u16', collapse_count: 'u32' },
    },
    MineRepaired: {
      doc: 'Energy contributed to reopen a collapsed mine.',
      keys: { mine_key: 'felt' },
      values: {
        adventurer_id: 'felt',
        energy_contributed: 'energy:u16',
        repair_energy_remaining: 'energy:u32',
      },
    },
    MiningRejected: {
      doc: 'No-op with action + reason.',
      keys: { adventurer_id: 'felt' },
      values: { mine_key: 'felt', action: 'text', reason: 'text' },
    },
    AreaOwnershipAssigned: {
      doc: 'First ownership row for an area (owner = hex controller; discoverer = acting adventurer).',
      keys: { area_id: 'felt' },
      values: {
        owner_adventurer_id: 'felt',
        discoverer_adventurer_id: 'felt',
        claim_block: 'block',
      },
    },
    OwnershipTransferred: {
      doc: 'Area owner changed; one event per area whose previous owner was non-zero and different.',
      keys: { area_id: 'felt' },
      values: { from_adventurer_id: 'felt', to_adventurer_id: 'felt', claim_block: 'block' },
    },
    ResourcePolicyUpserted: {
      doc: 'Policy row set; scope is always Area and scope_key == resource_key on this path.',
      keys: { resource_key: 'felt' },
      values: {
        scope: 'PolicyScope',
        scope_key: 'felt',
        resource_kind: 'ResourceKind',
        controller_adventurer_id: 'felt',
        policy_epoch: 'u32',
        is_enabled: 'bool',
        updated_block: 'block',
      },
    },
    ResourceAccessGranted: {
      doc: 'Permission mask granted under the current policy_epoch.',
      keys: { resource_key: 'felt' },
      values: {
        grantee_adventurer_id: 'felt',
        granted_by_adventurer_id: 'felt',
        permissions_mask: 'u16',
        policy_epoch: 'u32',
      },
    },
    ResourceAccessRevoked: {
      doc: 'Grant deactivated.',
      keys: { resource_key: 'felt' },
      values: {
        grantee_adventurer_id: 'felt',
        revoked_by_adventurer_id: 'felt',
        policy_epoch: 'u32',
      },
    },
    ResourceShareRuleSet: {
      doc: 'Basis-point share for a recipient.',
      keys: { resource_key: 'felt' },
      values: {
        recipient_adventurer_id: 'felt',
        rule_kind: 'ShareRuleKind',
        share_bp: 'u16',
        policy_epoch: 'u32',
      },
    },
    ResourceShareRuleCleared: {
      doc: 'Share rule removed.',
      keys: { resource_key: 'felt' },
      values: { recipient_adventurer_id: 'felt', rule_kind: 'ShareRuleKind', policy_epoch: 'u32' },
    },
    ResourcePermissionRejected: {
      doc: 'No-op with action + reason.',
      keys: { adventurer_id: 'felt' },
      values: { resource_key: 'felt', action: 'text', reason: 'text' },
    },
    HexDiscovered: {
      doc: 'First discovery; 25 energy spent. discoverer is the ACCOUNT address. area_count not in event (derive it or read Hex).',
      keys: { hex: 'hex' },
      values: { biome: 'Biome', discoverer: 'address' },
    },
    AreaDiscovered: {
      doc: 'First discovery of an area; free. discoverer is the ACCOUNT address. Quality/size/slots/index not in event.',
      keys: { area_id: 'felt' },
      values: { hex: 'hex', area_type: 'AreaType', discoverer: 'address' },
    },
    WorldGenConfigInitialized: {
      doc: 'One-time generation parameters (key 2).',
      keys: { generation_version: 'u16' },
      values: {
        global_seed: 'text',
        biome_scale_bp: 'u16',
        area_scale_bp: 'u16',
        plant_scale_bp: 'u16',
        biome_octaves: 'u8',
        area_octaves: 'u8',
        plant_octaves: 'u8',
      },
    },
    WorldActionRejected: {
      doc: 'No-op with action + reason; target = hex coordinate argument.',
      keys: { adventurer_id: 'felt' },
      values: { action: 'text', target: 'hex', reason: 'text' },
    },
  },
  models: {
    Adventurer: {
      doc: 'Actor. name = short-string felt. energy can exceed max_energy after refunds. activity_locked_until = block (u64::MAX while mining).',
      keys: { adventurer_id: 'felt' },
      values: {
        owner: 'address',
        name: 'text',
        energy: 'energy:u16',
        max_energy: 'energy:u16',
        current_hex: 'hex',
        // While it mines 2^64 - 1, which is no block's number.
        activity_locked_until: 'u64',
        is_alive: 'bool',
      },
    },
    ConstructionBuildingNode: {
      doc: 'One building per area (key = area_id). Effective when is_active and condition_bp > 3000.',
      keys: { area_id: 'felt' },
      values: {
        hex_coordinate: 'hex',
        owner_adventurer_id: 'felt',
        building_type: 'text',
        tier: 'u8',
        condition_bp: 'u16',
        upkeep_reserve: 'energy:u32',
        last_upkeep_block: 'block',
        is_active: 'bool',
      },
    },
    ConstructionProject: {
      doc: 'Written twice: under the derived project_id and under the area_id ("slot" row).',
      keys: { project_id: 'felt' },
      values: {
        adventurer_id: 'felt',
        hex_coordinate: 'hex',
        area_id: 'felt',
        building_type: 'text',
        target_tier: 'u8',
        start_block: 'block',
        completion_block: 'block',
        energy_staked: 'energy:u16',
        status: 'ConstructionProjectStatus',
      },
    },
    ConstructionMaterialEscrow: {
      doc: 'Declared, never written: construction consumes no materials on chain.',
      keys: { project_id: 'felt', item_id: 'item' },
      values: { quantity: 'u32' },
    },
    DeathRecord: {
      doc: 'Written on kill and on mine collapse.',
      keys: { adventurer_id: 'felt' },
      values: {
        owner: 'address',
        death_block: 'block',
        death_cause: 'text',
        inventory_lost_hash: 'felt',
      },
    },
    AdventurerEconomics: {
      doc: 'energy_balance mirrors energy only after calls that touch this row; last_regen_block drives lazy regen.',
      keys: { adventurer_id: 'felt' },
      values: {
        energy_balance: 'energy:u16',
        total_energy_spent: 'energy:u64',
        total_energy_earned: 'energy:u64',
        last_regen_block: 'block',
      },
    },
    ConversionRate: {
      doc: 'Global per item id (shared by all players), not per adventurer.',
      keys: { item_type: 'item' },
      values: {
        current_rate: 'u16',
        base_rate: 'u16',
        last_update_block: 'block',
        units_converted_in_window: 'u32',
      },
    },
    ClaimEscrow: {
      doc: 'Exactly one row per hex (claim_id derives from the hex), reused for successive claims.',
      keys: { claim_id: 'felt' },
      values: {
        hex_coordinate: 'hex',
        claimant_adventurer_id: 'felt',
        energy_locked: 'energy:u16',
        created_block: 'block',
        expiry_block: 'block',
        status: 'ClaimEscrowStatus',
      },
    },
    HexDecayState: {
      doc: 'Hex-level controller + reserve + decay. Authoritative controller for pay/defend/claim.',
      keys: { hex_coordinate: 'hex' },
      values: {
        owner_adventurer_id: 'felt',
        current_energy_reserve: 'energy:u32',
        last_energy_payment_block: 'block',
        last_decay_processed_block: 'block',
        decay_level: 'u16',
        claimable_since_block: 'block',
      },
    },
    EconomyAccumulator: {
      doc: 'Declared, never written by any contract.',
      keys: { epoch: 'u32' },
      values: {
        total_sources: 'energy:u64',
        total_sinks: 'energy:u64',
        new_hexes: 'u32',
        deaths: 'u32',
        mints: 'u32',
      },
    },
    EconomyEpochSnapshot: {
      doc: 'Declared, never written by any contract (get_latest_snapshot returns zeros).',
      keys: { epoch: 'u32' },
      values: {
        total_sources: 'energy:u64',
        total_sinks: 'energy:u64',
        net_energy: 'energy:u64',
        new_hexes: 'u32',
        deaths: 'u32',
        mints: 'u32',
        finalized_at_block: 'block',
        is_finalized: 'bool',
      },
    },
    RegulatorState: {
      doc: 'slot is always 1.',
      keys: { slot: 'u8' },
      values: { has_ticked: 'bool', last_tick_block: 'block', last_tick_epoch: 'u32' },
    },
    RegulatorPolicy: {
      doc: 'slot 1. upkeep_bp 0 is treated as 10000. policy_epoch counts ticks.',
      keys: { slot: 'u8' },
      values: {
        policy_epoch: 'u32',
        conversion_tax_bp: 'u16',
        upkeep_bp: 'u16',
        mint_discount_bp: 'u16',
      },
    },
    RegulatorConfig: {
      doc: 'slot 1. Zero fields are normalised to defaults and persisted on the first tick.',
      keys: { slot: 'u8' },
      values: {
        epoch_blocks: 'u64',
        keeper_bounty_energy: 'energy:u16',
        keeper_bounty_max: 'energy:u16',
        bounty_funding_share_bp: 'u16',
        inflation_target_pct: 'u16',
        inflation_deadband_pct: 'u16',
        policy_slew_limit_bp: 'u16',
        min_conversion_tax_bp: 'u16',
        max_conversion_tax_bp: 'u16',
      },
    },
    RegulatorTreasury: {
      doc: 'slot 1. Nothing ever adds to regulator_bounty_pool.',
      keys: { slot: 'u8' },
      values: {
        regulator_bounty_pool: 'energy:u64',
        last_bounty_epoch: 'u32',
        last_bounty_paid: 'energy:u16',
        last_bounty_caller: 'address',
      },
    },
    PlantNode: {
      doc: 'Initialised when max_yield > 0. current_yield never regrows on chain.',
      keys: { plant_key: 'felt' },
      values: {
        hex_coordinate: 'hex',
        area_id: 'felt',
        plant_id: 'u8',
        species: 'text',
        current_yield: 'u16',
        reserved_yield: 'u16',
        max_yield: 'u16',
        regrowth_rate: 'u16',
        health: 'u16',
        stress_level: 'u16',
        genetics_hash: 'felt',
        last_harvest_block: 'block',
        discoverer: 'address',
      },
    },
    HarvestReservation: {
      doc: 'One row per (adventurer, plant), reused.',
      keys: { reservation_id: 'felt' },
      values: {
        adventurer_id: 'felt',
        plant_key: 'felt',
        reserved_amount: 'u16',
        created_block: 'block',
        expiry_block: 'block',
        status: 'HarvestReservationStatus',
      },
    },
    Inventory: {
      doc: 'Weight only; max 750 by default.',
      keys: { adventurer_id: 'felt' },
      values: { current_weight: 'u32', max_weight: 'u32' },
    },
    BackpackItem: {
      doc: 'Stack. quality = plant health at harvest, or 100 for ore.',
      keys: { adventurer_id: 'felt', item_id: 'item' },
      values: { quantity: 'u32', quality: 'u16', weight_per_unit: 'u16' },
    },
    MineNode: {
      doc: 'Initialised when collapse_threshold > 0. Collapsed when repair_energy_needed > 0. head/tail = doubly linked list of active shifts.',
      keys: { mine_key: 'felt' },
      values: {
        hex_coordinate: 'hex',
        area_id: 'felt',
        mine_id: 'u8',
        ore_id: 'item',
        rarity_tier: 'u8',
        depth_tier: 'u8',
        richness_bp: 'u16',
        remaining_reserve: 'u32',
        base_stress_per_block: 'u16',
        collapse_threshold: 'u32',
        mine_stress: 'u32',
        safe_shift_blocks: 'u64',
        active_miners: 'u16',
        last_update_block: 'block',
        collapsed_until_block: 'block',
        repair_energy_needed: 'energy:u32',
        is_depleted: 'bool',
        active_head_shift_id: 'felt',
        active_tail_shift_id: 'felt',
        biome_risk_bp: 'u16',
        rarity_risk_bp: 'u16',
        base_tick_energy: 'energy:u16',
        ore_energy_weight: 'u16',
        conversion_energy_per_unit: 'u16',
      },
    },
    MiningShift: {
      doc: 'One row per (adventurer, mine), reused.',
      keys: { shift_id: 'felt' },
      values: {
        adventurer_id: 'felt',
        mine_key: 'felt',
        status: 'MiningShiftStatus',
        start_block: 'block',
        last_settle_block: 'block',
        accrued_ore_unbanked: 'u32',
        accrued_stabilization_work: 'u32',
        prev_active_shift_id: 'felt',
        next_active_shift_id: 'felt',
      },
    },
    MineAccessGrant: {
      doc: 'Legacy per-mine ACL.',
      keys: { mine_key: 'felt', grantee_adventurer_id: 'felt' },
      values: {
        is_allowed: 'bool',
        granted_by_adventurer_id: 'felt',
        grant_block: 'block',
        revoked_block: 'block',
      },
    },
    MineCollapseRecord: {
      doc: 'Collapse history per mine.',
      keys: { mine_key: 'felt' },
      values: {
        collapse_count: 'u32',
        last_collapse_block: 'block',
        trigger_stress: 'u32',
        trigger_active_miners: 'u16',
      },
    },
    AreaOwnership: {
      doc: 'Per-area owner. claim_block = block of last claim/transfer (0 = original discovery chain).',
      keys: { area_id: 'felt' },
      values: {
        owner_adventurer_id: 'felt',
        discoverer_adventurer_id: 'felt',
        discovery_block: 'block',
        claim_block: 'block',
      },
    },
    ResourcePolicy: {
      doc: 'Sharing policy. resource_key = mine_key for mines, derived key for areas.',
      keys: { resource_key: 'felt' },
      values: {
        scope: 'PolicyScope',
        scope_key: 'felt',
        resource_kind: 'ResourceKind',
        controller_adventurer_id: 'felt',
        policy_epoch: 'u32',
        is_enabled: 'bool',
        updated_block: 'block',
        last_mutation_block: 'block',
      },
    },
    ResourceAccessGrant: {
      doc: 'permissions_mask bits: 1 inspect, 2 extract, 4 build, 8 upkeep.',
      keys: { resource_key: 'felt', grantee_adventurer_id: 'felt' },
      values: {
        permissions_mask: 'u16',
        granted_by_adventurer_id: 'felt',
        grant_block: 'block',
        revoke_block: 'block',
        is_active: 'bool',
        policy_epoch: 'u32',
      },
    },
    ResourceShareRule: {
      doc: 'Third key is an enum (0-based Serde felt in the key).',
      keys: { resource_key: 'felt', recipient_adventurer_id: 'felt', rule_kind: 'ShareRuleKind' },
      values: { share_bp: 'u16', is_active: 'bool', policy_epoch: 'u32', updated_block: 'block' },
    },
    ResourceShareRuleTally: {
      doc: 'Running total + up to 8 recipient slots for one rule kind.',
      keys: { resource_key: 'felt', rule_kind: 'ShareRuleKind' },
      values: {
        total_bp: 'u16',
        active_recipient_count: 'u8',
        policy_epoch: 'u32',
        recipient_0: 'felt',
        recipient_1: 'felt',
        recipient_2: 'felt',
        recipient_3: 'felt',
        recipient_4: 'felt',
        recipient_5: 'felt',
        recipient_6: 'felt',
        recipient_7: 'felt',
        updated_block: 'block',
      },
    },
    ResourceDistributionNonce: {
      doc: 'Declared, never written.',
      keys: { resource_key: 'felt' },
      values: { last_nonce: 'u64' },
    },
    Hex: {
      doc: 'area_count 3..6 once discovered. discoverer = account.',
      keys: { coordinate: 'hex' },
      values: {
        biome: 'Biome',
        is_discovered: 'bool',
        discovery_block: 'block',
        discoverer: 'address',
        area_count: 'u8',
      },
    },
    HexArea: {
      doc: 'area_index 0 is always Control. plant_slot_count 5..8 is set for every area type.',
      keys: { area_id: 'felt' },
      values: {
        hex_coordinate: 'hex',
        area_index: 'u8',
        area_type: 'AreaType',
        is_discovered: 'bool',
        discoverer: 'address',
        resource_quality: 'u16',
        size_category: 'SizeCategory',
        plant_slot_count: 'u8',
      },
    },
    WorldGenConfig: {
      doc: 'Active row key = 2.',
      keys: { generation_version: 'u16' },
      values: {
        global_seed: 'text',
        biome_scale_bp: 'u16',
        area_scale_bp: 'u16',
        plant_scale_bp: 'u16',
        biome_octaves: 'u8',
        area_octaves: 'u8',
        plant_octaves: 'u8',
      },
    },
  },
  contracts: {
    world_manager: {
      address: '0x8b86d7d1dc9380880a89650135e20aae0933048383978d48690960e4dd907b',
      rejectedBy: 'WorldActionRejected',
      entrypoints: {
        discover_hex: {
          calldata: { adventurer_id: 'felt', hex_coordinate: 'hex' },
          confirmedBy: { event: 'HexDiscovered' },
          agentsMayBeOffered: true,
        },
        discover_area: {
          calldata: { adventurer_id: 'felt', hex_coordinate: 'hex', area_index: 'u8' },
          confirmedBy: { event: 'AreaDiscovered' },
          agentsMayBeOffered: true,
        },
        move_adventurer: {
          calldata: { adventurer_id: 'felt', to_hex_coordinate: 'hex' },
          confirmedBy: { event: 'AdventurerMoved' },
          agentsMayBeOffered: true,
        },
      },
      views: {},
    },
    adventurer_manager: {
      address: '0xa9f637bc26917afae1c6f6dd666b9a5adbf432f464acd407628bbe5ffa3998',
      rejectedBy: null,
      entrypoints: {
        create_adventurer: {
          calldata: { name: 'text' },
          confirmedBy: { event: 'AdventurerCreated' },
          agentsMayBeOffered: true,
        },
        consume_energy: {
          calldata: { adventurer_id: 'felt', amount: 'energy:u16' },
          confirmedBy: { model: 'Adventurer' },
          agentsMayBeOffered: false,
        },
        regenerate_energy: {
          calldata: { adventurer_id: 'felt' },
          confirmedBy: { model: 'Adventurer' },
          agentsMayBeOffered: true,
        },
        kill_adventurer: {
          calldata: { adventurer_id: 'felt', cause: 'text' },
          confirmedBy: { event: 'AdventurerDied' },
          agentsMayBeOffered: false,
        },
      },
      views: {
        quote_create_adventurer_cost: { calldata: {}, returns: 'energy:u16' },
      },
    },
    harvesting_manager: {
      address: '0x1c4e6d7faa61e70d535f15ebd6a65270afb30609041de14f1bcf51317a7ab77',
      rejectedBy: 'HarvestingRejected',
      entrypoints: {
        init_harvesting: {
          calldata: { hex_coordinate: 'hex', area_id: 'felt', plant_id: 'u8' },
          confirmedBy: { model: 'PlantNode' },
          agentsMayBeOffered: true,
        },
        start_harvesting: {
          calldata: {
            adventurer_id: 'felt',
            hex_coordinate: 'hex',
            area_id: 'felt',
            plant_id: 'u8',
            amount: 'u16',
          },
          confirmedBy: { event: 'HarvestingStarted' },
          agentsMayBeOffered: true,
        },
        complete_harvesting: {
          calldata: {
            adventurer_id: 'felt',
            hex_coordinate: 'hex',
            area_id: 'felt',
            plant_id: 'u8',
          },
          confirmedBy: { event: 'HarvestingCompleted' },
          agentsMayBeOffered: true,
        },
        cancel_harvesting: {
          calldata: {
            adventurer_id: 'felt',
            hex_coordinate: 'hex',
            area_id: 'felt',
            plant_id: 'u8',
          },
          confirmedBy: { event: 'HarvestingCancelled' },
          agentsMayBeOffered: true,
        },
      },
      views: {
        inspect_plant: {
          calldata: { hex_coordinate: 'hex', area_id: 'felt', plant_id: 'u8' },
          returns: 'PlantNode',
        },
      },
    },
    economic_manager: {
      address: '0x212c3376d5486146682520f094e6e971db3c21bb3800137d4691dd4c486f166',
      rejectedBy: null,
      entrypoints: {
        convert_items_to_energy: {
          calldata: { adventurer_id: 'felt', item_id: 'item', quantity: 'u16' },
          confirmedBy: { event: 'ItemsConverted' },
          agentsMayBeOffered: true,
        },
        pay_hex_maintenance: {
          calldata: { adventurer_id: 'felt', hex_coordinate: 'hex', amount: 'energy:u16' },
          confirmedBy: { event: 'HexEnergyPaid' },
          agentsMayBeOffered: true,
        },
        process_hex_decay: {
          calldata: { hex_coordinate: 'hex' },
          confirmedBy: { model: 'HexDecayState' },
          agentsMayBeOffered: true,
        },
        initiate_hex_claim: {
          calldata: { adventurer_id: 'felt', hex_coordinate: 'hex', energy_offered: 'energy:u16' },
          confirmedBy: { event: 'ClaimInitiated' },
          agentsMayBeOffered: true,
        },
        defend_hex_from_claim: {
          calldata: { adventurer_id: 'felt', hex_coordinate: 'hex', defense_energy: 'energy:u16' },
          confirmedBy: { event: 'HexDefended' },
          agentsMayBeOffered: true,
        },
      },
      views: {},
    },
    ownership_manager: {
      address: '0x62406b3ad47f1e526351989d0e7593bfd2414a5ab34bea454497007df1d1e2d',
      rejectedBy: null,
      entrypoints: {
        transfer_ownership: {
          calldata: { area_id: 'felt', to_adventurer_id: 'felt' },
          confirmedBy: { event: 'OwnershipTransferred' },
          agentsMayBeOffered: false,
        },
      },
      views: {
        get_owner: { calldata: { area_id: 'felt' }, returns: 'felt' },
      },
    },
    mining_manager: {
      address: '0x3826f7f116f141284580445070aafdae748397d8c1af99c57f9aba6801f66d8',
      rejectedBy: 'MiningRejected',
      entrypoints: {
        init_mining: {
          calldata: { hex_coordinate: 'hex', area_id: 'felt', mine_id: 'u8' },
          confirmedBy: { event: 'MineInitialized' },
          agentsMayBeOffered: true,
        },
        grant_mine_access: {
          calldata: {
            controller_adventurer_id: 'felt',
            mine_key: 'felt',
            grantee_adventurer_id: 'felt',
          },
          confirmedBy: { event: 'MineAccessGranted' },
          agentsMayBeOffered: false,
        },
        revoke_mine_access: {
          calldata: {
            controller_adventurer_id: 'felt',
            mine_key: 'felt',
            grantee_adventurer_id: 'felt',
          },
          confirmedBy: { event: 'MineAccessRevoked' },
          agentsMayBeOffered: false,
        },
        start_mining: {
          calldata: {
            adventurer_id: 'felt',
            hex_coordinate: 'hex',
            area_id: 'felt',
            mine_id: 'u8',
          },
          confirmedBy: { event: 'MiningStarted' },
          agentsMayBeOffered: true,
        },
        continue_mining: {
          calldata: { adventurer_id: 'felt', mine_key: 'felt' },
          confirmedBy: { event: 'MiningContinued' },
          agentsMayBeOffered: true,
        },
        stabilize_mine: {
          calldata: { adventurer_id: 'felt', mine_key: 'felt' },
          confirmedBy: { event: 'MineStabilized' },
          agentsMayBeOffered: true,
        },
        exit_mining: {
          calldata: { adventurer_id: 'felt', mine_key: 'felt' },
          confirmedBy: { event: 'MiningExited' },
          agentsMayBeOffered: true,
        },
        repair_mine: {
          calldata: { adventurer_id: 'felt', mine_key: 'felt', energy_amount: 'energy:u16' },
          confirmedBy: { event: 'MineRepaired' },
          agentsMayBeOffered: true,
        },
      },
      views: {
        inspect_mine: {
          calldata: { hex_coordinate: 'hex', area_id: 'felt', mine_id: 'u8' },
          returns: 'MineNode',
        },
      },
    },
    construction_manager: {
      address: '0x40b9411eafafce734ae963ae22807bd0365a64a2d0cd32a949d88f772683d1d',
      rejectedBy: 'ConstructionRejected',
      entrypoints: {
        process_plant_material: {
          calldata: {
            adventurer_id: 'felt',
            source_item_id: 'item',
            quantity: 'u16',
            target_material: 'item',
          },
          confirmedBy: { event: 'ConstructionPlantProcessed' },
          agentsMayBeOffered: true,
        },
        start_construction: {
          calldata: {
            adventurer_id: 'felt',
            hex_coordinate: 'hex',
            area_id: 'felt',
            building_type: 'text',
          },
          confirmedBy: { event: 'ConstructionStarted' },
          agentsMayBeOffered: true,
        },
        complete_construction: {
          calldata: { adventurer_id: 'felt', project_id: 'felt' },
          confirmedBy: { event: 'ConstructionCompleted' },
          agentsMayBeOffered: true,
        },
        pay_building_upkeep: {
          calldata: {
            adventurer_id: 'felt',
            hex_coordinate: 'hex',
            area_id: 'felt',
            amount: 'energy:u16',
          },
          confirmedBy: { event: 'ConstructionUpkeepPaid' },
          agentsMayBeOffered: true,
        },
        repair_building: {
          calldata: {
            adventurer_id: 'felt',
            hex_coordinate: 'hex',
            area_id: 'felt',
            amount: 'energy:u16',
          },
          confirmedBy: { event: 'ConstructionRepaired' },
          agentsMayBeOffered: true,
        },
        upgrade_building: {
          calldata: { adventurer_id: 'felt', hex_coordinate: 'hex', area_id: 'felt' },
          confirmedBy: { event: 'ConstructionUpgradeQueued' },
          agentsMayBeOffered: true,
        },
      },
      views: {
        inspect_building: {
          calldata: { hex_coordinate: 'hex', area_id: 'felt' },
          returns: 'ConstructionBuildingNode',
        },
      },
    },
    sharing_manager: {
      address: '0x344241f7ec4310c62f505497ea879d200db0e19019413b9a7f1075fe50d1eb2',
      rejectedBy: 'ResourcePermissionRejected',
      entrypoints: {
        upsert_resource_policy: {
          calldata: {
            controller_adventurer_id: 'felt',
            resource_key: 'felt',
            resource_kind: 'ResourceKind',
            is_enabled: 'bool',
          },
          confirmedBy: { event: 'ResourcePolicyUpserted' },
          agentsMayBeOffered: false,
        },
        grant_resource_access: {
          calldata: {
            controller_adventurer_id: 'felt',
            resource_key: 'felt',
            grantee_adventurer_id: 'felt',
            permissions_mask: 'u16',
          },
          confirmedBy: { event: 'ResourceAccessGranted' },
          agentsMayBeOffered: false,
        },
        revoke_resource_access: {
          calldata: {
            controller_adventurer_id: 'felt',
            resource_key: 'felt',
            grantee_adventurer_id: 'felt',
          },
          confirmedBy: { event: 'ResourceAccessRevoked' },
          agentsMayBeOffered: false,
        },
        set_resource_share_rule: {
          calldata: {
            controller_adventurer_id: 'felt',
            resource_key: 'felt',
            recipient_adventurer_id: 'felt',
            rule_kind: 'ShareRuleKind',
            share_bp: 'u16',
          },
          confirmedBy: { event: 'ResourceShareRuleSet' },
          agentsMayBeOffered: false,
        },
        clear_resource_share_rule: {
          calldata: {
            controller_adventurer_id: 'felt',
            resource_key: 'felt',
            recipient_adventurer_id: 'felt',
            rule_kind: 'ShareRuleKind',
          },
          confirmedBy: { event: 'ResourceShareRuleCleared' },
          agentsMayBeOffered: false,
        },
      },
      views: {
        inspect_resource_permissions: {
          calldata: { resource_key: 'felt', adventurer_id: 'felt' },
          returns: 'u16',
        },
        inspect_resource_share: {
          calldata: {
            resource_key: 'felt',
            recipient_adventurer_id: 'felt',
            rule_kind: 'ShareRuleKind',
          },
          returns: 'u16',
        },
      },
    },
    autoregulator_manager: {
      address: '0x6b8d05ad111e25079ac97976d827949e664e95ff2dba6aa0b9c0b57b0e35a04',
      rejectedBy: null,
      entrypoints: {
        tick_autoregulator: {
          calldata: {},
          confirmedBy: { event: 'RegulatorTicked' },
          agentsMayBeOffered: true,
        },
      },
      views: {
        get_regulator_policy: { calldata: {}, returns: 'RegulatorPolicy' },
        get_latest_snapshot: { calldata: {}, returns: 'EconomyEpochSnapshot' },
      },
    },
    world_gen_manager: {
      address: '0x77c351dae51e19b36f3ea7a9aa98bdf80bbe9a86dcdadcaec3756785bacc39c',
      rejectedBy: null,
      entrypoints: {
        initialize_active_world_gen_config: {
          calldata: {
            global_seed: 'text',
            biome_scale_bp: 'u16',
            area_scale_bp: 'u16',
            plant_scale_bp: 'u16',
            biome_octaves: 'u8',
            area_octaves: 'u8',
            plant_octaves: 'u8',
          },
          confirmedBy: { event: 'WorldGenConfigInitialized' },
          agentsMayBeOffered: false,
        },
      },
      views: {
        get_active_world_gen_config: { calldata: {}, returns: 'WorldGenConfig' },
      },
    },
  },
} as const satisfies WorldDefinition

type Game = typeof infiniteHexAdventurers
export type EventName = keyof Game['events']
export type ModelName = keyof Game['models']
export type ContractName = keyof Game['contracts']
export type Biome = Game['enums']['Biome'][number]
export type AreaType = Game['enums']['AreaType'][number]

/** Name of any state-changing call; unique over all contracts. */
export type EntrypointName = {
  [C in ContractName]: keyof Game['contracts'][C]['entrypoints']
}[ContractName]

/** Decoded fields of a game event, keys and values together. */
export type GameEvent<N extends EventName> = FieldsOf<Game, Game['events'][N]['keys']> &
  FieldsOf<Game, Game['events'][N]['values']>
