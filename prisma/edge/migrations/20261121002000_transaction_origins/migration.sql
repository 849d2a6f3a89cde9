-- Reversals, items of bulks and occurrences of schedules say where they came from.
ALTER TABLE transactions
  ADD COLUMN origin_kind text CHECK (origin_kind IN ('transaction', 'bulk', 'scheduled-transfer')),
  ADD COLUMN origin_id uuid,
  ADD CONSTRAINT transactions_origin_is_complete CHECK ((origin_kind IS NULL) = (origin_id IS NULL));
-- Most transactions have no origin and cost this index nothing.
CREATE INDEX transactions_origin ON transactions (origin_id, id) WHERE origin_id IS NOT NULL;
