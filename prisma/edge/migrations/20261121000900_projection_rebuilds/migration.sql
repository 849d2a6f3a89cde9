-- Rebuilds of read models from the topics. The tables under construction are in a schema of their own.
CREATE TABLE projection_rebuilds (
  id uuid PRIMARY KEY,
  projections text[] NOT NULL,
  -- Whether rows that the topics do not tell of are taken over as they are.
  carry_over boolean NOT NULL,
  requested_by text NOT NULL,
  reason text,
  status text NOT NULL CHECK (status IN ('running', 'completed', 'failed')),
  -- What it is doing, or why it has failed.
  detail text NOT NULL,
  records_total bigint NOT NULL DEFAULT 0,
  records_read bigint NOT NULL DEFAULT 0,
  rows_rebuilt bigint NOT NULL DEFAULT 0,
  rows_carried_over bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL,
  finished_at timestamptz(3),
  CHECK ((status = 'running') = (finished_at IS NULL))
);
CREATE UNIQUE INDEX projection_rebuilds_running ON projection_rebuilds (status) WHERE status = 'running';
CREATE INDEX projection_rebuilds_created ON projection_rebuilds (created_at, id);
