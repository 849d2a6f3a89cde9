-- Seals and audits of the ledger. The role of the service may add seals, and neither change nor delete them.

-- A run seals everything that was posted since the run before. `hash` covers the seals of the run and the run before.
CREATE TABLE seal_runs (
  id uuid PRIMARY KEY,
  number bigint NOT NULL UNIQUE,
  status text NOT NULL CHECK (status IN ('running', 'sealed')),
  -- The last wallet that is done, and until when an instance works on the next ones.
  wallet_cursor uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  lease_until timestamptz NOT NULL DEFAULT '-infinity',
  wallets bigint NOT NULL DEFAULT 0,
  entries bigint NOT NULL DEFAULT 0,
  hash bytea,
  started_at timestamptz NOT NULL,
  sealed_at timestamptz,
  CONSTRAINT seal_runs_sealed_have_a_hash CHECK (num_nonnulls(hash, sealed_at) = CASE status WHEN 'sealed' THEN 2 ELSE 0 END)
);
CREATE UNIQUE INDEX seal_runs_one_at_a_time ON seal_runs (status) WHERE status = 'running';

-- Some entries of one wallet, in its sequence. `hash` is the chain up to the last of them, `marks` are the first eight
-- bytes of the digest of each, so that a broken chain can be told entry by entry.
CREATE TABLE entry_seals (
  wallet_id uuid NOT NULL,
  first_sequence bigint NOT NULL,
  last_sequence bigint NOT NULL,
  first_posted_at timestamptz NOT NULL,
  last_posted_at timestamptz NOT NULL,
  hash bytea NOT NULL CHECK (length(hash) = 32),
  marks bytea NOT NULL,
  run_id uuid NOT NULL REFERENCES seal_runs (id),
  PRIMARY KEY (wallet_id, last_sequence),
  CONSTRAINT entry_seals_mark_each CHECK (length(marks) = 8 * (last_sequence - first_sequence + 1))
);
CREATE INDEX entry_seals_run ON entry_seals (run_id, wallet_id, last_sequence);
CREATE TRIGGER entry_seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry_seals
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Audits, those under way and those that have ended. `step` numbers the events about one; `run_cursor` is the number of
-- the last seal run that is done, `wallet_cursor` the last wallet.
CREATE TABLE ledger_audits (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('books', 'chain')),
  wallet_id uuid,
  status text NOT NULL CHECK (status IN ('running', 'passed', 'failed')),
  run_cursor bigint NOT NULL DEFAULT 0,
  wallet_cursor uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  lease_until timestamptz NOT NULL DEFAULT '-infinity',
  step integer NOT NULL DEFAULT 0,
  wallets_total bigint NOT NULL DEFAULT 0,
  wallets_checked bigint NOT NULL DEFAULT 0,
  entries_checked bigint NOT NULL DEFAULT 0,
  findings bigint NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  CONSTRAINT ledger_audits_end CHECK ((status = 'running') = (finished_at IS NULL))
);
CREATE INDEX ledger_audits_running ON ledger_audits (started_at) WHERE status = 'running';
CREATE INDEX ledger_audits_latest ON ledger_audits (kind, started_at DESC);

-- Up to where a wallet was found in order: the next audit adds up only what came after.
CREATE TABLE audited_balances (
  wallet_id uuid PRIMARY KEY,
  sequence bigint NOT NULL,
  posted bigint NOT NULL,
  held bigint NOT NULL,
  last_entry_at timestamptz NOT NULL
) WITH (fillfactor = 80);

GRANT SELECT, INSERT, UPDATE ON seal_runs, ledger_audits, audited_balances TO florin_wallet_service;
GRANT SELECT, INSERT ON entry_seals TO florin_wallet_service;
