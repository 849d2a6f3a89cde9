-- Rates between currencies, and what customers were promised.
CREATE TABLE fx_rates (
  id uuid PRIMARY KEY,
  source_currency text NOT NULL,
  destination_currency text NOT NULL,
  rate text NOT NULL,
  margin_basis_points integer NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'active', 'superseded')),
  -- Of the pair of currencies; 0 before the rate is in force.
  version bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL
);
CREATE INDEX fx_rates_pair ON fx_rates (source_currency, destination_currency, version);

CREATE TABLE fx_quotes (
  id uuid PRIMARY KEY,
  owner_id uuid NOT NULL,
  source_currency text NOT NULL,
  destination_currency text NOT NULL,
  amount money_minor NOT NULL CHECK (amount > 0),
  destination_amount money_minor,
  rate text,
  expires_at timestamptz(3),
  status text NOT NULL CHECK (status IN ('pending', 'quoted', 'refused')),
  refusal_reason text,
  created_at timestamptz(3) NOT NULL,
  CHECK ((status = 'quoted') = (rate IS NOT NULL)),
  CHECK ((status = 'refused') = (refusal_reason IS NOT NULL))
);
-- For deleting what is old.
CREATE INDEX fx_quotes_created ON fx_quotes (created_at);

ALTER TABLE transactions
  ADD COLUMN exchange_currency text,
  ADD COLUMN exchange_amount money_minor,
  ADD COLUMN exchange_rate text,
  ADD CONSTRAINT transactions_exchange_is_complete CHECK (
    (exchange_currency IS NULL) = (exchange_amount IS NULL) AND (exchange_currency IS NULL) = (exchange_rate IS NULL));
