-- The states of a transaction: domain/transaction.ts has the table of the ways between them.
ALTER TABLE transactions
  ADD COLUMN reversed_amount bigint NOT NULL DEFAULT 0,
  DROP CONSTRAINT transactions_status_check,
  DROP CONSTRAINT transactions_moves_money,
  DROP CONSTRAINT transactions_declined_has_reason,
  ADD CONSTRAINT transactions_status_known
    CHECK (status IN ('pending', 'completed', 'declined', 'failed', 'reversed')),
  ADD CONSTRAINT transactions_moves_money CHECK (status IN ('declined', 'failed') OR amount > 0),
  ADD CONSTRAINT transactions_refused_has_reason
    CHECK ((status IN ('declined', 'failed')) = (decline_reason IS NOT NULL)),
  ADD CONSTRAINT transactions_reversed_within_amount CHECK (reversed_amount = 0 OR reversed_amount BETWEEN 0 AND amount),
  ADD CONSTRAINT transactions_reversed_in_full
    CHECK (CASE status WHEN 'reversed' THEN reversed_amount = amount
                       WHEN 'completed' THEN reversed_amount < amount
                       ELSE reversed_amount = 0 END);

-- The condition is part of the trigger, so that an update on an allowed way calls no function.
CREATE FUNCTION refuse_transaction_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'transaction % cannot go from % to %', OLD.id, OLD.status, NEW.status
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'transactions_transition';
END $$;
CREATE TRIGGER transactions_transition BEFORE UPDATE OF status, reversed_amount ON transactions FOR EACH ROW
  WHEN (NOT (OLD.status = 'pending'
             OR OLD.status = 'completed' AND NEW.status IN ('completed', 'reversed')
                AND NEW.reversed_amount > OLD.reversed_amount))
  EXECUTE FUNCTION refuse_transaction_transition();
