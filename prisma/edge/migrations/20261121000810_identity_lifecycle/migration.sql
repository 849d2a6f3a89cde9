-- Customers who leave. The row of the customer, its credentials, sessions and tokens are deleted; this one stays with
-- nothing but the id, which the ledger refers to.
CREATE TABLE customer_erasures (
  customer_id uuid PRIMARY KEY,
  requested_at timestamptz(3) NOT NULL,
  -- Null while the wallets are being closed: until then the customer exists.
  erased_at timestamptz(3)
);
CREATE INDEX customer_erasures_unfinished ON customer_erasures (requested_at) WHERE erased_at IS NULL;
CREATE INDEX customer_erasures_erased ON customer_erasures (erased_at) WHERE erased_at IS NOT NULL;

-- The wallets that were asked to close, each once. The wallet service decides: it refuses one that is not empty.
CREATE TABLE customer_erasure_wallets (
  wallet_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL REFERENCES customer_erasures (customer_id) ON DELETE CASCADE,
  change_id uuid NOT NULL
);
CREATE INDEX customer_erasure_wallets_customer ON customer_erasure_wallets (customer_id);

-- What the clean-up looks for.
CREATE INDEX refresh_tokens_expires ON refresh_tokens (expires_at);
CREATE INDEX email_verifications_expires ON email_verifications (expires_at);
CREATE INDEX customers_unverified ON customers (created_at, id) WHERE status = 'pending_verification';

-- Finding customers among millions. The order of every sort with its tie, so that a page is read from the index and
-- nothing is sorted; email and phone are unique already.
CREATE INDEX customers_by_name ON customers (full_name, id);
CREATE INDEX customers_by_status ON customers (status, id);
CREATE INDEX customers_by_status_created ON customers (status, created_at, id);
-- The beginning of a text is found in byte order, whatever the collation of the database is. People do not type capitals
-- into a search box.
ALTER TABLE customers ADD COLUMN search_name text GENERATED ALWAYS AS (lower(full_name)) STORED;
CREATE INDEX customers_name_prefix ON customers (search_name text_pattern_ops);
CREATE INDEX customers_email_prefix ON customers (email text_pattern_ops);
CREATE INDEX customers_phone_prefix ON customers (phone text_pattern_ops);
