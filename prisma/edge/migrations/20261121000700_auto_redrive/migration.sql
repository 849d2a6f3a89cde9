-- Rules by which dead letters are replayed without an operator, once the cause of their failure has gone.

ALTER TABLE dead_letters
  -- The message itself: a replay that fails comes back as another dead letter of the same message.
  ADD message_id text GENERATED ALWAYS AS (payload->'meta'->>'messageId') STORED,
  -- A rule has given up on it; operators need not.
  ADD parked boolean NOT NULL DEFAULT false;
CREATE INDEX dead_letters_message ON dead_letters (consumer_group, message_id);
CREATE INDEX replay_items_letter ON replay_items (dead_letter_id);
CREATE INDEX replays_rule ON replays (rule_id, created_at) WHERE rule_id IS NOT NULL;

CREATE TABLE redrive_rules (
  id uuid PRIMARY KEY,
  name text NOT NULL UNIQUE,
  description text NOT NULL DEFAULT '',
  enabled boolean NOT NULL,
  -- What it is about; null is any. An error code may end in * .
  consumer_group text,
  topic text,
  message_name text,
  error_code text,
  fingerprint text,
  -- When: all that are set must hold.
  breaker text,
  new_version boolean NOT NULL DEFAULT false,
  min_age_seconds integer CHECK (min_age_seconds > 0),
  max_age_seconds integer CHECK (max_age_seconds > 0),
  -- So long the breaker must have been closed, or the version have run alone.
  stable_seconds integer NOT NULL CHECK (stable_seconds >= 0),
  -- How.
  canary boolean NOT NULL,
  rate_per_second integer CHECK (rate_per_second > 0),
  max_redrives_per_letter integer NOT NULL CHECK (max_redrives_per_letter > 0),
  max_letters_per_hour integer NOT NULL CHECK (max_letters_per_hour > 0),
  backoff_seconds integer NOT NULL CHECK (backoff_seconds > 0),
  updated_by text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  CHECK (breaker IS NOT NULL OR new_version OR min_age_seconds IS NOT NULL),
  CHECK (min_age_seconds < max_age_seconds)
);

-- Providers that came back: their calls carry idempotency keys, a canary goes first, and what is older than a day has
-- mostly lost its sense, hence enabled. With few calls a breaker stays closed although the provider is down: eight
-- redrives, each twice as long after the one before, outlast a night. A new version may mean something else by an old message: an operator decides.
INSERT INTO redrive_rules
  (id, name, description, enabled, consumer_group, error_code, breaker, new_version, max_age_seconds, stable_seconds,
   canary, max_redrives_per_letter, max_letters_per_hour, backoff_seconds, updated_by, created_at, updated_at)
SELECT id::uuid, name, description, enabled, consumer_group, error_code, breaker, breaker IS NULL, max_age_seconds, 30,
  true, 8, 1000, 300, 'florin', '2026-11-21', '2026-11-21'
FROM (VALUES
  ('01a1fd00-0000-7000-8000-000000000001', 'sms-is-back', 'The SMS provider was down and answers again.',
    true, 'notification', 'sms-provider-*', 'sms', 86400),
  ('01a1fd00-0000-7000-8000-000000000002', 'smtp-is-back', 'The mail server was down and answers again.',
    true, 'notification', 'smtp-provider-*', 'smtp', 86400),
  ('01a1fd00-0000-7000-8000-000000000003', 'kyc-is-back', 'The KYC provider was down and answers again.',
    true, 'application', 'kyc-provider-*', 'kyc', 86400),
  ('01a1fd00-0000-7000-8000-000000000004', 'credit-bureau-is-back', 'The credit bureau was down and answers again.',
    true, 'application', 'credit-bureau-provider-*', 'credit-bureau', 86400),
  ('01a1fd00-0000-7000-8000-000000000005', 'issuer-is-back', 'The card issuer was down and answers again.',
    true, 'wallet', 'issuer-provider-*', 'issuer', 86400),
  ('01a1fd00-0000-7000-8000-000000000006', 'deployed-again',
    'The service that failed runs another version now. Enable it where a deployment is meant to heal what failed before.',
    false, NULL, NULL, NULL, 604800)
) AS rule (id, name, description, enabled, consumer_group, error_code, breaker, max_age_seconds);
