-- The double-entry ledger. Money is BIGINT in minor units and never leaves ±(2^53 − 1), so JavaScript numbers are exact.

CREATE TABLE wallet_types (
  code text PRIMARY KEY,
  name text NOT NULL,
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  overdraft_limit bigint NOT NULL CHECK (overdraft_limit BETWEEN 0 AND 9007199254740991),
  max_balance bigint CHECK (max_balance BETWEEN 0 AND 9007199254740991),
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL
);

-- A customer wallet belongs to an owner and has a type; a system account (cash-in, fees) has neither and no floor.
-- `sequence` is the number of the wallet's last entry. The fill factor leaves room for HOT updates of the balance.
CREATE TABLE wallets (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('customer', 'system')),
  owner_id uuid,
  type text REFERENCES wallet_types (code),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  name text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'frozen', 'closed')),
  posted bigint NOT NULL DEFAULT 0,
  held bigint NOT NULL DEFAULT 0,
  overdraft_limit bigint NOT NULL DEFAULT 0,
  max_balance bigint,
  sequence bigint NOT NULL DEFAULT 0 CHECK (sequence >= 0),
  account_number bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
  created_at timestamptz NOT NULL,
  CONSTRAINT wallets_customer_has_owner CHECK ((kind = 'customer') = (owner_id IS NOT NULL AND type IS NOT NULL)),
  CONSTRAINT wallets_posted_is_safe CHECK (posted BETWEEN -9007199254740991 AND 9007199254740991),
  CONSTRAINT wallets_held_is_safe CHECK (held BETWEEN 0 AND 9007199254740991),
  CONSTRAINT wallets_overdraft_is_safe CHECK (overdraft_limit BETWEEN 0 AND 9007199254740991),
  CONSTRAINT wallets_floor CHECK (kind = 'system' OR posted - held + overdraft_limit >= 0),
  CONSTRAINT wallets_ceiling CHECK (max_balance IS NULL OR posted <= max_balance),
  CONSTRAINT wallets_available_is_safe
    CHECK (posted - held + overdraft_limit BETWEEN -9007199254740991 AND 9007199254740991)
) WITH (fillfactor = 70);
CREATE INDEX wallets_owner ON wallets (owner_id) WHERE kind = 'customer';

-- One row for each transaction the ledger has decided, for ever: the primary key is what makes a second posting of the
-- same business key impossible. Source and destination have no foreign key, because a declined transfer may name a
-- wallet that does not exist.
CREATE TABLE transfers (
  transaction_id uuid PRIMARY KEY,
  source_wallet_id uuid NOT NULL,
  destination_wallet_id uuid NOT NULL,
  amount bigint NOT NULL,
  fee bigint NOT NULL,
  currency text NOT NULL,
  status text NOT NULL CHECK (status IN ('posted', 'declined')),
  decline_reason text,
  description text,
  posted_at timestamptz NOT NULL,
  CONSTRAINT transfers_amounts_are_safe CHECK (
    amount BETWEEN -9007199254740991 AND 9007199254740991 AND fee BETWEEN -9007199254740991 AND 9007199254740991),
  CONSTRAINT transfers_posted_is_positive CHECK (status = 'declined' OR (amount > 0 AND fee >= 0)),
  CONSTRAINT transfers_declined_has_reason CHECK ((status = 'declined') = (decline_reason IS NOT NULL))
);

-- The wallet of an entry is proved to exist by `check_entries`, once for a statement instead of once for a row.
CREATE TABLE entries (
  id uuid PRIMARY KEY,
  transaction_id uuid NOT NULL,
  wallet_id uuid NOT NULL,
  sequence bigint NOT NULL CHECK (sequence > 0),
  amount bigint NOT NULL CHECK (amount <> 0),
  posted bigint NOT NULL,
  held bigint NOT NULL,
  available bigint NOT NULL,
  posted_at timestamptz NOT NULL,
  CONSTRAINT entries_wallet_sequence UNIQUE (wallet_id, sequence),
  CONSTRAINT entries_are_safe CHECK (
    amount BETWEEN -9007199254740991 AND 9007199254740991 AND posted BETWEEN -9007199254740991 AND 9007199254740991
    AND held BETWEEN 0 AND 9007199254740991 AND available BETWEEN -9007199254740991 AND 9007199254740991)
);
CREATE INDEX entries_transaction ON entries (transaction_id);

-- Books that do not balance cannot be written. The triggers run once for a statement over its transition table: a
-- deferred constraint trigger would fire for each row. A posting therefore has to be written by one statement, with
-- the balances updated beside the entries (a CTE): both triggers run at its end and see both halves.
-- The planner settings pin index look-ups: a plan cached while the tables were small would otherwise scan them whole.
CREATE FUNCTION check_entries() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  offender uuid;
BEGIN
  SELECT e.wallet_id INTO offender FROM new_entries e LEFT JOIN wallets w ON w.id = e.wallet_id
   WHERE w.id IS NULL OR e.sequence > w.sequence OR (e.sequence = w.sequence AND e.posted <> w.posted) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entries of wallet % do not lead to its balance', offender
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_lead_to_balance';
  END IF;

  SELECT e.transaction_id INTO offender FROM new_entries e JOIN wallets w ON w.id = e.wallet_id
   GROUP BY e.transaction_id, w.currency HAVING sum(e.amount) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entries of transaction % do not sum to zero', offender
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_sum_to_zero';
  END IF;
  RETURN NULL;
END $$;

-- The other half: a balance moves only by entries. By induction each balance is the sum of its entries.
CREATE FUNCTION check_balances() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_mergejoin = off AS $$
DECLARE
  offender uuid;
BEGIN
  SELECT n.id INTO offender
    FROM new_wallets n JOIN old_wallets o ON o.id = n.id
         CROSS JOIN LATERAL (
           SELECT coalesce(sum(e.amount), 0) AS amount, count(*) AS entries FROM entries e
            WHERE e.wallet_id = n.id AND e.sequence > o.sequence AND e.sequence <= n.sequence) moved
   WHERE n.posted - o.posted <> moved.amount OR n.sequence - o.sequence <> moved.entries
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'balance of wallet % changed without entries', offender
      USING ERRCODE = 'check_violation', CONSTRAINT = 'balances_follow_entries';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is not allowed: the ledger is append-only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION refuse_opening_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'wallet % cannot be opened with a balance', NEW.id
    USING ERRCODE = 'check_violation', CONSTRAINT = 'wallets_open_empty';
END $$;

CREATE TRIGGER entries_balance AFTER INSERT ON entries
  REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION check_entries();
CREATE TRIGGER wallets_follow_entries AFTER UPDATE ON wallets
  REFERENCING OLD TABLE AS old_wallets NEW TABLE AS new_wallets FOR EACH STATEMENT EXECUTE FUNCTION check_balances();
CREATE TRIGGER wallets_open_empty BEFORE INSERT ON wallets
  FOR EACH ROW WHEN (NEW.posted <> 0 OR NEW.held <> 0 OR NEW.sequence <> 0) EXECUTE FUNCTION refuse_opening_balance();
CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transfers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfers
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER wallets_never_deleted BEFORE DELETE OR TRUNCATE ON wallets
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
