-- Wallets that were closed, which is for ever: a schedule that their closing has overtaken is ended by them.
CREATE TABLE closed_wallets (
  wallet_id uuid PRIMARY KEY
);
-- For counting the open schedules of a customer.
CREATE INDEX scheduled_transfers_owner ON scheduled_transfers (owner_id) WHERE status = 'active';
