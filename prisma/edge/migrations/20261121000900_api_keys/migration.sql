-- The life of API keys: who made them, rotation with an overlap, warnings before they expire, and how much they are used.

ALTER TABLE api_keys
  -- Grows with each change; on every event about the key.
  ADD version bigint NOT NULL DEFAULT 1,
  ADD created_by text NOT NULL DEFAULT 'service:edge',
  ADD revoked_by text,
  ADD last_used_at timestamptz(3),
  -- The secret before the last rotation works until the overlap ends. There is one at most: the key, its id, its scopes and
  -- what is done in its name stay the same however often its secret changes.
  ADD previous_prefix text,
  ADD previous_key_hash bytea CONSTRAINT api_keys_previous_hash_unique UNIQUE,
  ADD previous_expires_at timestamptz(3),
  -- Hash that INITIAL_API_KEY_HASH had when it made this key; stays when the key is rotated, so that it makes no second one.
  ADD initial_key_hash bytea CONSTRAINT api_keys_initial_hash_unique UNIQUE,
  -- Days before the expiry of the last warning that was sent.
  ADD warned_days integer,
  ADD expiry_announced_at timestamptz(3),
  ADD CONSTRAINT api_keys_previous CHECK (
    (previous_key_hash IS NULL) = (previous_expires_at IS NULL)
    AND (previous_key_hash IS NULL) = (previous_prefix IS NULL)),
  ADD CONSTRAINT api_keys_hashes_differ CHECK (previous_key_hash <> key_hash);
CREATE INDEX api_keys_created ON api_keys (created_at, id);
CREATE INDEX api_keys_expiring ON api_keys (expires_at) WHERE revoked_at IS NULL AND expiry_announced_at IS NULL;

-- Calls of a key on a day (UTC), counted in memory and added every few seconds.
CREATE TABLE api_key_usage (
  api_key_id uuid NOT NULL REFERENCES api_keys (id) ON DELETE RESTRICT ON UPDATE NO ACTION,
  day date NOT NULL,
  requests bigint NOT NULL,
  -- Those of them that were answered with 403.
  refused bigint NOT NULL,
  PRIMARY KEY (api_key_id, day)
);
