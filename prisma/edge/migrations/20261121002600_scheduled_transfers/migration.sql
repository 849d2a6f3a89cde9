-- Schedules of transfers and the times at which they were due.
CREATE TABLE scheduled_transfers (
  id uuid PRIMARY KEY,
  owner_id uuid NOT NULL,
  type text NOT NULL,
  source_wallet_id uuid NOT NULL,
  destination_wallet_id uuid NOT NULL,
  amount money_minor NOT NULL CHECK (amount > 0),
  currency text NOT NULL,
  description text,
  run_at timestamptz(3),
  cron text,
  time_zone text,
  ends_at timestamptz(3),
  missed_run_policy text NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'active', 'completed', 'cancelled')),
  end_reason text,
  next_run_at timestamptz(3),
  -- Of the aggregate: an older event never overwrites a newer state. 0 before the first.
  version bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL
);
CREATE INDEX scheduled_transfers_owner ON scheduled_transfers (owner_id, created_at, id);
-- For counting those that have not ended.
CREATE INDEX scheduled_transfers_open ON scheduled_transfers (owner_id) WHERE status IN ('pending', 'active');
CREATE INDEX scheduled_transfers_created ON scheduled_transfers (created_at, id);

CREATE TABLE scheduled_occurrences (
  scheduled_transfer_id uuid NOT NULL,
  occurs_at timestamptz(3) NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('submitted', 'skipped')),
  transaction_id uuid,
  PRIMARY KEY (scheduled_transfer_id, occurs_at)
);
-- For deleting what is old.
CREATE INDEX scheduled_occurrences_time ON scheduled_occurrences (occurs_at);
