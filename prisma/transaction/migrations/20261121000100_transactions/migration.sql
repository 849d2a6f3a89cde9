-- Transaction types, beneficiary rules and the lifecycle of transactions. Money is BIGINT in minor units and never
-- leaves ±(2^53 − 1), so JavaScript numbers are exact.

CREATE TABLE transaction_types (
  code text PRIMARY KEY,
  name text NOT NULL,
  fee_flat bigint NOT NULL CHECK (fee_flat BETWEEN 0 AND 9007199254740991),
  fee_basis_points integer NOT NULL CHECK (fee_basis_points >= 0),
  limit_per_transaction bigint CHECK (limit_per_transaction BETWEEN 0 AND 9007199254740991),
  limit_daily_amount bigint CHECK (limit_daily_amount BETWEEN 0 AND 9007199254740991),
  limit_daily_count integer CHECK (limit_daily_count >= 0),
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL
);

-- Kept after they are withdrawn: whether a past transaction was allowed stays answerable. Several rules may say the
-- same, and a transaction is allowed while one of them is in force.
CREATE TABLE beneficiary_rules (
  id uuid PRIMARY KEY,
  transaction_type text NOT NULL,
  source_wallet_type text NOT NULL,
  destination_wallet_type text NOT NULL,
  allowed_at timestamptz NOT NULL,
  withdrawn_at timestamptz
);
CREATE INDEX beneficiary_rules_in_force
  ON beneficiary_rules (transaction_type, source_wallet_type, destination_wallet_type) WHERE withdrawn_at IS NULL;

-- No index contains the status, so that the update which ends a transaction stays on its page (HOT).
CREATE TABLE transactions (
  id uuid PRIMARY KEY,
  type text NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'completed', 'declined')),
  source_wallet_id uuid,
  source_owner_id uuid,
  destination_wallet_id uuid,
  destination_owner_id uuid,
  amount bigint NOT NULL CHECK (amount BETWEEN -9007199254740991 AND 9007199254740991),
  fee bigint NOT NULL CHECK (fee BETWEEN 0 AND 9007199254740991),
  currency text NOT NULL,
  description text,
  decline_reason text,
  created_at timestamptz NOT NULL,
  completed_at timestamptz,
  CONSTRAINT transactions_moves_money CHECK (status = 'declined' OR amount > 0),
  CONSTRAINT transactions_ended_has_time CHECK ((status = 'pending') = (completed_at IS NULL)),
  CONSTRAINT transactions_declined_has_reason CHECK ((status = 'declined') = (decline_reason IS NOT NULL))
) WITH (fillfactor = 80);

-- The collecting half of a deposit. `next_attempt_at` is also the lease: claiming a row moves it past the longest
-- time an attempt takes, so a worker that dies gives the row back by doing nothing. What the request carried is kept
-- for the messages sent later.
CREATE TABLE deposits (
  transaction_id uuid PRIMARY KEY REFERENCES transactions (id),
  state text NOT NULL CHECK (state IN ('charge-due', 'charged', 'settled', 'refused', 'refund-due', 'refunded')),
  funding_ref text NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,
  last_attempt_at timestamptz,
  provider_charge_id text,
  refund_reason text,
  correlation_id uuid NOT NULL,
  actor text,
  traceparent text,
  updated_at timestamptz NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX deposits_due ON deposits (next_attempt_at) WHERE state IN ('charge-due', 'refund-due');
