-- Who may sign in: customers with their credentials and sessions, and the API keys of partners and the back office.

CREATE TABLE customers (
  id uuid PRIMARY KEY,
  full_name text NOT NULL,
  -- Lower case, so that one address cannot register twice in two spellings.
  email text NOT NULL CONSTRAINT customers_email_lower CHECK (email = lower(email)),
  -- E.164.
  phone text NOT NULL CONSTRAINT customers_phone_e164 CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
  status text NOT NULL CONSTRAINT customers_status CHECK (status IN ('pending_verification', 'active')),
  -- Grows with each change; consumers of customer events apply only what is newer.
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  CONSTRAINT customers_email_unique UNIQUE (email),
  CONSTRAINT customers_phone_unique UNIQUE (phone)
);
CREATE INDEX customers_created ON customers (created_at, id);
CREATE INDEX customers_full_name ON customers (full_name, created_at, id);

-- Apart from customers, so that no query for a customer can return the hash by accident.
CREATE TABLE credentials (
  customer_id uuid PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
  password_hash text NOT NULL,
  updated_at timestamptz(3) NOT NULL
);

-- Only hashes of tokens are stored: a copy of the database verifies nobody and signs nobody in.
CREATE TABLE email_verifications (
  token_hash bytea PRIMARY KEY,
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  expires_at timestamptz(3) NOT NULL,
  used_at timestamptz(3)
);
CREATE INDEX email_verifications_customer ON email_verifications (customer_id);

-- A session is the family of all refresh tokens that descend from one login.
CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  created_at timestamptz(3) NOT NULL,
  last_used_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  revoked_at timestamptz(3),
  revoke_reason text CONSTRAINT sessions_revoke_reason CHECK (revoke_reason IN ('logout', 'revoked', 'refresh-reuse', 'password-changed')),
  CONSTRAINT sessions_revocation CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL))
);
CREATE INDEX sessions_customer ON sessions (customer_id, created_at DESC, id DESC);

CREATE TABLE refresh_tokens (
  token_hash bytea PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  issued_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  -- Set when the token was exchanged for its successor; presenting it again gives a thief away.
  used_at timestamptz(3)
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  -- The first characters of the key, to recognise it in lists.
  prefix text NOT NULL,
  -- SHA-256 without salt: the keys are random, and a lookup by hash has to find them.
  key_hash bytea NOT NULL CONSTRAINT api_keys_hash_unique UNIQUE,
  -- '*' stands for every scope.
  scopes text[] NOT NULL,
  created_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3),
  revoked_at timestamptz(3)
);
