-- Cards by token. There is no column for the full number, on purpose: the issuer makes it and tells nobody.
-- A card is requested until the issuer has made it; `version` grows with each change of its status after that.
CREATE TABLE cards (
  id uuid PRIMARY KEY,
  wallet_id uuid NOT NULL REFERENCES wallets (id),
  owner_id uuid NOT NULL,
  branch text NOT NULL,
  account_number text NOT NULL,
  status text NOT NULL CHECK (status IN ('requested', 'refused', 'active', 'frozen', 'cancelled')),
  frozen_by text CHECK (frozen_by IN ('holder', 'issuer')),
  token text UNIQUE,
  last4 char(4) CHECK (last4 ~ '^[0-9]{4}$'),
  expiry_month smallint CHECK (expiry_month BETWEEN 1 AND 12),
  expiry_year smallint CHECK (expiry_year BETWEEN 2000 AND 2999),
  version integer NOT NULL DEFAULT 1,
  requested_at timestamptz NOT NULL,
  CONSTRAINT cards_issued_have_a_face CHECK (
    num_nonnulls(token, last4, expiry_month, expiry_year) = CASE WHEN status IN ('requested', 'refused') THEN 0 ELSE 4 END),
  CONSTRAINT cards_frozen_by_somebody CHECK ((status = 'frozen') = (frozen_by IS NOT NULL))
);
CREATE INDEX cards_wallet ON cards (wallet_id);

-- The queue of the job that orders cards from the issuer, with what is left of the request each comes from. A row is
-- deleted in the transaction that issues or refuses its card. `next_attempt_at` is a lease while a call is under way.
CREATE TABLE card_orders (
  card_id uuid PRIMARY KEY REFERENCES cards (id),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,
  correlation_id uuid NOT NULL,
  actor text,
  traceparent text
);
CREATE INDEX card_orders_due ON card_orders (next_attempt_at);
