CREATE SCHEMA IF NOT EXISTS rm_items_v1;

CREATE TABLE IF NOT EXISTS rm_items_v1.plant_items (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  "plant_key" text COLLATE "C",
  "item_id" text COLLATE "C",
  "species" text COLLATE "C",
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS plant_items_by_item_id ON rm_items_v1.plant_items (world, "item_id");
CREATE TABLE IF NOT EXISTS rm_items_v1.plant_items_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
  "plant_key" text COLLATE "C",
  "item_id" text COLLATE "C",
  "species" text COLLATE "C",
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS plant_items_history_by_item_id
  ON rm_items_v1.plant_items_history (world, "item_id", position, entity_id) WHERE arrived;

-- What is seen under a key of a subject is another from this position on.
CREATE TABLE IF NOT EXISTS rm_items_v1.changes (
  world integer NOT NULL,
  subject text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  PRIMARY KEY (world, subject, position, key)
);
