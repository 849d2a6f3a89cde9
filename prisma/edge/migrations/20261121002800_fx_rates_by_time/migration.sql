-- A rate is in force until one that was defined later, not one that arrived later.
DROP INDEX fx_rates_pair;
CREATE INDEX fx_rates_pair ON fx_rates (source_currency, destination_currency, created_at, id);
