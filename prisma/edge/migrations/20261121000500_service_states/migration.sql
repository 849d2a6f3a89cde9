-- How every instance of every service is, as it said on `ops.events`.

CREATE TABLE service_instances (
  id uuid PRIMARY KEY,
  service text NOT NULL,
  version text NOT NULL,
  started_at timestamptz NOT NULL,
  reported_at timestamptz NOT NULL,
  ready boolean NOT NULL,
  breakers jsonb NOT NULL,
  -- Null when the database of the service did not answer.
  unpublished bigint,
  oldest_unpublished_age_ms bigint,
  leases integer NOT NULL
);

-- A row each time that a service started with another version than before.
CREATE TABLE deployments (
  service text NOT NULL,
  started_at timestamptz NOT NULL,
  version text NOT NULL,
  -- Null for the first version that was ever seen.
  previous_version text,
  -- From then on no instance of another version reported: what failed later failed in this version.
  settled_at timestamptz NOT NULL,
  PRIMARY KEY (service, started_at)
);
