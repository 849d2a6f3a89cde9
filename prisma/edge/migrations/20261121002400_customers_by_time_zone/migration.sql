-- The list of customers is sorted by any of its fields: without this, a million of them took 0.8 seconds.
CREATE INDEX customers_by_time_zone ON customers (time_zone, id);
