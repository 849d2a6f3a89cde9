-- The transfer that used a quote up.
ALTER TABLE fx_quotes
  ADD COLUMN transaction_id uuid,
  ADD CONSTRAINT fx_quotes_used_were_quoted CHECK (transaction_id IS NULL OR status = 'quoted');
