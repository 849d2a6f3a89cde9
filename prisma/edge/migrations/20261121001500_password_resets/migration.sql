-- Links that were mailed to set a new password. Only hashes are stored: a copy of the database resets nothing.
CREATE TABLE password_resets (
  token_hash bytea PRIMARY KEY,
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  expires_at timestamptz(3) NOT NULL,
  -- Set when the password was changed, by this link, by another one or by its owner: none works any more.
  used_at timestamptz(3)
);
CREATE INDEX password_resets_customer ON password_resets (customer_id);
CREATE INDEX password_resets_expires ON password_resets (expires_at);

ALTER TABLE sessions DROP CONSTRAINT sessions_revoke_reason;
ALTER TABLE sessions ADD CONSTRAINT sessions_revoke_reason
  CHECK (revoke_reason IN ('logout', 'revoked', 'refresh-reuse', 'password-changed', 'password-reset'));
