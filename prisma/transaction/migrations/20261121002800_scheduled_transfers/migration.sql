-- Transfers at a time, or again and again. What never changes about the wallets was found out by the edge.
CREATE TABLE scheduled_transfers (
  id uuid PRIMARY KEY,
  owner_id uuid NOT NULL,
  type text NOT NULL,
  source_wallet_id uuid NOT NULL,
  source_wallet_type text NOT NULL,
  source_time_zone text,
  destination_wallet_id uuid NOT NULL,
  destination_wallet_type text NOT NULL,
  destination_owner_id uuid NOT NULL,
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
  currency text NOT NULL,
  description text,
  run_at timestamptz,
  cron text,
  time_zone text,
  ends_at timestamptz,
  missed_run_policy text NOT NULL CHECK (missed_run_policy IN ('skip', 'run-once', 'run-all')),
  status text NOT NULL CHECK (status IN ('active', 'completed', 'cancelled')),
  end_reason text,
  -- The occurrence that is due next; instances share the work by locking the rows that are due.
  next_run_at timestamptz,
  -- It could not be run, and is left alone for a while.
  held_until timestamptz,
  version integer NOT NULL,
  actor text,
  created_at timestamptz NOT NULL,
  CONSTRAINT scheduled_transfers_once_or_recurring CHECK (
    (run_at IS NULL) = (cron IS NOT NULL) AND (cron IS NULL) = (time_zone IS NULL)),
  CONSTRAINT scheduled_transfers_active_has_next CHECK ((status = 'active') = (next_run_at IS NOT NULL)),
  CONSTRAINT scheduled_transfers_cancelled_has_reason CHECK ((status = 'cancelled') = (end_reason IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX scheduled_transfers_due ON scheduled_transfers (next_run_at) WHERE status = 'active';
CREATE INDEX scheduled_transfers_source ON scheduled_transfers (source_wallet_id) WHERE status = 'active';
CREATE INDEX scheduled_transfers_destination ON scheduled_transfers (destination_wallet_id) WHERE status = 'active';

-- One row for each time that was due: the key is what makes each of them run once, whoever finds it.
CREATE TABLE scheduled_occurrences (
  scheduled_transfer_id uuid NOT NULL REFERENCES scheduled_transfers (id),
  occurs_at timestamptz NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('submitted', 'skipped')),
  transaction_id uuid UNIQUE,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (scheduled_transfer_id, occurs_at),
  CHECK ((outcome = 'submitted') = (transaction_id IS NOT NULL))
);
-- For deleting what is old.
CREATE INDEX scheduled_occurrences_recorded ON scheduled_occurrences (recorded_at);
