-- What the payment provider says it has settled, day by day, and where that differs from what was recorded here.

-- A file that was refused may come again, corrected, under the same name.
CREATE TABLE settlement_files (
  id uuid PRIMARY KEY,
  external_id text NOT NULL,
  settlement_date date NOT NULL,
  status text NOT NULL CHECK (status IN ('imported', 'refused')),
  reason text,
  line_count integer NOT NULL,
  matched_count integer NOT NULL,
  break_count integer NOT NULL,
  imported_by text,
  imported_at timestamptz NOT NULL,
  CONSTRAINT settlement_files_refused_has_reason CHECK ((status = 'refused') = (reason IS NOT NULL))
);
CREATE UNIQUE INDEX settlement_files_imported_once ON settlement_files (external_id) WHERE status = 'imported';
CREATE INDEX settlement_files_latest ON settlement_files (settlement_date) WHERE status = 'imported';

-- `transaction_id` is what the line was matched with, by our id or else by amount and date.
CREATE TABLE settlement_lines (
  file_id uuid NOT NULL REFERENCES settlement_files (id),
  line_number integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('charge', 'refund', 'payout')),
  payment_id text NOT NULL,
  reference text NOT NULL,
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
  currency text NOT NULL,
  status text NOT NULL,
  created_at timestamptz NOT NULL,
  transaction_id uuid,
  matched_by text CHECK (matched_by IN ('reference', 'amount-and-date')),
  PRIMARY KEY (file_id, line_number),
  CONSTRAINT settlement_lines_match_has_rule CHECK ((transaction_id IS NULL) = (matched_by IS NULL))
);
CREATE INDEX settlement_lines_payment ON settlement_lines (payment_id);
CREATE INDEX settlement_lines_transaction ON settlement_lines (transaction_id, kind) WHERE transaction_id IS NOT NULL;

CREATE TABLE reconciliation_breaks (
  id uuid PRIMARY KEY,
  file_id uuid NOT NULL REFERENCES settlement_files (id),
  line_number integer,
  kind text NOT NULL CHECK (kind IN (
    'missing-at-us', 'missing-at-provider', 'amount-differs', 'status-differs', 'duplicate')),
  payment_kind text NOT NULL CHECK (payment_kind IN ('charge', 'refund', 'payout')),
  payment_id text,
  reference text,
  transaction_id uuid,
  currency text NOT NULL,
  provider_amount bigint,
  our_amount bigint,
  provider_status text,
  our_status text,
  status text NOT NULL CHECK (status IN ('open', 'proposed', 'adjusting', 'resolved')),
  resolution text CHECK (resolution IN ('accepted', 'adjusted', 'cleared')),
  reason text,
  adjustment jsonb,
  adjustment_transaction_id uuid UNIQUE,
  refusal_reason text,
  proposed_by text,
  approved_by text,
  found_at timestamptz NOT NULL,
  resolved_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT reconciliation_breaks_resolved_has_time CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)),
  CONSTRAINT reconciliation_breaks_resolved_says_how CHECK ((status = 'resolved') = (resolution IS NOT NULL)),
  -- Whoever proposes a correction does not approve it.
  CONSTRAINT reconciliation_breaks_two_operators CHECK (approved_by IS DISTINCT FROM proposed_by OR approved_by IS NULL)
);
CREATE INDEX reconciliation_breaks_open ON reconciliation_breaks (found_at) WHERE status <> 'resolved';
