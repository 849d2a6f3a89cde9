-- Transactions that failed for a technical cause, and those of which money was given back.
ALTER TABLE transactions
  ADD COLUMN reversed_amount money_minor NOT NULL DEFAULT 0,
  DROP CONSTRAINT transactions_status_check,
  DROP CONSTRAINT transactions_check,
  ADD CONSTRAINT transactions_status_check
    CHECK (status IN ('pending', 'completed', 'declined', 'failed', 'reversed')),
  ADD CONSTRAINT transactions_refused_has_reason
    CHECK ((status IN ('declined', 'failed')) = (decline_reason IS NOT NULL)),
  ADD CONSTRAINT transactions_reversed_in_full
    CHECK (CASE status WHEN 'reversed' THEN reversed_amount = amount
                       WHEN 'completed' THEN reversed_amount < amount
                       ELSE reversed_amount = 0 END);
