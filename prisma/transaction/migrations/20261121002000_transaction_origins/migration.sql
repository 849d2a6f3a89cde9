-- Where a transaction came from when it was not asked for by itself.
ALTER TABLE transactions
  ADD COLUMN origin_kind text CHECK (origin_kind IN ('transaction', 'bulk', 'scheduled-transfer')),
  ADD COLUMN origin_id uuid,
  ADD CONSTRAINT transactions_origin_is_complete CHECK ((origin_kind IS NULL) = (origin_id IS NULL));
