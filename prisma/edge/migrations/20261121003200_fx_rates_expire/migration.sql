-- A rate that is too old is not quoted, and is not shown as one that is in force.
ALTER TABLE fx_rates
  ADD COLUMN expires_at timestamptz(3),
  DROP CONSTRAINT fx_rates_status_check,
  ADD CONSTRAINT fx_rates_status_check CHECK (status IN ('pending', 'active', 'superseded', 'expired'));
CREATE INDEX fx_rates_expiring ON fx_rates (expires_at) WHERE status = 'active';
