-- Rates as they were defined; the latest of a pair is in force. Kept, so that every quote can be explained.
CREATE TABLE fx_rates (
  id uuid PRIMARY KEY,
  source_currency text NOT NULL,
  destination_currency text NOT NULL,
  -- Decimals, exactly as they were given.
  rate text NOT NULL,
  margin_basis_points integer NOT NULL CHECK (margin_basis_points BETWEEN 0 AND 9999),
  version integer NOT NULL,
  defined_at timestamptz NOT NULL,
  UNIQUE (source_currency, destination_currency, version)
);

-- Rates that customers were promised, each for one transfer.
CREATE TABLE fx_quotes (
  id uuid PRIMARY KEY,
  owner_id uuid NOT NULL,
  source_currency text NOT NULL,
  destination_currency text NOT NULL,
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
  destination_amount bigint NOT NULL CHECK (destination_amount BETWEEN 1 AND 9007199254740991),
  rate text NOT NULL,
  fx_rate_id uuid NOT NULL REFERENCES fx_rates (id),
  expires_at timestamptz NOT NULL,
  -- The transfer that was made at it.
  transaction_id uuid UNIQUE
) WITH (fillfactor = 80);
-- For deleting what nobody used.
CREATE INDEX fx_quotes_unused ON fx_quotes (expires_at) WHERE transaction_id IS NULL;
