-- The tables of the messaging core. Every service has this file, letter for letter, as its first migration.

-- Rows live for milliseconds: inserted with the business change, deleted once Kafka has acknowledged them.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic text NOT NULL,
  key text NOT NULL,
  value bytea NOT NULL,
  traceparent text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, fillfactor = 90);

-- One relay publishes at a time. The epoch fences off a relay that slept through its lease.
CREATE TABLE outbox_lease (
  name text PRIMARY KEY,
  owner text NOT NULL,
  epoch bigint NOT NULL,
  expires_at timestamptz NOT NULL
);

-- What a consumer group has applied. `fingerprint` tells a redelivery from another message under the same id.
CREATE TABLE inbox (
  consumer_group text NOT NULL,
  message_id uuid NOT NULL,
  fingerprint bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (consumer_group, message_id)
);
CREATE INDEX inbox_received_at ON inbox USING brin (received_at);
