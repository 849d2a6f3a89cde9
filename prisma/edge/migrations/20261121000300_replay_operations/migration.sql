-- What operators do with dead letters: discard, edit as a revision, replay with care. Each action is audited.

-- One row for each action of an operator. Each hash covers the row and the hash before it, so a row that is changed,
-- added or removed between two others is found, even when somebody got past the trigger.
CREATE TABLE operator_actions (
  sequence bigint PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  -- `key:<id of the API key>`, or `service:edge` for what the edge decided by itself.
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  reason text,
  detail jsonb NOT NULL,
  occurred_at timestamptz(3) NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL
);
CREATE INDEX operator_actions_subject ON operator_actions (subject, sequence);

CREATE FUNCTION refuse_change_of_operator_actions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'operator_actions is append-only';
END $$;
CREATE TRIGGER operator_actions_append_only BEFORE UPDATE OR DELETE ON operator_actions
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_operator_actions();
CREATE TRIGGER operator_actions_no_truncate BEFORE TRUNCATE ON operator_actions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_operator_actions();

ALTER TABLE dead_letters
  ADD discarded_by text,
  ADD discarded_at timestamptz(3),
  ADD discard_reason text,
  -- When Kafka had taken the word to the group that failed; others of the key may wait for it there.
  ADD discard_sent_at timestamptz(3),
  -- Newest revision, and the newest that is approved; 0 is what the producer wrote.
  ADD revision integer NOT NULL DEFAULT 0,
  ADD approved_revision integer NOT NULL DEFAULT 0,
  -- What `search` looks through.
  ADD search_text text GENERATED ALWAYS AS (lower(
    topic || ' ' || coalesce(key, '') || ' ' || coalesce(message_name, '') || ' ' || error_code || ' ' ||
    error_message || ' ' || fingerprint || ' ' || coalesce(payload::text, ''))) STORED,
  ADD CHECK ((status = 'discarded') =
    (discarded_by IS NOT NULL AND discarded_at IS NOT NULL AND discard_reason IS NOT NULL)),
  ADD CHECK (0 <= approved_revision AND approved_revision <= revision);

CREATE INDEX dead_letters_discard_unsent ON dead_letters (discarded_at)
  WHERE status = 'discarded' AND discard_sent_at IS NULL;

-- Edited messages. The original stays in dead_letters; a revision has a message id of its own, because the inbox of
-- the group would take other content under the old id for an attack.
CREATE TABLE dead_letter_revisions (
  dead_letter_id uuid NOT NULL REFERENCES dead_letters ON DELETE RESTRICT ON UPDATE CASCADE,
  revision integer NOT NULL CHECK (revision > 0),
  message_id uuid NOT NULL UNIQUE,
  payload jsonb NOT NULL,
  value bytea NOT NULL,
  -- Against the newest approved revision.
  diff jsonb NOT NULL,
  reason text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  needs_second_approver boolean NOT NULL,
  approved_by text,
  approved_at timestamptz(3),
  PRIMARY KEY (dead_letter_id, revision),
  CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
  CONSTRAINT dead_letter_revisions_second_approver
    CHECK (approved_by IS NULL OR NOT needs_second_approver OR approved_by <> created_by)
);

ALTER TABLE replays
  ADD reason text,
  -- The rule for auto-redrive that started it; kept when the rule is deleted.
  ADD rule_id uuid,
  ADD dry_run boolean NOT NULL DEFAULT false,
  ADD canary boolean NOT NULL DEFAULT false,
  ADD rate_per_second integer CHECK (rate_per_second > 0),
  ADD max_failures_in_row integer NOT NULL DEFAULT 10 CHECK (max_failures_in_row > 0),
  -- Where the replay stands; everything else is counted from its items, so any edge can go on with it.
  ADD waves integer NOT NULL DEFAULT 0,
  ADD next_wave_at timestamptz(3),
  ADD aborted_at timestamptz(3),
  ADD abort_reason text,
  ADD CHECK ((aborted_at IS NULL) = (abort_reason IS NULL));

ALTER TABLE replay_items
  ADD revision integer NOT NULL DEFAULT 0,
  -- Order of sending, which is the order in which the letters failed.
  ADD position integer NOT NULL DEFAULT 0,
  -- The first attempt failed, and the message takes the retry topics of its group.
  ADD retrying_at timestamptz,
  DROP CONSTRAINT replay_items_outcome_check,
  -- cancelled: the replay was aborted before the message was sent.
  ADD CONSTRAINT replay_items_outcome_check CHECK (outcome IN
    ('pending', 'applied', 'duplicate', 'failed', 'cancelled', 'would-apply', 'not-dry-runnable'));
CREATE INDEX replay_items_finished ON replay_items (replay_id, finished_at);
-- A wave is read from here without sorting all that is left.
DROP INDEX replay_items_unsent;
CREATE INDEX replay_items_unsent ON replay_items (replay_id, position)
  WHERE sent_at IS NULL AND outcome = 'pending';

-- A record of a dead-letter topic is replayed once in each revision, whatever happens to clicks, restarts and indexes.
CREATE TABLE replay_ledger (
  topic text NOT NULL,
  partition integer NOT NULL,
  record_offset bigint NOT NULL,
  revision integer NOT NULL,
  replay_id uuid NOT NULL REFERENCES replays ON DELETE RESTRICT ON UPDATE CASCADE,
  dead_letter_id uuid NOT NULL REFERENCES dead_letters ON DELETE RESTRICT ON UPDATE CASCADE,
  PRIMARY KEY (topic, partition, record_offset, revision)
);
CREATE INDEX replay_ledger_replay ON replay_ledger (replay_id);
INSERT INTO replay_ledger
  SELECT d.topic, d.partition, d.record_offset, 0, i.replay_id, i.dead_letter_id
  FROM replay_items AS i JOIN dead_letters AS d ON d.id = i.dead_letter_id
  ORDER BY i.replay_id ON CONFLICT DO NOTHING;
