-- One row for each version of a transaction type, as with application types; `current` marks the one in force.
ALTER TABLE transaction_types
  DROP CONSTRAINT transaction_types_pkey,
  -- `<code>:<version>`
  ADD COLUMN id text,
  ADD COLUMN current boolean NOT NULL DEFAULT false,
  ADD COLUMN wallet_type_limits jsonb NOT NULL DEFAULT '[]',
  ALTER COLUMN version DROP DEFAULT,
  ALTER COLUMN version TYPE integer;
UPDATE transaction_types SET version = greatest(version, 1), current = status = 'active';
UPDATE transaction_types SET id = code || ':' || version;
ALTER TABLE transaction_types
  ADD PRIMARY KEY (id),
  ADD CONSTRAINT transaction_types_version UNIQUE (code, version),
  ADD CONSTRAINT transaction_types_version_positive CHECK (version > 0);
CREATE UNIQUE INDEX transaction_types_current ON transaction_types (code) WHERE current;

-- Where the days of a customer end, which his daily limits go by.
ALTER TABLE customers ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC' CHECK (time_zone <> '');
