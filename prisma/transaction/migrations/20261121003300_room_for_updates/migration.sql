-- Every row is written twice, pending and ended: a page keeps the room for the second time, so that no index has to be told.
ALTER TABLE transactions SET (fillfactor = 45);
