/**
 * Tables and functions of the event log in PostgreSQL (15 and later, PGlite's build of 18 among them), in a schema of
 * their own. One lock, the row of `head`, orders all appends: log positions are gapless and become visible in order, so
 * that a reader who has seen a position has seen everything before it and needs no gap detection.
 */
import type { Pool } from 'pg'
import { FatalError } from '../../domain/errors.ts'
import { inTransaction } from './pool.ts'
import { FENCED_SQLSTATE } from './postgres-errors.ts'

/** Creates or upgrades the log's schema. Harmless when it is up to date, and when several processes do it at once. */
export const migrateEventLog = (pool: Pool): Promise<void> =>
  inTransaction(pool, 'Preparing the event log', async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('chronohex event log'))`)
    await client.query('CREATE SCHEMA IF NOT EXISTS event_log')
    await client.query('CREATE TABLE IF NOT EXISTS event_log.migrations (number int PRIMARY KEY)')
    const applied = await client.query<{ number: number }>(
      'SELECT coalesce(max(number), 0) AS number FROM event_log.migrations',
    )
    const newest = applied.rows[0]?.number ?? 0
    if (newest > MIGRATIONS.length) {
      throw new FatalError(
        `The event log was written by a newer Chronohex (schema ${newest}, known ${MIGRATIONS.length})`,
      )
    }
    for (const [index, migration] of MIGRATIONS.entries()) {
      if (index < newest) continue
      await client.query(migration)
      await client.query('INSERT INTO event_log.migrations VALUES ($1)', [index + 1])
    }
  })

const TABLES = `
-- The one lock. position: of the last event, -1 when there is none. epoch: which writer of the world's stream is current.
CREATE TABLE event_log.head (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  position bigint NOT NULL,
  epoch int NOT NULL
) WITH (fillfactor = 10);
INSERT INTO event_log.head (position, epoch) VALUES (-1, 0);

CREATE TABLE event_log.streams (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE
);

-- data and meta are json, not jsonb: they come back as they were written, member by member. Ids have no index: the
-- revision under the lock already decides, and an index on random ids would make every append touch random pages.
CREATE TABLE event_log.events (
  log_position bigint PRIMARY KEY,
  recorded_at timestamptz NOT NULL,
  stream int NOT NULL,
  revision int NOT NULL,
  id uuid NOT NULL,
  type text COLLATE "C" NOT NULL,
  data json NOT NULL,
  meta json NOT NULL,
  UNIQUE (stream, revision)
);

-- Where a category's events lie in the log: one row per append, not per event. category: the name before the first dash.
CREATE TABLE event_log.appends (
  category text COLLATE "C" NOT NULL,
  last_position bigint NOT NULL,
  first_position bigint NOT NULL,
  PRIMARY KEY (category, last_position)
);`

const APPEND_ONLY = `
CREATE FUNCTION event_log.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The event log only grows: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON event_log.events
  FOR EACH STATEMENT EXECUTE FUNCTION event_log.refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON event_log.streams
  FOR EACH STATEMENT EXECUTE FUNCTION event_log.refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON event_log.appends
  FOR EACH STATEMENT EXECUTE FUNCTION event_log.refuse_change();
CREATE TRIGGER only_grows BEFORE DELETE OR TRUNCATE ON event_log.head
  FOR EACH STATEMENT EXECUTE FUNCTION event_log.refuse_change();
-- Also for sessions that replicate or restore.
ALTER TABLE event_log.events ENABLE ALWAYS TRIGGER only_grows;
ALTER TABLE event_log.streams ENABLE ALWAYS TRIGGER only_grows;
ALTER TABLE event_log.appends ENABLE ALWAYS TRIGGER only_grows;
ALTER TABLE event_log.head ENABLE ALWAYS TRIGGER only_grows;`

/**
 * The whole append in one round trip. `expected` -1: no stream. `writer_epoch` null: not fenced. Each statement of a
 * function sees what was committed before it, so everything after the lock is read as it stands. The lock is the update
 * of `head`; where nothing is written after all, the update is taken back within the same transaction.
 */
const APPEND = `
CREATE FUNCTION event_log.append(
  stream_name text, expected bigint, writer_epoch int, ids uuid[], types text[], datas json[], metas json[],
  OUT outcome text, OUT last_revision int, OUT last_position bigint
) LANGUAGE plpgsql AS $$
DECLARE
  added CONSTANT int := cardinality(ids);
  current_epoch int;
  stream_id int;
  now_ms timestamptz;
  category CONSTANT text := split_part(stream_name, '-', 1);
BEGIN
  UPDATE event_log.head SET position = position + added RETURNING position, epoch INTO last_position, current_epoch;
  IF writer_epoch <> current_epoch THEN
    RAISE EXCEPTION 'Writer % of the event log was replaced by writer %', writer_epoch, current_epoch
      USING ERRCODE = '${FENCED_SQLSTATE}';
  END IF;

  SELECT id INTO stream_id FROM event_log.streams WHERE name = stream_name;
  IF stream_id IS NOT NULL THEN
    SELECT max(revision) INTO last_revision FROM event_log.events WHERE stream = stream_id;
  END IF;

  IF expected <> coalesce(last_revision, -1) THEN
    UPDATE event_log.head SET position = position - added;
    last_position := NULL;
    IF expected < last_revision AND added = (
      SELECT count(*)
      FROM unnest(ids) WITH ORDINALITY AS given (id, place)
      JOIN event_log.events stored
        ON stored.stream = stream_id AND stored.revision = expected + given.place AND stored.id = given.id
    ) THEN
      outcome := 'already-appended';
      last_revision := expected + added;
    ELSE
      outcome := 'conflict';
    END IF;
    RETURN;
  END IF;

  IF stream_id IS NULL THEN
    INSERT INTO event_log.streams (name) VALUES (stream_name) RETURNING id INTO stream_id;
  END IF;
  now_ms := date_trunc('milliseconds', clock_timestamp()); -- under the lock: never before an earlier append's
  INSERT INTO event_log.events (log_position, recorded_at, stream, revision, id, type, data, meta)
    SELECT last_position - added + given.place, now_ms, stream_id,
           expected + given.place, given.id, given.type, given.data, given.meta
    FROM unnest(ids, types, datas, metas) WITH ORDINALITY AS given (id, type, data, meta, place);
  IF strpos(stream_name, '-') > 1 THEN
    INSERT INTO event_log.appends VALUES (category, last_position, last_position - added + 1);
  END IF;
  outcome := 'appended';
  last_revision := expected + added;
END $$;`

const MIGRATIONS: readonly string[] = [`${TABLES}\n${APPEND_ONLY}\n${APPEND}`]
