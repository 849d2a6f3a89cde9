-- The paying half of a withdrawal; see domain/withdrawal.ts for its states and deposits for `next_attempt_at`. The hold
-- has an id of its own, the capture or the void that resolves it takes the id of the transaction: the ledger decides a
-- business key once, so that a withdrawal is captured or voided and never both.
CREATE TABLE withdrawals (
  transaction_id uuid PRIMARY KEY REFERENCES transactions (id),
  hold_id uuid NOT NULL UNIQUE,
  state text NOT NULL CHECK (state IN (
    'hold-requested', 'refused', 'payout-due', 'paid', 'settled', 'uncovered', 'void-requested', 'released')),
  funding_ref text NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,
  last_attempt_at timestamptz,
  provider_payout_id text,
  paid_at timestamptz,
  refusal_reason text,
  correlation_id uuid NOT NULL,
  actor text,
  traceparent text,
  updated_at timestamptz NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX withdrawals_due ON withdrawals (next_attempt_at) WHERE state = 'payout-due';
CREATE INDEX withdrawals_paid ON withdrawals (paid_at) WHERE paid_at IS NOT NULL;

-- When the provider was known to have the money, and to have given it back: reconciliations look for it by the day.
ALTER TABLE deposits ADD COLUMN charged_at timestamptz, ADD COLUMN refunded_at timestamptz;
CREATE INDEX deposits_charged ON deposits (charged_at) WHERE charged_at IS NOT NULL;
CREATE INDEX deposits_refunded ON deposits (refunded_at) WHERE refunded_at IS NOT NULL;
