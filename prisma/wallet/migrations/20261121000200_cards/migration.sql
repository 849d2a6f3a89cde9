-- Cards by token. There is no column for the full number, on purpose.
CREATE TABLE cards (
  id uuid PRIMARY KEY,
  wallet_id uuid NOT NULL REFERENCES wallets (id),
  owner_id uuid NOT NULL,
  token text NOT NULL UNIQUE,
  last4 char(4) NOT NULL CHECK (last4 ~ '^[0-9]{4}$'),
  expiry_month smallint NOT NULL CHECK (expiry_month BETWEEN 1 AND 12),
  expiry_year smallint NOT NULL CHECK (expiry_year BETWEEN 2000 AND 2999),
  branch text NOT NULL,
  account_number text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'frozen', 'cancelled')),
  issued_at timestamptz NOT NULL
);
CREATE INDEX cards_wallet ON cards (wallet_id);
