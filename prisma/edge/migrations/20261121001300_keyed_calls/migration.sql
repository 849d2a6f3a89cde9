-- Idempotency-Keys of calls that are answered at once. Those of calls that wait for other services are in
-- idempotency_keys: they are claimed in batches, together with what they commit.
CREATE TABLE keyed_calls (
  caller text NOT NULL,
  route text NOT NULL,
  key_hash bytea NOT NULL,
  request_hash bytea NOT NULL,
  -- The run of the handler that holds the claim. A run that has lost it cannot commit any more.
  run_id uuid NOT NULL,
  claimed_at timestamptz NOT NULL,
  answer_due_at timestamptz NOT NULL,
  took_effect boolean NOT NULL DEFAULT false,
  -- How often somebody came to a public route with the key and another request.
  mismatches integer NOT NULL DEFAULT 0,
  -- Sealed, because answers hold tokens and API keys.
  answer bytea,
  PRIMARY KEY (caller, route, key_hash)
) WITH (fillfactor = 70);
CREATE INDEX keyed_calls_claimed_at ON keyed_calls USING brin (claimed_at);
