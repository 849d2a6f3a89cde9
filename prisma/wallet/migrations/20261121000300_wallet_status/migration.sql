-- Grows with each change of the wallet itself; its balance has a sequence of its own.
ALTER TABLE wallets ADD COLUMN version integer NOT NULL DEFAULT 1;
