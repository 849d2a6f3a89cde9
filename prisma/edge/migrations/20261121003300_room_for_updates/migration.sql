-- Every row is written twice, and is four times as long the second time: with its answer, with its hops. A page keeps the room
-- for that, so that the update stays on it and no index has to be told (a heap-only update); the end is no larger than before.
ALTER TABLE idempotency_keys SET (fillfactor = 20);
ALTER TABLE transactions SET (fillfactor = 25);
