-- What it takes to ask again for reversals and bulks, and to tell of an overdue outcome only what is new.

-- What a reversal was asked for; NULL for all that is left, which only the ledger knows.
ALTER TABLE transactions ADD COLUMN requested_amount bigint;
-- A bulk is asked for again as a whole, from its items.
CREATE INDEX transactions_of_bulks ON transactions (origin_id) WHERE origin_kind = 'bulk';

-- As it was told last; NULL when it has not been told yet.
ALTER TABLE stalled_transactions ADD COLUMN waiting_for text;
