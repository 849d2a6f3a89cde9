-- The messages that a payment has caused so far, for the event that tells of its outcome.
ALTER TABLE deposits ADD COLUMN hops jsonb NOT NULL DEFAULT '[]';
ALTER TABLE withdrawals ADD COLUMN hops jsonb NOT NULL DEFAULT '[]';
