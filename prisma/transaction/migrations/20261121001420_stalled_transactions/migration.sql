-- Transactions whose outcome is overdue. They are found by when they were taken on, in ranges of pages (BRIN): an index
-- that contains the status would cost every transaction that ends in time.
ALTER TABLE transactions
  ADD COLUMN request text,
  ADD COLUMN correlation_id uuid,
  ADD COLUMN trace_id uuid;
CREATE INDEX transactions_received ON transactions USING brin (received_at)
  WITH (pages_per_range = 16, autosummarize = on);

CREATE TABLE stalled_transactions (
  transaction_id uuid PRIMARY KEY REFERENCES transactions (id),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,
  noticed_at timestamptz NOT NULL
);
CREATE INDEX stalled_transactions_due ON stalled_transactions (next_attempt_at);

-- Up to where the overdue ones have been noticed.
CREATE TABLE stall_sweep (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  swept_to timestamptz NOT NULL
);
INSERT INTO stall_sweep (swept_to) VALUES ('2000-01-01T00:00:00Z');
