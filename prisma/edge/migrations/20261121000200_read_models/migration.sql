-- Read models of everything a client can GET, and the idempotency keys of the ingress.

CREATE DOMAIN money_minor AS bigint CHECK (VALUE BETWEEN -9007199254740991 AND 9007199254740991);

-- Claimed in the transaction that accepts a request, answered before the answer is sent. A claim without an answer is
-- in flight until `answer_due_at`; after that its process has died, and the state of the resource is the answer.
CREATE TABLE idempotency_keys (
  caller text NOT NULL,
  route text NOT NULL,
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  request_hash bytea NOT NULL,
  resource_kind text NOT NULL,
  resource_id text NOT NULL,
  claimed_at timestamptz NOT NULL,
  answer_due_at timestamptz NOT NULL,
  status integer,
  location text,
  body text,
  PRIMARY KEY (caller, route, key),
  CHECK ((status IS NULL) = (body IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX idempotency_keys_claimed_at ON idempotency_keys USING brin (claimed_at);

CREATE TABLE wallet_types (
  code text PRIMARY KEY,
  name text NOT NULL,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  overdraft_limit money_minor NOT NULL CHECK (overdraft_limit >= 0),
  max_balance money_minor,
  status text NOT NULL CHECK (status IN ('pending', 'active')),
  version bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL
);

-- Balances change with every posting and no index covers them, so that the updates stay within their page.
CREATE TABLE wallets (
  id uuid PRIMARY KEY,
  owner_id uuid NOT NULL,
  wallet_type text NOT NULL,
  currency text NOT NULL,
  name text NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'active', 'frozen', 'closed', 'refused')),
  refusal_reason text,
  posted money_minor NOT NULL DEFAULT 0,
  held money_minor NOT NULL DEFAULT 0,
  available money_minor NOT NULL DEFAULT 0,
  -- Of the wallet itself, not of its balance: an older event never overwrites a newer status.
  version bigint NOT NULL DEFAULT 0,
  -- Sequence of the entry the balances come from: an older entry never overwrites a newer balance.
  balance_sequence bigint NOT NULL DEFAULT 0,
  -- All entries up to this one are here. Statements end with it: entries of a wallet arrive over several partitions.
  complete_sequence bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX wallets_owner ON wallets (owner_id, created_at, id);
CREATE INDEX wallets_created ON wallets (created_at, id);

CREATE TABLE entries (
  wallet_id uuid NOT NULL,
  sequence bigint NOT NULL CHECK (sequence > 0),
  entry_id uuid NOT NULL,
  transaction_id uuid NOT NULL,
  amount money_minor NOT NULL,
  posted money_minor NOT NULL,
  held money_minor NOT NULL,
  available money_minor NOT NULL,
  posted_at timestamptz NOT NULL,
  PRIMARY KEY (wallet_id, sequence)
);
CREATE INDEX entries_posted_at ON entries (wallet_id, posted_at, sequence);

CREATE TABLE cards (
  id uuid PRIMARY KEY,
  wallet_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  token text,
  last4 text,
  expiry_month integer,
  expiry_year integer,
  branch text,
  account_number text,
  status text NOT NULL CHECK (status IN ('pending', 'active', 'frozen', 'cancelled', 'refused')),
  refusal_reason text,
  version bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL
);
CREATE INDEX cards_owner ON cards (owner_id, created_at, id);

-- What became of a request to freeze, unfreeze, close or cancel. The row is what a call waits for; it is kept as long as
-- the idempotency key of the call.
CREATE TABLE status_changes (
  id uuid PRIMARY KEY,
  -- The wallet or card.
  subject_id uuid NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'done', 'refused')),
  refusal_reason text,
  created_at timestamptz(3) NOT NULL,
  CHECK ((status = 'refused') = (refusal_reason IS NOT NULL))
);
CREATE INDEX status_changes_created_at ON status_changes USING brin (created_at);

CREATE TABLE transaction_types (
  code text PRIMARY KEY,
  name text NOT NULL,
  fee_flat money_minor NOT NULL CHECK (fee_flat >= 0),
  fee_basis_points integer NOT NULL CHECK (fee_basis_points >= 0),
  limit_per_transaction money_minor,
  limit_daily_amount money_minor,
  limit_daily_count integer,
  status text NOT NULL CHECK (status IN ('pending', 'active')),
  version bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL
);

-- A withdrawn rule stays as a tombstone, so that a late BeneficiaryAllowed cannot bring it back.
CREATE TABLE transaction_rules (
  id uuid PRIMARY KEY,
  transaction_type text NOT NULL,
  source_wallet_type text NOT NULL,
  destination_wallet_type text NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'active', 'withdrawn')),
  created_at timestamptz(3) NOT NULL
);
CREATE INDEX transaction_rules_subject
  ON transaction_rules (transaction_type, source_wallet_type, destination_wallet_type);

-- `created_at` is the instant the edge accepted the call and never changes; the outcome columns are in no index.
CREATE TABLE transactions (
  id uuid PRIMARY KEY,
  type text NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'completed', 'declined')),
  decline_reason text,
  amount money_minor NOT NULL CHECK (amount > 0),
  fee money_minor NOT NULL CHECK (fee >= 0),
  currency text NOT NULL,
  source_wallet_id uuid,
  source_owner_id uuid,
  destination_wallet_id uuid,
  destination_owner_id uuid,
  description text,
  created_at timestamptz(3) NOT NULL,
  completed_at timestamptz(3),
  CHECK ((status = 'declined') = (decline_reason IS NOT NULL)),
  CHECK ((status = 'pending') = (completed_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX transactions_source_owner ON transactions (source_owner_id, created_at, id);
CREATE INDEX transactions_destination_owner ON transactions (destination_owner_id, created_at, id);
CREATE INDEX transactions_created ON transactions (created_at, id);

-- One row for each version; `current` marks the version that new applications get.
CREATE TABLE application_types (
  -- `<code>:<version>`
  id text PRIMARY KEY,
  code text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  name text NOT NULL,
  schema jsonb NOT NULL,
  workflow jsonb NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'active')),
  current boolean NOT NULL,
  created_at timestamptz(3) NOT NULL,
  UNIQUE (code, version)
);
CREATE UNIQUE INDEX application_types_current ON application_types (code) WHERE current;

CREATE TABLE applications (
  id uuid PRIMARY KEY,
  type text NOT NULL,
  version integer NOT NULL,
  applicant_id uuid NOT NULL,
  status text NOT NULL,
  steps jsonb NOT NULL,
  decision_outcome text,
  decision_reason text,
  decided_by text,
  -- Version of the aggregate the row shows: an older event never overwrites a newer state. -1 before any event.
  event_version bigint NOT NULL,
  created_at timestamptz(3) NOT NULL
);
CREATE INDEX applications_applicant ON applications (applicant_id, created_at, id);
CREATE INDEX applications_created ON applications (created_at, id);

-- The template is unknown when NotificationDelivered overtakes NotificationCreated on a retry.
CREATE TABLE notifications (
  id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  channel text NOT NULL,
  template text,
  subject text,
  status text NOT NULL CHECK (status IN ('pending', 'delivered')),
  created_at timestamptz(3) NOT NULL,
  delivered_at timestamptz(3)
);
CREATE INDEX notifications_customer ON notifications (customer_id, created_at, id);
