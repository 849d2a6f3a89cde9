-- Settlement files of the payment provider and where they differ from the books, as the transaction service tells.
CREATE TABLE settlement_files (
  id uuid PRIMARY KEY,
  external_id text NOT NULL,
  settlement_date text NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'imported', 'refused')),
  refusal_reason text,
  line_count bigint NOT NULL DEFAULT 0,
  matched_count bigint NOT NULL DEFAULT 0,
  break_count bigint NOT NULL DEFAULT 0,
  imported_by text,
  created_at timestamptz(3) NOT NULL,
  imported_at timestamptz(3)
);
CREATE INDEX settlement_files_created ON settlement_files (created_at, id);

CREATE TABLE reconciliation_breaks (
  id uuid PRIMARY KEY,
  settlement_file_id uuid NOT NULL,
  line_number integer,
  kind text NOT NULL,
  payment_kind text NOT NULL,
  payment_id text,
  reference text,
  transaction_id uuid,
  currency text NOT NULL,
  provider_amount bigint,
  our_amount bigint,
  provider_status text,
  our_status text,
  status text NOT NULL,
  resolution text,
  reason text,
  adjustment jsonb,
  adjustment_transaction_id uuid,
  refusal_reason text,
  proposed_by text,
  approved_by text,
  version bigint NOT NULL,
  found_at timestamptz(3) NOT NULL,
  resolved_at timestamptz(3)
);
CREATE INDEX reconciliation_breaks_found ON reconciliation_breaks (found_at, id);
CREATE INDEX reconciliation_breaks_status ON reconciliation_breaks (status, found_at, id);
