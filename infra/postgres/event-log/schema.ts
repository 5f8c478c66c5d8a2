/**
 * Tables and functions of the event log in PostgreSQL (15 and later, PGlite's build of 18 among
 * them), in a schema of their own. One lock, the row of `head`, orders all appends: log positions
 * are gapless and become visible in order, so that a reader that has seen a position has seen
 * everything before it and needs no gap detection.
 */
import type { Pool } from 'pg'
import { FatalError } from '../../../domain/errors.ts'
import { inTransaction } from '../pool.ts'
import { classifiedPostgresError, FENCED_SQLSTATE } from '../postgres-errors.ts'

/**
 * Creates or upgrades the log's schema. Harmless when it is up to date, and when several processes
 * do it at once.
 */
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

/**
 * For programs that only read: creates nothing, and needs no right to. A log of an older Chronohex
 * is upgraded. Throws FatalError when the database holds no log.
 */
export const expectEventLog = async (pool: Pool): Promise<void> => {
  if ((await schemaNumber(pool)) !== MIGRATIONS.length) await migrateEventLog(pool)
}

const schemaNumber = async (pool: Pool): Promise<number> => {
  try {
    const found = await pool.query<{ there: boolean }>(
      `SELECT to_regclass('event_log.migrations') IS NOT NULL AS there`,
    )
    if (found.rows[0]?.there !== true) throw new FatalError('The database holds no event log')
    const newest = await pool.query<{ number: number }>(
      'SELECT max(number) AS number FROM event_log.migrations',
    )
    return newest.rows[0]?.number ?? 0
  } catch (error) {
    throw classifiedPostgresError(error, 'Looking for the event log')
  }
}

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
 * The one way in which anything is ever deleted: the oldest events of a stream that was limited
 * before its first event. The triggers know no exception but that: a row may go only when its
 * stream is limited and has been trimmed beyond it.
 */
const RETENTION = `
-- Best-effort streams. trimmed_before: the first revision that is kept.
CREATE TABLE event_log.retention (
  stream int PRIMARY KEY REFERENCES event_log.streams,
  events_max int CHECK (events_max > 0),
  age_seconds_max int CHECK (age_seconds_max > 0),
  trimmed_before int NOT NULL DEFAULT 0
);

CREATE FUNCTION event_log.refuse_limit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NOT EXISTS (SELECT FROM event_log.events WHERE stream = NEW.stream) THEN RETURN NEW; END IF;
  IF TG_OP = 'UPDATE' AND NEW.stream = OLD.stream THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'The event log only grows: a stream with events cannot be limited' USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION event_log.refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'events' THEN
    IF EXISTS (SELECT FROM event_log.retention WHERE stream = OLD.stream AND OLD.revision < trimmed_before) THEN
      RETURN OLD;
    END IF;
  ELSIF NOT EXISTS (SELECT FROM event_log.events WHERE log_position = OLD.last_position) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'The event log only grows: DELETE on % is refused', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

DROP TRIGGER only_grows ON event_log.events;
DROP TRIGGER only_grows ON event_log.appends;
CREATE TRIGGER only_grows BEFORE UPDATE OR TRUNCATE ON event_log.events
  FOR EACH STATEMENT EXECUTE FUNCTION event_log.refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE OR TRUNCATE ON event_log.appends
  FOR EACH STATEMENT EXECUTE FUNCTION event_log.refuse_change();
CREATE TRIGGER only_grows BEFORE DELETE OR TRUNCATE ON event_log.retention
  FOR EACH STATEMENT EXECUTE FUNCTION event_log.refuse_change();
CREATE TRIGGER only_trims BEFORE DELETE ON event_log.events FOR EACH ROW EXECUTE FUNCTION event_log.refuse_delete();
CREATE TRIGGER only_trims BEFORE DELETE ON event_log.appends FOR EACH ROW EXECUTE FUNCTION event_log.refuse_delete();
CREATE TRIGGER only_before BEFORE INSERT OR UPDATE ON event_log.retention
  FOR EACH ROW EXECUTE FUNCTION event_log.refuse_limit();
ALTER TABLE event_log.events ENABLE ALWAYS TRIGGER only_grows, ENABLE ALWAYS TRIGGER only_trims;
ALTER TABLE event_log.appends ENABLE ALWAYS TRIGGER only_grows, ENABLE ALWAYS TRIGGER only_trims;
ALTER TABLE event_log.retention ENABLE ALWAYS TRIGGER only_grows, ENABLE ALWAYS TRIGGER only_before;

-- False: the stream holds events for good. Under the one lock, so that no first event slips in between.
CREATE FUNCTION event_log.limit_stream(stream_name text, events int, age_seconds int) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  stream_id int;
BEGIN
  PERFORM FROM event_log.head FOR UPDATE;
  SELECT id INTO stream_id FROM event_log.streams WHERE name = stream_name;
  IF stream_id IS NULL THEN
    INSERT INTO event_log.streams (name) VALUES (stream_name) RETURNING id INTO stream_id;
  END IF;
  UPDATE event_log.retention SET events_max = events, age_seconds_max = age_seconds WHERE stream = stream_id;
  IF FOUND THEN RETURN true; END IF;
  IF EXISTS (SELECT FROM event_log.events WHERE stream = stream_id) THEN RETURN false; END IF;
  INSERT INTO event_log.retention (stream, events_max, age_seconds_max) VALUES (stream_id, events, age_seconds);
  RETURN true;
END $$;

-- Lets go of what the limits do not keep; the last event always stays, so that revisions go on. An append's events are of
-- one stream and go from the first, so an append whose last event has gone has gone as a whole.
CREATE FUNCTION event_log.trim(stream_id int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  kept_from int;
  gone bigint[];
BEGIN
  SELECT least(last.revision, greatest(
      r.trimmed_before,
      last.revision - r.events_max + 1,
      CASE WHEN r.age_seconds_max IS NOT NULL THEN coalesce((
        SELECT min(e.revision) FROM event_log.events e
        WHERE e.stream = stream_id AND e.recorded_at > clock_timestamp() - r.age_seconds_max * interval '1 second'
      ), last.revision) END
    )) INTO kept_from
  FROM event_log.retention r,
    LATERAL (SELECT max(e.revision) AS revision FROM event_log.events e WHERE e.stream = r.stream) last
  WHERE r.stream = stream_id;
  UPDATE event_log.retention SET trimmed_before = kept_from WHERE stream = stream_id AND trimmed_before < kept_from;
  IF NOT FOUND THEN RETURN; END IF;
  WITH trimmed AS (
    DELETE FROM event_log.events WHERE stream = stream_id AND revision < kept_from RETURNING log_position
  ) SELECT array_agg(log_position) INTO gone FROM trimmed;
  DELETE FROM event_log.appends a
  USING event_log.streams s
  WHERE s.id = stream_id AND a.category = split_part(s.name, '-', 1) AND a.last_position = ANY (gone);
END $$;`

