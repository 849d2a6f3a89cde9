-- Daily limits, limits of wallet types, and the history of transaction types.

ALTER TABLE transaction_types ADD COLUMN wallet_type_limits jsonb NOT NULL DEFAULT '{}';

-- What was in force when, for ever: a transaction says under which version it was let through.
CREATE TABLE transaction_type_versions (
  code text NOT NULL,
  version integer NOT NULL,
  name text NOT NULL,
  fee_flat bigint NOT NULL,
  fee_basis_points integer NOT NULL,
  limit_per_transaction bigint,
  limit_daily_amount bigint,
  limit_daily_count integer,
  wallet_type_limits jsonb NOT NULL,
  defined_at timestamptz NOT NULL,
  defined_by text,
  PRIMARY KEY (code, version)
);

-- `limit_shares` is what a transaction has taken of daily limits, null for nothing: it is given back when no money moves.
-- `received_at` is when this service took it on, by its own clock.
ALTER TABLE transactions
  ADD COLUMN type_version integer,
  ADD COLUMN limit_shares jsonb,
  ADD COLUMN received_at timestamptz NOT NULL DEFAULT now();

-- What was let through in the day that ends at `day_ends_at`. `scope` is a wallet type, or empty for all wallets of the
-- owner in the currency. No index but the key, so that counting stays on its page (HOT).
CREATE TABLE limit_counters (
  owner_id uuid NOT NULL,
  transaction_type text NOT NULL,
  currency text NOT NULL,
  scope text NOT NULL,
  day_ends_at timestamptz NOT NULL,
  amount bigint NOT NULL CHECK (amount BETWEEN 0 AND 9007199254740991),
  count integer NOT NULL CHECK (count >= 0),
  PRIMARY KEY (owner_id, transaction_type, currency, scope)
) WITH (fillfactor = 60);

-- What declined and failed transactions have given back and their counter does not know yet. Rows are only ever added by
-- those, without a lock of the counter: taking locks there as well could deadlock with a batch that admits.
CREATE TABLE limit_returns (
  owner_id uuid NOT NULL,
  transaction_type text NOT NULL,
  currency text NOT NULL,
  scope text NOT NULL,
  day_ends_at timestamptz NOT NULL,
  amount bigint NOT NULL
);
CREATE INDEX limit_returns_of ON limit_returns (owner_id, transaction_type, currency, scope);
