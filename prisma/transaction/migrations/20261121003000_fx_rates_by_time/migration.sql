-- A rate is in force until one that was defined later, not one that arrived later.
CREATE INDEX fx_rates_in_force ON fx_rates (source_currency, destination_currency, defined_at, id);