/**
 * The whole append in one round trip. `expected` -1: no stream, -2: any revision. `writer_epoch`
 * null: not fenced. Each statement of a function sees what was committed before it, so everything
 * after the lock is read as it stands. The lock is the update of `head`; where nothing is written
 * after all, the update is taken back within the same transaction.
 */
const APPEND = `
CREATE OR REPLACE FUNCTION event_log.append(
  stream_name text, expected bigint, writer_epoch int, ids uuid[], types text[], datas json[], metas json[],
  OUT outcome text, OUT last_revision int, OUT last_position bigint
) LANGUAGE plpgsql AS $$
DECLARE
  added CONSTANT int := cardinality(ids);
  follows bigint := expected;
  is_limited boolean := false;
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
    is_limited := EXISTS (SELECT FROM event_log.retention WHERE stream = stream_id);
  END IF;
  IF expected = -2 AND is_limited THEN follows := coalesce(last_revision, -1); END IF;

  IF follows <> coalesce(last_revision, -1) THEN
    UPDATE event_log.head SET position = position - added;
    last_position := NULL;
    IF expected = -2 THEN
      outcome := 'not-best-effort';
    ELSIF expected < last_revision AND added = (
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
           follows + given.place, given.id, given.type, given.data, given.meta
    FROM unnest(ids, types, datas, metas) WITH ORDINALITY AS given (id, type, data, meta, place);
  IF strpos(stream_name, '-') > 1 THEN
    INSERT INTO event_log.appends VALUES (category, last_position, last_position - added + 1);
  END IF;
  IF is_limited THEN PERFORM event_log.trim(stream_id); END IF;
  outcome := 'appended';
  last_revision := follows + added;
END $$;`

/** A migration that was released stays as it is, but for what a later one replaces whole. */
const MIGRATIONS: readonly string[] = [`${TABLES}\n${APPEND_ONLY}`, `${RETENTION}\n${APPEND}`]
