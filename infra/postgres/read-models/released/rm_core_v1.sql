CREATE SCHEMA IF NOT EXISTS rm_core_v1;
CREATE TABLE IF NOT EXISTS rm_core_v1.worlds (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE
);
-- Checkpoint and head. position: of the last event taken in, -1 for none. The head is null while no block stands.
-- final_number: of the newest block that is accepted on L1.
CREATE TABLE IF NOT EXISTS rm_core_v1.progress (
  world integer PRIMARY KEY REFERENCES rm_core_v1.worlds,
  position bigint NOT NULL,
  head_number bigint,
  head_hash text COLLATE "C",
  head_time timestamptz,
  head_finality text COLLATE "C",
  final_number bigint
);
-- Points of history. A block's is its end, the position of its last fact; header: the position of its header, which is
-- its identity, since number and hash may come back after a retraction. A retraction's names the block that remains,
-- by header, number and so on; null when none does. retracted_at: where the block was retracted.
CREATE TABLE IF NOT EXISTS rm_core_v1.points (
  world integer NOT NULL,
  position bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  header bigint,
  number bigint,
  hash text COLLATE "C",
  time timestamptz,
  finality text COLLATE "C",
  parent_hash text COLLATE "C",
  retracted_at bigint,
  PRIMARY KEY (world, position)
);
CREATE INDEX IF NOT EXISTS points_by_number ON rm_core_v1.points (world, number, position)
  WHERE kind = 'block' AND retracted_at IS NULL;
CREATE INDEX IF NOT EXISTS points_by_time ON rm_core_v1.points (world, time, position)
  WHERE kind = 'block' AND retracted_at IS NULL;
-- Which projections there are. position: of the last event taken in by one that is being built; null for a live one,
-- which is at the checkpoint.
CREATE TABLE IF NOT EXISTS rm_core_v1.projections (
  world integer NOT NULL,
  name text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  position bigint,
  PRIMARY KEY (world, name, version)
);
