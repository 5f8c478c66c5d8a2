CREATE SCHEMA IF NOT EXISTS rm_world_v3;

CREATE TABLE IF NOT EXISTS rm_world_v3.hex_geometry (
  world integer NOT NULL,
  "hex" text COLLATE "C" NOT NULL,
  "q" integer NOT NULL,
  "r" integer NOT NULL,
  "h3" text COLLATE "C" NOT NULL,
  "outline" geometry(Polygon, 0) NOT NULL,
  PRIMARY KEY (world, "hex")
);
CREATE INDEX IF NOT EXISTS hex_geometry_by_outline ON rm_world_v3.hex_geometry USING gist (outline);

CREATE TABLE IF NOT EXISTS rm_world_v3.hexes (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  "coordinate" text COLLATE "C",
  "biome" text COLLATE "C",
  "is_discovered" boolean,
  "discovery_block" numeric(20),
  "discoverer" text COLLATE "C",
  "area_count" integer,
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS hexes_by_coordinate ON rm_world_v3.hexes (world, "coordinate");
CREATE TABLE IF NOT EXISTS rm_world_v3.hexes_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
  "coordinate" text COLLATE "C",
  "biome" text COLLATE "C",
  "is_discovered" boolean,
  "discovery_block" numeric(20),
  "discoverer" text COLLATE "C",
  "area_count" integer,
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS hexes_history_by_coordinate
  ON rm_world_v3.hexes_history (world, "coordinate", position, entity_id) WHERE arrived;

CREATE TABLE IF NOT EXISTS rm_world_v3.hex_decay (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  "hex_coordinate" text COLLATE "C",
  "owner_adventurer_id" text COLLATE "C",
  "current_energy_reserve" bigint,
  "last_energy_payment_block" numeric(20),
  "last_decay_processed_block" numeric(20),
  "decay_level" integer,
  "claimable_since_block" numeric(20),
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS hex_decay_by_hex_coordinate ON rm_world_v3.hex_decay (world, "hex_coordinate");
CREATE INDEX IF NOT EXISTS hex_decay_by_owner ON rm_world_v3.hex_decay (world, owner_adventurer_id) WHERE owner_adventurer_id <> '0x0';
CREATE TABLE IF NOT EXISTS rm_world_v3.hex_decay_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
  "hex_coordinate" text COLLATE "C",
  "owner_adventurer_id" text COLLATE "C",
  "current_energy_reserve" bigint,
  "last_energy_payment_block" numeric(20),
  "last_decay_processed_block" numeric(20),
  "decay_level" integer,
  "claimable_since_block" numeric(20),
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS hex_decay_history_by_hex_coordinate
  ON rm_world_v3.hex_decay_history (world, "hex_coordinate", position, entity_id) WHERE arrived;

CREATE TABLE IF NOT EXISTS rm_world_v3.claims (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  "claim_id" text COLLATE "C",
  "hex_coordinate" text COLLATE "C",
  "claimant_adventurer_id" text COLLATE "C",
  "energy_locked" integer,
  "created_block" numeric(20),
  "expiry_block" numeric(20),
  "status" text COLLATE "C",
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS claims_by_hex_coordinate ON rm_world_v3.claims (world, "hex_coordinate");
CREATE TABLE IF NOT EXISTS rm_world_v3.claims_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
  "claim_id" text COLLATE "C",
  "hex_coordinate" text COLLATE "C",
  "claimant_adventurer_id" text COLLATE "C",
  "energy_locked" integer,
  "created_block" numeric(20),
  "expiry_block" numeric(20),
  "status" text COLLATE "C",
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS claims_history_by_hex_coordinate
  ON rm_world_v3.claims_history (world, "hex_coordinate", position, entity_id) WHERE arrived;

CREATE TABLE IF NOT EXISTS rm_world_v3.areas (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  "area_id" text COLLATE "C",
  "hex_coordinate" text COLLATE "C",
  "area_index" integer,
  "area_type" text COLLATE "C",
  "is_discovered" boolean,
  "discoverer" text COLLATE "C",
  "resource_quality" integer,
  "size_category" text COLLATE "C",
  "plant_slot_count" integer,
  "owner_adventurer_id" text COLLATE "C",
  "discoverer_adventurer_id" text COLLATE "C",
  "discovery_block" numeric(20),
  "claim_block" numeric(20),
  "hex" text COLLATE "C",
  "resource_key" text COLLATE "C",
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS areas_by_hex ON rm_world_v3.areas (world, "hex");
CREATE TABLE IF NOT EXISTS rm_world_v3.areas_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
  "area_id" text COLLATE "C",
  "hex_coordinate" text COLLATE "C",
  "area_index" integer,
  "area_type" text COLLATE "C",
  "is_discovered" boolean,
  "discoverer" text COLLATE "C",
  "resource_quality" integer,
  "size_category" text COLLATE "C",
  "plant_slot_count" integer,
  "owner_adventurer_id" text COLLATE "C",
  "discoverer_adventurer_id" text COLLATE "C",
  "discovery_block" numeric(20),
  "claim_block" numeric(20),
  "hex" text COLLATE "C",
  "resource_key" text COLLATE "C",
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS areas_history_by_hex
  ON rm_world_v3.areas_history (world, "hex", position, entity_id) WHERE arrived;

CREATE TABLE IF NOT EXISTS rm_world_v3.plants (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  "plant_key" text COLLATE "C",
  "hex_coordinate" text COLLATE "C",
  "area_id" text COLLATE "C",
  "plant_id" integer,
  "species" text COLLATE "C",
  "current_yield" integer,
  "reserved_yield" integer,
  "max_yield" integer,
  "regrowth_rate" integer,
  "health" integer,
  "stress_level" integer,
  "genetics_hash" text COLLATE "C",
  "last_harvest_block" numeric(20),
  "discoverer" text COLLATE "C",
  "item_id" text COLLATE "C",
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS plants_by_hex_coordinate ON rm_world_v3.plants (world, "hex_coordinate");
CREATE TABLE IF NOT EXISTS rm_world_v3.plants_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
  "plant_key" text COLLATE "C",
  "hex_coordinate" text COLLATE "C",
  "area_id" text COLLATE "C",
  "plant_id" integer,
  "species" text COLLATE "C",
  "current_yield" integer,
  "reserved_yield" integer,
  "max_yield" integer,
  "regrowth_rate" integer,
  "health" integer,
  "stress_level" integer,
  "genetics_hash" text COLLATE "C",
  "last_harvest_block" numeric(20),
  "discoverer" text COLLATE "C",
  "item_id" text COLLATE "C",
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS plants_history_by_hex_coordinate
  ON rm_world_v3.plants_history (world, "hex_coordinate", position, entity_id) WHERE arrived;

CREATE TABLE IF NOT EXISTS rm_world_v3.buildings (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  "area_id" text COLLATE "C",
  "hex_coordinate" text COLLATE "C",
  "owner_adventurer_id" text COLLATE "C",
  "building_type" text COLLATE "C",
  "tier" integer,
  "condition_bp" integer,
  "upkeep_reserve" bigint,
  "last_upkeep_block" numeric(20),
  "is_active" boolean,
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS buildings_by_hex_coordinate ON rm_world_v3.buildings (world, "hex_coordinate");
CREATE TABLE IF NOT EXISTS rm_world_v3.buildings_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
  "area_id" text COLLATE "C",
  "hex_coordinate" text COLLATE "C",
  "owner_adventurer_id" text COLLATE "C",
  "building_type" text COLLATE "C",
  "tier" integer,
  "condition_bp" integer,
  "upkeep_reserve" bigint,
  "last_upkeep_block" numeric(20),
  "is_active" boolean,
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS buildings_history_by_hex_coordinate
  ON rm_world_v3.buildings_history (world, "hex_coordinate", position, entity_id) WHERE arrived;

CREATE TABLE IF NOT EXISTS rm_world_v3.regulator_policies (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  "slot" integer,
  "policy_epoch" bigint,
  "conversion_tax_bp" integer,
  "upkeep_bp" integer,
  "mint_discount_bp" integer,
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS regulator_policies_by_slot ON rm_world_v3.regulator_policies (world, "slot");
CREATE TABLE IF NOT EXISTS rm_world_v3.regulator_policies_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
  "slot" integer,
  "policy_epoch" bigint,
  "conversion_tax_bp" integer,
  "upkeep_bp" integer,
  "mint_discount_bp" integer,
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS regulator_policies_history_by_slot
  ON rm_world_v3.regulator_policies_history (world, "slot", position, entity_id) WHERE arrived;

CREATE TABLE IF NOT EXISTS rm_world_v3.resource_policies (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  "resource_key" text COLLATE "C",
  "scope" text COLLATE "C",
  "scope_key" text COLLATE "C",
  "resource_kind" text COLLATE "C",
  "controller_adventurer_id" text COLLATE "C",
  "policy_epoch" bigint,
  "is_enabled" boolean,
  "updated_block" numeric(20),
  "last_mutation_block" numeric(20),
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS resource_policies_by_resource_key ON rm_world_v3.resource_policies (world, "resource_key");
CREATE TABLE IF NOT EXISTS rm_world_v3.resource_policies_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
  "resource_key" text COLLATE "C",
  "scope" text COLLATE "C",
  "scope_key" text COLLATE "C",
  "resource_kind" text COLLATE "C",
  "controller_adventurer_id" text COLLATE "C",
  "policy_epoch" bigint,
  "is_enabled" boolean,
  "updated_block" numeric(20),
  "last_mutation_block" numeric(20),
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS resource_policies_history_by_resource_key
  ON rm_world_v3.resource_policies_history (world, "resource_key", position, entity_id) WHERE arrived;

CREATE TABLE IF NOT EXISTS rm_world_v3.resource_grants (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  "resource_key" text COLLATE "C",
  "grantee_adventurer_id" text COLLATE "C",
  "permissions_mask" integer,
  "granted_by_adventurer_id" text COLLATE "C",
  "grant_block" numeric(20),
  "revoke_block" numeric(20),
  "is_active" boolean,
  "policy_epoch" bigint,
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS resource_grants_by_resource_key ON rm_world_v3.resource_grants (world, "resource_key");
CREATE TABLE IF NOT EXISTS rm_world_v3.resource_grants_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
  "resource_key" text COLLATE "C",
  "grantee_adventurer_id" text COLLATE "C",
  "permissions_mask" integer,
  "granted_by_adventurer_id" text COLLATE "C",
  "grant_block" numeric(20),
  "revoke_block" numeric(20),
  "is_active" boolean,
  "policy_epoch" bigint,
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS resource_grants_history_by_resource_key
  ON rm_world_v3.resource_grants_history (world, "resource_key", position, entity_id) WHERE arrived;

CREATE TABLE IF NOT EXISTS rm_world_v3.adventurers (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  "adventurer_id" text COLLATE "C",
  "owner" text COLLATE "C",
  "name" text COLLATE "C",
  "energy" integer,
  "max_energy" integer,
  "current_hex" text COLLATE "C",
  "activity_locked_until" numeric(20),
  "is_alive" boolean,
  "energy_balance" integer,
  "total_energy_spent" numeric(20),
  "total_energy_earned" numeric(20),
  "last_regen_block" numeric(20),
  "current_weight" bigint,
  "max_weight" bigint,
  "owner_at_death" text COLLATE "C",
  "death_block" numeric(20),
  "death_cause" text COLLATE "C",
  "inventory_lost_hash" text COLLATE "C",
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS adventurers_by_current_hex ON rm_world_v3.adventurers (world, "current_hex");
CREATE INDEX IF NOT EXISTS adventurers_by_id ON rm_world_v3.adventurers (world, length(adventurer_id), adventurer_id);
CREATE INDEX IF NOT EXISTS adventurers_by_owner ON rm_world_v3.adventurers (world, owner, length(adventurer_id), adventurer_id);
CREATE TABLE IF NOT EXISTS rm_world_v3.adventurers_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
  "adventurer_id" text COLLATE "C",
  "owner" text COLLATE "C",
  "name" text COLLATE "C",
  "energy" integer,
  "max_energy" integer,
  "current_hex" text COLLATE "C",
  "activity_locked_until" numeric(20),
  "is_alive" boolean,
  "energy_balance" integer,
  "total_energy_spent" numeric(20),
  "total_energy_earned" numeric(20),
  "last_regen_block" numeric(20),
  "current_weight" bigint,
  "max_weight" bigint,
  "owner_at_death" text COLLATE "C",
  "death_block" numeric(20),
  "death_cause" text COLLATE "C",
  "inventory_lost_hash" text COLLATE "C",
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS adventurers_history_by_current_hex
  ON rm_world_v3.adventurers_history (world, "current_hex", position, entity_id) WHERE arrived;

CREATE TABLE IF NOT EXISTS rm_world_v3.backpack_items (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  "adventurer_id" text COLLATE "C",
  "item_id" text COLLATE "C",
  "quantity" bigint,
  "quality" integer,
  "weight_per_unit" integer,
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS backpack_items_by_adventurer_id ON rm_world_v3.backpack_items (world, "adventurer_id");
CREATE TABLE IF NOT EXISTS rm_world_v3.backpack_items_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
  "adventurer_id" text COLLATE "C",
  "item_id" text COLLATE "C",
  "quantity" bigint,
  "quality" integer,
  "weight_per_unit" integer,
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS backpack_items_history_by_adventurer_id
  ON rm_world_v3.backpack_items_history (world, "adventurer_id", position, entity_id) WHERE arrived;

CREATE TABLE IF NOT EXISTS rm_world_v3.reservations (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  "reservation_id" text COLLATE "C",
  "adventurer_id" text COLLATE "C",
  "plant_key" text COLLATE "C",
  "reserved_amount" integer,
  "created_block" numeric(20),
  "expiry_block" numeric(20),
  "status" text COLLATE "C",
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS reservations_by_adventurer_id ON rm_world_v3.reservations (world, "adventurer_id");
CREATE TABLE IF NOT EXISTS rm_world_v3.reservations_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
  "reservation_id" text COLLATE "C",
  "adventurer_id" text COLLATE "C",
  "plant_key" text COLLATE "C",
  "reserved_amount" integer,
  "created_block" numeric(20),
  "expiry_block" numeric(20),
  "status" text COLLATE "C",
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS reservations_history_by_adventurer_id
  ON rm_world_v3.reservations_history (world, "adventurer_id", position, entity_id) WHERE arrived;

CREATE TABLE IF NOT EXISTS rm_world_v3.events (
  world integer NOT NULL,
  position bigint NOT NULL,
  block_position bigint NOT NULL,
  retracted_at bigint,
  "type" text COLLATE "C",
  "transaction" text COLLATE "C",
  "hex" text COLLATE "C",
  "adventurer" text COLLATE "C",
  "data" json,
  PRIMARY KEY (world, position)
);
CREATE INDEX IF NOT EXISTS events_by_retraction
  ON rm_world_v3.events (world, retracted_at, position DESC) WHERE retracted_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS events_by_type ON rm_world_v3.events (world, type, position);
CREATE INDEX IF NOT EXISTS events_by_hex ON rm_world_v3.events (world, hex, position) WHERE hex IS NOT NULL;
CREATE INDEX IF NOT EXISTS events_by_adventurer ON rm_world_v3.events (world, adventurer, position) WHERE adventurer IS NOT NULL;

-- What is seen under a key of a subject is another from this position on.
CREATE TABLE IF NOT EXISTS rm_world_v3.changes (
  world integer NOT NULL,
  subject text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  PRIMARY KEY (world, subject, position, key)
);
