/**
 * Tables of the shared state, and the function that takes a permit. Safe to run again, and by several processes at
 * once. A lane's row is locked while a permit is taken, so that permits of one lane are taken one at a time.
 */
export const SCHEMA = `
BEGIN;
SELECT pg_advisory_xact_lock(7304250921);
CREATE SCHEMA IF NOT EXISTS holdfast;
CREATE TABLE IF NOT EXISTS holdfast.shared (key text PRIMARY KEY, value text NOT NULL, expires_at timestamptz);
CREATE TABLE IF NOT EXISTS holdfast.lane (
  name text PRIMARY KEY, quiet_until timestamptz, unreached int NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS holdfast.down (
  lane text NOT NULL, asker text NOT NULL, expires_at timestamptz NOT NULL, PRIMARY KEY (lane, asker)
);
CREATE TABLE IF NOT EXISTS holdfast.lease (
  lane text NOT NULL, id text NOT NULL, expires_at timestamptz NOT NULL, PRIMARY KEY (lane, id)
);
CREATE TABLE IF NOT EXISTS holdfast.spent (
  lane text NOT NULL, log text NOT NULL, id text NOT NULL, at timestamptz NOT NULL, amount float8 NOT NULL,
  PRIMARY KEY (lane, log, id)
);
CREATE INDEX IF NOT EXISTS spent_at ON holdfast.spent (lane, log, at);
CREATE INDEX IF NOT EXISTS spent_id ON holdfast.spent (lane, id);

CREATE OR REPLACE FUNCTION holdfast.swap(the_key text, value_before text, value_after text, ttl_ms float8)
RETURNS text LANGUAGE plpgsql AS $swap$
DECLARE
  value_found text;
BEGIN
  -- A key without a row has nothing else that could be locked.
  PERFORM pg_advisory_xact_lock(hashtextextended(the_key, 7304250922));
  SELECT value INTO value_found FROM holdfast.shared
    WHERE key = the_key AND (expires_at IS NULL OR expires_at > clock_timestamp());
  IF value_found IS DISTINCT FROM value_before THEN RETURN value_found; END IF;
  IF value_after IS NULL THEN
    DELETE FROM holdfast.shared WHERE key = the_key;
  ELSE
    INSERT INTO holdfast.shared (key, value, expires_at)
      VALUES (the_key, value_after, clock_timestamp() + ttl_ms * interval '1 millisecond')
      ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at;
  END IF;
  RETURN value_after;
END $swap$;

CREATE OR REPLACE FUNCTION holdfast.take(
  the_lane text, the_id text, the_asker text, lease_ms float8, concurrency int,
  logs text[], pers float8[], limits float8[], amounts float8[],
  arrivals float8[]
) RETURNS int LANGUAGE plpgsql AS $take$
DECLARE
  state holdfast.lane;
  now_at timestamptz;
  most int := concurrency;
  excess float8;
  wait_ms float8 := 0;
  entry record;
BEGIN
  -- A permit that a power cut forgets is of a call that it cut off too.
  PERFORM set_config('synchronous_commit', 'off', true);
  INSERT INTO holdfast.lane (name) VALUES (the_lane) ON CONFLICT DO NOTHING;
  SELECT * INTO state FROM holdfast.lane WHERE name = the_lane FOR UPDATE;
  now_at := clock_timestamp();
  IF state.quiet_until > now_at THEN
    RETURN ceil(extract(epoch FROM state.quiet_until - now_at) * 1000);
  END IF;
  IF EXISTS (SELECT FROM holdfast.down WHERE lane = the_lane AND asker = the_asker AND expires_at > now_at) THEN
    most := 1;
  ELSIF EXISTS (SELECT FROM holdfast.down WHERE lane = the_lane AND expires_at > now_at) THEN
    RETURN -2;
  END IF;
  DELETE FROM holdfast.lease WHERE lane = the_lane AND expires_at <= now_at;
  IF (SELECT count(*) FROM holdfast.lease WHERE lane = the_lane) >= most THEN
    RETURN -1;
  END IF;
  FOR i IN 1 .. cardinality(logs) LOOP
    DELETE FROM holdfast.spent
      WHERE lane = the_lane AND log = logs[i] AND at <= now_at - pers[i] * interval '1 millisecond';
    SELECT coalesce(sum(amount), 0) + amounts[i] - limits[i] INTO excess
      FROM holdfast.spent WHERE lane = the_lane AND log = logs[i];
    IF excess > 0 THEN
      FOR entry IN SELECT at, amount FROM holdfast.spent WHERE lane = the_lane AND log = logs[i] ORDER BY at LOOP
        EXIT WHEN excess <= 0;
        excess := excess - entry.amount;
        wait_ms := greatest(wait_ms, extract(epoch FROM entry.at - now_at) * 1000 + pers[i] + 1);
      END LOOP;
    END IF;
  END LOOP;
  IF wait_ms > 0 THEN RETURN ceil(wait_ms); END IF;
  FOR i IN 1 .. cardinality(logs) LOOP
    INSERT INTO holdfast.spent VALUES (the_lane, logs[i], the_id, now_at + arrivals[i] * interval '1 millisecond', amounts[i]) ON CONFLICT DO NOTHING;
  END LOOP;
  INSERT INTO holdfast.lease VALUES (the_lane, the_id, now_at + lease_ms * interval '1 millisecond') ON CONFLICT DO NOTHING;
  RETURN 0;
END $take$;

CREATE OR REPLACE FUNCTION holdfast.release(
  the_lane text, the_id text, the_asker text, outcome text, logs text[], amounts float8[], OUT unreached int, OUT others int
) LANGUAGE plpgsql AS $release$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  PERFORM FROM holdfast.lane WHERE name = the_lane FOR UPDATE;
  DELETE FROM holdfast.lease WHERE lane = the_lane AND id = the_id;
  UPDATE holdfast.spent SET at = clock_timestamp() WHERE lane = the_lane AND id = the_id AND at > clock_timestamp();
  FOR i IN 1 .. cardinality(amounts) LOOP
    UPDATE holdfast.spent SET amount = amounts[i] WHERE lane = the_lane AND log = logs[i] AND id = the_id;
  END LOOP;
  SELECT lane.unreached INTO unreached FROM holdfast.lane WHERE name = the_lane;
  IF outcome = 'unreached' THEN unreached := unreached + 1; END IF;
  IF outcome = 'answered' THEN unreached := 0; END IF;
  UPDATE holdfast.lane SET unreached = release.unreached
    WHERE name = the_lane AND holdfast.lane.unreached <> release.unreached;
  SELECT count(*) INTO others FROM holdfast.down
    WHERE lane = the_lane AND asker <> the_asker AND expires_at > clock_timestamp();
END $release$;
COMMIT;
`;
