-- The ledger also posts what a reconciliation with the payment provider corrects.
ALTER TABLE transfers DROP CONSTRAINT transfers_kind_check;
ALTER TABLE transfers ADD CONSTRAINT transfers_kind_check CHECK (kind IN (
  'transfer', 'deposit', 'reversal', 'bulk', 'hold', 'increment', 'capture', 'void', 'expiry', 'adjustment'));
