-- The messages on the way of a transaction, and when its outcome is overdue.
ALTER TABLE transactions
  ADD COLUMN hops jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN stalled_since timestamptz(3),
  ADD COLUMN stall_attempts integer NOT NULL DEFAULT 0,
  ADD COLUMN waiting_for text;
CREATE INDEX transactions_stalled ON transactions (stalled_since) WHERE stalled_since IS NOT NULL;
