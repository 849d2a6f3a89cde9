-- The tables of the messaging core. Every service has this file, letter for letter, as its first migration.

-- Rows live for milliseconds: inserted with the business change, deleted once Kafka has acknowledged them. All messages
-- of a key are in one shard. Autovacuum goes by the number of dead rows, because the table is nearly empty.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  shard smallint NOT NULL,
  topic text NOT NULL,
  key text NOT NULL,
  value bytea NOT NULL,
  traceparent text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- One relay publishes a shard at a time. The epoch fences off a relay that slept through its lease.
CREATE TABLE outbox_lease (
  shard smallint PRIMARY KEY,
  owner uuid NOT NULL,
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

-- Consumers that have started and not stopped cleanly, each with its last sign of life. When one falls silent, the
-- first records are delivered with care: one at a time, each start counted, so that a record that kills the process is
-- found and put aside.
CREATE TABLE consumer_run (
  id uuid PRIMARY KEY,
  consumer_group text NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE delivery_start (
  consumer_group text NOT NULL,
  topic text NOT NULL,
  partition int NOT NULL,
  record_offset bigint NOT NULL,
  starts int NOT NULL,
  PRIMARY KEY (consumer_group, topic, partition, record_offset)
);

-- Keys that wait, in subscriptions that are ordered by key: a message of theirs has failed, the blocker. A `blocked` gate
-- opens when the blocker is applied or discarded; a `releasing` one is removed with the last parked message. The
-- releaser looks at a gate from `due_at` on; `claimed_by` fences off a releaser that slept through its lease.
CREATE TABLE gate (
  consumer_group text NOT NULL,
  topic text NOT NULL,
  key text NOT NULL,
  state text NOT NULL CHECK (state IN ('blocked', 'releasing')),
  blocker_partition int NOT NULL,
  blocker_offset bigint NOT NULL,
  closed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  claimed_by uuid,
  due_at timestamptz NOT NULL,
  PRIMARY KEY (consumer_group, topic, key)
);
CREATE INDEX gate_due ON gate (consumer_group, due_at);

-- Messages that wait behind a gate, under the position they had in their topic. A blocker has a row as well until its
-- copy in a retry or dead-letter topic is durable. `copy` tells a replay from the message that came by itself.
CREATE TABLE parked (
  consumer_group text NOT NULL,
  topic text NOT NULL,
  key text NOT NULL,
  partition int NOT NULL,
  record_offset bigint NOT NULL,
  copy text NOT NULL,
  record_key bytea NOT NULL,
  value bytea,
  headers json NOT NULL,
  parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (consumer_group, topic, key, partition, record_offset, copy)
);
