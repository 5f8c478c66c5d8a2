CREATE SCHEMA IF NOT EXISTS rm_market_v1;

CREATE TABLE IF NOT EXISTS rm_market_v1.conversion_rates (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  "item_type" text COLLATE "C",
  "current_rate" integer,
  "base_rate" integer,
  "last_update_block" numeric(20),
  "units_converted_in_window" bigint,
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS conversion_rates_by_item_type ON rm_market_v1.conversion_rates (world, "item_type");
CREATE TABLE IF NOT EXISTS rm_market_v1.conversion_rates_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
  "item_type" text COLLATE "C",
  "current_rate" integer,
  "base_rate" integer,
  "last_update_block" numeric(20),
  "units_converted_in_window" bigint,
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS conversion_rates_history_by_item_type
  ON rm_market_v1.conversion_rates_history (world, "item_type", position, entity_id) WHERE arrived;

CREATE TABLE IF NOT EXISTS rm_market_v1.rate_buckets (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  "item_type" text COLLATE "C",
  "first_block" bigint,
  "open" integer,
  "high" integer,
  "low" integer,
  "close" integer,
  "writes" integer,
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS rate_buckets_by_item_type ON rm_market_v1.rate_buckets (world, "item_type");
CREATE INDEX IF NOT EXISTS rate_buckets_by_time ON rm_market_v1.rate_buckets (world, item_type, first_block);
CREATE TABLE IF NOT EXISTS rm_market_v1.rate_buckets_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
  "item_type" text COLLATE "C",
  "first_block" bigint,
  "open" integer,
  "high" integer,
  "low" integer,
  "close" integer,
  "writes" integer,
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS rate_buckets_history_by_item_type
  ON rm_market_v1.rate_buckets_history (world, "item_type", position, entity_id) WHERE arrived;

-- What is seen under a key of a subject is another from this position on.
CREATE TABLE IF NOT EXISTS rm_market_v1.changes (
  world integer NOT NULL,
  subject text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  PRIMARY KEY (world, subject, position, key)
);
