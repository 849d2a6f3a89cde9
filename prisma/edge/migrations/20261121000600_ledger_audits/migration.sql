-- What the auditor of the ledger says, and whether the copies that the edge keeps agree with it.

CREATE TABLE ledger_audits (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('books', 'chain')),
  wallet_id uuid,
  status text NOT NULL CHECK (status IN ('pending', 'running', 'passed', 'failed', 'refused')),
  wallets_total bigint NOT NULL DEFAULT 0,
  wallets_checked bigint NOT NULL DEFAULT 0,
  entries_checked bigint NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 0,
  started_at timestamptz(3) NOT NULL,
  finished_at timestamptz(3),
  refusal_reason text,
  CONSTRAINT ledger_audits_refused_have_a_reason CHECK ((status = 'refused') = (refusal_reason IS NOT NULL))
);
CREATE INDEX ledger_audits_started ON ledger_audits (started_at, id);

-- `source` says who has found it: the ledger, or the edge in its copies.
CREATE TABLE ledger_findings (
  id uuid PRIMARY KEY,
  audit_id uuid NOT NULL,
  source text NOT NULL CHECK (source IN ('ledger', 'edge')),
  check_name text NOT NULL,
  wallet_id uuid,
  sequence bigint,
  entry_id uuid,
  currency text,
  detail text NOT NULL,
  found_at timestamptz NOT NULL
);
CREATE INDEX ledger_findings_audit ON ledger_findings (audit_id, found_at, id);
CREATE INDEX ledger_findings_found ON ledger_findings (found_at, id);

-- The hashes of the seals, kept where whoever can change the ledger cannot change them.
CREATE TABLE ledger_seals (
  run_id uuid PRIMARY KEY,
  number bigint NOT NULL UNIQUE,
  hash text NOT NULL,
  wallets bigint NOT NULL,
  entries bigint NOT NULL,
  sealed_at timestamptz NOT NULL
);

-- Balances of the ledger whose entries had not arrived when they were compared.
CREATE TABLE awaited_balances (
  wallet_id uuid NOT NULL,
  sequence bigint NOT NULL,
  posted money_minor NOT NULL,
  held money_minor NOT NULL,
  audit_id uuid NOT NULL,
  due_at timestamptz NOT NULL,
  PRIMARY KEY (wallet_id, sequence)
);
