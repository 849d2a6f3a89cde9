-- The index of all dead-letter topics, and what became of their replays.

CREATE TABLE dead_letters (
  id uuid PRIMARY KEY,
  -- Logical dead-letter topic; with partition and offset the identity of the record in Kafka.
  topic text NOT NULL,
  partition integer NOT NULL,
  record_offset bigint NOT NULL,
  consumer_group text NOT NULL,
  key text,
  -- The raw bytes, as the producer wrote them; a replay sends exactly these.
  value bytea NOT NULL,
  message_name text,
  payload jsonb,
  error_code text NOT NULL,
  error_message text NOT NULL,
  fingerprint text NOT NULL,
  attempts integer NOT NULL,
  first_failed_at timestamptz(3) NOT NULL,
  last_failed_at timestamptz(3) NOT NULL,
  -- All that the failure headers said; a replay carries them on.
  failure jsonb NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'replaying', 'resolved', 'discarded')),
  -- superseded: the replay failed, and the message came back as a new dead letter.
  resolution text CHECK (resolution IN ('applied', 'duplicate', 'superseded')),
  indexed_at timestamptz(3) NOT NULL,
  UNIQUE (topic, partition, record_offset),
  CHECK ((status = 'resolved') = (resolution IS NOT NULL))
);
CREATE INDEX dead_letters_last_failed ON dead_letters (last_failed_at, id);
CREATE INDEX dead_letters_pending ON dead_letters (fingerprint, consumer_group, topic) WHERE status = 'pending';

CREATE TABLE replays (
  id uuid PRIMARY KEY,
  requested_by text NOT NULL,
  selection jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL
);

CREATE TABLE replay_items (
  replay_id uuid NOT NULL REFERENCES replays ON DELETE RESTRICT ON UPDATE CASCADE,
  dead_letter_id uuid NOT NULL REFERENCES dead_letters ON DELETE RESTRICT ON UPDATE CASCADE,
  outcome text NOT NULL CHECK (outcome IN ('pending', 'applied', 'duplicate', 'failed')),
  detail text,
  sent_at timestamptz(3),
  finished_at timestamptz(3),
  PRIMARY KEY (replay_id, dead_letter_id),
  CHECK ((outcome = 'pending') = (finished_at IS NULL))
);
CREATE INDEX replay_items_unsent ON replay_items (replay_id) WHERE sent_at IS NULL;
