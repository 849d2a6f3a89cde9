-- What the streams of `GET /v1/events` tell, kept for as long as a client may resume.

-- A row for each owner of the object. Kept only for owners that listen: see `event_listeners`.
CREATE TABLE client_events (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id uuid NOT NULL,
  -- The same change, told to its second owner: who listens to everything has heard it already.
  repeated boolean NOT NULL,
  type text NOT NULL,
  subject_id uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  -- The object as it was; what has no copy here never changes again and is read where it is.
  data jsonb
);
CREATE INDEX client_events_owner ON client_events (owner_id, sequence);

-- Who has listened lately. Nothing is stored for others: nobody can resume a stream that never was.
CREATE TABLE event_listeners (
  -- The nil UUID listens to the events of everyone.
  owner_id uuid PRIMARY KEY,
  -- Events up to this one may be missing, because nobody listened. Null until no transaction can be at work that has not
  -- seen this row.
  since bigint,
  listened_at timestamptz NOT NULL
);
CREATE INDEX event_listeners_listened_at ON event_listeners (listened_at);

-- Events up to this one may have been deleted.
CREATE TABLE client_events_floor (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  sequence bigint NOT NULL
);
INSERT INTO client_events_floor (sequence) VALUES (0);

-- Commits do not come in the order of sequences. Before a transaction draws its first one, it says by a lock, which is
-- held until it has ended, that all it will draw are higher than what has been drawn so far.
CREATE FUNCTION announce_client_events() RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock_shared(20260800, ((last_value - (NOT is_called)::int) & 2147483647)::int)
  FROM client_events_sequence_seq
$$;

-- `settled`: every event up to it has been committed or never will be, so that a statement that starts now sees all of
-- them. `drawn` is read before the locks: whoever announces later draws higher ones.
CREATE FUNCTION client_events_position(OUT drawn bigint, OUT settled bigint) LANGUAGE plpgsql AS $$
BEGIN
  SELECT last_value - (NOT is_called)::int INTO drawn FROM client_events_sequence_seq;
  -- Locks have 31 bits of the sequence. Those that seem far behind were announced after `drawn` was read.
  SELECT least(drawn, min(drawn - behind)) INTO settled FROM (
    SELECT (drawn - objid::bigint) & 2147483647 AS behind FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 20260800 AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS writers
  WHERE behind < 1073741824;
END
$$;
