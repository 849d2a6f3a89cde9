-- The double-entry ledger. Money is BIGINT in minor units and never leaves ±(2^53 − 1), so JavaScript numbers are exact.

-- ISO 4217. A check of the column would run again with every change of a balance; that of a domain runs when a currency is
-- written.
CREATE DOMAIN currency_code AS char(3) CHECK (VALUE ~ '^[A-Z]{3}$');

CREATE TABLE wallet_types (
  code text PRIMARY KEY,
  name text NOT NULL,
  currency currency_code NOT NULL,
  overdraft_limit bigint NOT NULL CHECK (overdraft_limit BETWEEN 0 AND 9007199254740991),
  max_balance bigint CHECK (max_balance BETWEEN 0 AND 9007199254740991),
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL
);

-- A customer wallet belongs to an owner and has a type; a system account (cash-in, fees) has neither and no floor.
-- `posted`, `held`, `sequence` (number of the last entry) and `last_entry_at` are written by the trigger of `entries`
-- and by nothing else. The fill factor leaves room for HOT updates of the balance.
CREATE TABLE wallets (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('customer', 'system')),
  owner_id uuid,
  type text REFERENCES wallet_types (code),
  currency currency_code NOT NULL,
  name text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'frozen', 'closed')),
  posted bigint NOT NULL DEFAULT 0,
  held bigint NOT NULL DEFAULT 0,
  overdraft_limit bigint NOT NULL DEFAULT 0,
  max_balance bigint,
  sequence bigint NOT NULL DEFAULT 0 CHECK (sequence >= 0),
  last_entry_at timestamptz NOT NULL DEFAULT '-infinity',
  account_number bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
  created_at timestamptz NOT NULL,
  CONSTRAINT wallets_customer_has_owner CHECK ((kind = 'customer') = (owner_id IS NOT NULL AND type IS NOT NULL)),
  CONSTRAINT wallets_posted_is_safe CHECK (posted BETWEEN -9007199254740991 AND 9007199254740991),
  CONSTRAINT wallets_held_is_safe CHECK (held BETWEEN 0 AND 9007199254740991),
  CONSTRAINT wallets_overdraft_is_safe CHECK (overdraft_limit BETWEEN 0 AND 9007199254740991),
  CONSTRAINT wallets_floor CHECK (kind = 'system' OR posted - held + overdraft_limit >= 0),
  CONSTRAINT wallets_ceiling CHECK (max_balance IS NULL OR posted <= max_balance),
  CONSTRAINT wallets_closed_are_empty CHECK (status <> 'closed' OR (posted = 0 AND held = 0)),
  CONSTRAINT wallets_available_is_safe
    CHECK (posted - held + overdraft_limit BETWEEN -9007199254740991 AND 9007199254740991)
) WITH (fillfactor = 70);
CREATE INDEX wallets_owner ON wallets (owner_id) WHERE kind = 'customer';

-- One row for each business key the ledger has decided, for ever: the primary key is what makes a second posting of the
-- same key impossible. Wallets have no foreign key, because a declined transfer may name one that does not exist.
-- `reference_id` is the hold (increment, capture, void, expiry), the original (reversal) or the bulk (its items).
CREATE TABLE transfers (
  transaction_id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN (
    'transfer', 'deposit', 'reversal', 'bulk', 'hold', 'increment', 'capture', 'void', 'expiry')),
  source_wallet_id uuid,
  destination_wallet_id uuid,
  amount bigint NOT NULL,
  fee bigint NOT NULL DEFAULT 0,
  currency text,
  destination_amount bigint,
  destination_currency text,
  rate text,
  reference_id uuid,
  status text NOT NULL CHECK (status IN ('posted', 'declined')),
  decline_reason text,
  description text,
  posted_at timestamptz NOT NULL,
  CONSTRAINT transfers_amounts_are_safe CHECK (
    amount BETWEEN -9007199254740991 AND 9007199254740991 AND fee BETWEEN -9007199254740991 AND 9007199254740991
    AND destination_amount BETWEEN -9007199254740991 AND 9007199254740991),
  CONSTRAINT transfers_posted_is_positive CHECK (
    status = 'declined' OR kind = 'bulk' OR (amount > 0 AND fee >= 0 AND currency IS NOT NULL)),
  CONSTRAINT transfers_exchange_is_complete CHECK (
    (rate IS NULL) = (destination_currency IS NULL)
    AND (status = 'declined' OR (rate IS NULL) = (destination_amount IS NULL))),
  CONSTRAINT transfers_declined_has_reason CHECK ((status = 'declined') = (decline_reason IS NOT NULL))
);
-- What has been given back of an original: read under the lock of its wallets.
CREATE INDEX transfers_reversals ON transfers (reference_id) WHERE kind = 'reversal';

-- Money set aside for a capture. `amount` is what was authorised with its increments, `remaining` what is still set
-- aside: the rest of a resolved hold has gone back to what is available. Written under the lock of the wallet.
CREATE TABLE holds (
  id uuid PRIMARY KEY,
  wallet_id uuid NOT NULL REFERENCES wallets (id),
  currency char(3) NOT NULL,
  amount bigint NOT NULL,
  captured bigint NOT NULL DEFAULT 0,
  remaining bigint NOT NULL,
  status text NOT NULL CHECK (status IN ('open', 'captured', 'voided', 'expired')),
  description text,
  placed_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  resolved_at timestamptz,
  CONSTRAINT holds_amounts_are_safe CHECK (
    amount BETWEEN 1 AND 9007199254740991 AND captured >= 0 AND remaining >= 0 AND captured + remaining <= amount),
  CONSTRAINT holds_open_has_remaining CHECK ((status = 'open') = (remaining > 0)),
  CONSTRAINT holds_open_is_unresolved CHECK ((status = 'open') = (resolved_at IS NULL)),
  CONSTRAINT holds_captured_has_captured CHECK (status <> 'captured' OR captured > 0)
) WITH (fillfactor = 80);
CREATE INDEX holds_expiry ON holds (expires_at) WHERE status = 'open';
CREATE INDEX holds_open ON holds (wallet_id) WHERE status = 'open';

-- One change of one wallet. `amount` moves `posted`, `held_change` moves `held`: a hold is an entry with an amount of 0,
-- so the last entry before a moment has the balances of that moment. `sequence` has no gaps in a wallet, and times of a
-- wallet never go back. One index serves statements, balances of the past and verification; it includes the column that
-- partitions go by. The wallet of an entry is proved to exist by the trigger, once for a statement instead of for a row.
CREATE TABLE entries (
  id uuid NOT NULL,
  transaction_id uuid NOT NULL,
  wallet_id uuid NOT NULL,
  sequence bigint NOT NULL CHECK (sequence > 0),
  amount bigint NOT NULL,
  held_change bigint NOT NULL DEFAULT 0,
  posted bigint NOT NULL,
  held bigint NOT NULL,
  available bigint NOT NULL,
  hold_id uuid,
  posted_at timestamptz NOT NULL,
  PRIMARY KEY (wallet_id, posted_at, sequence),
  CONSTRAINT entries_change_something CHECK (amount <> 0 OR held_change <> 0),
  CONSTRAINT entries_held_by_hold CHECK ((held_change <> 0) = (hold_id IS NOT NULL)),
  CONSTRAINT entries_are_safe CHECK (
    amount BETWEEN -9007199254740991 AND 9007199254740991 AND posted BETWEEN -9007199254740991 AND 9007199254740991
    AND held_change BETWEEN -9007199254740991 AND 9007199254740991
    AND held BETWEEN 0 AND 9007199254740991 AND available BETWEEN -9007199254740991 AND 9007199254740991)
) PARTITION BY RANGE (posted_at);
CREATE INDEX entries_hold ON entries (hold_id) WHERE hold_id IS NOT NULL;

-- Entries move balances: this trigger is the only thing that does, so no balance can change without entries that sum
-- to zero. It runs once for a statement over all of its entries; a deferred constraint trigger would fire for each row.
-- It has the rights of the owner of the tables, because the role of the service may not write balances.
-- `= ANY (ARRAY[...])` is for nested loops only; with the planner settings that makes an index look-up of each row, and hash joins of
-- everything else. A plan that was cached while the tables were small would otherwise scan them whole.
CREATE FUNCTION post_entries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE
  offender uuid;
  misled uuid;
BEGIN
  -- Every wallet takes what its entries add up to, provided that the last of them is as many steps away as there are entries.
  -- Each entry then has to lead on from a step before it, which is another entry or what the wallet was: so there is no gap
  -- and no step twice. A wallet that took nothing does not exist, or has another last
  -- entry, or was given a step twice.
  WITH moved AS (
    UPDATE wallets w
       SET posted = w.posted + m.amount, held = w.held + m.held_change, sequence = m.last, last_entry_at = m.last_at
      FROM (SELECT wallet_id, sum(amount)::bigint AS amount, sum(held_change)::bigint AS held_change, count(*) AS entries,
                   max(sequence) AS last, max(posted_at) AS last_at
              FROM new_entries GROUP BY wallet_id) m
     WHERE w.id = ANY (ARRAY[m.wallet_id]) AND m.last = w.sequence + m.entries
    RETURNING WITH (OLD AS before) w.id, w.currency, w.overdraft_limit, before.sequence, before.posted, before.held,
              before.last_entry_at
  ), steps AS (
    SELECT id AS wallet_id, sequence, posted, held, last_entry_at AS posted_at FROM moved
    UNION ALL
    SELECT wallet_id, sequence, posted, held, posted_at FROM new_entries
  ), judged AS (
    SELECT e.transaction_id, e.wallet_id, e.amount, m.currency,
           (e.posted = step.posted + e.amount AND e.held = step.held + e.held_change AND e.posted_at >= step.posted_at
            AND e.available = e.posted - e.held + m.overdraft_limit) IS NOT TRUE AS misleads
      FROM new_entries e LEFT JOIN moved m ON m.id = e.wallet_id
           LEFT JOIN steps step ON step.wallet_id = e.wallet_id AND step.sequence = e.sequence - 1
  )
  SELECT transaction_id, (array_agg(wallet_id) FILTER (WHERE misleads))[1] INTO offender, misled
    FROM judged
   GROUP BY transaction_id, currency
  HAVING sum(amount) <> 0 OR bool_or(misleads)
   ORDER BY 2 NULLS LAST
   LIMIT 1;
  IF misled IS NOT NULL THEN
    RAISE EXCEPTION 'entries of wallet % do not lead to its balance', misled
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_lead_to_balance';
  ELSIF offender IS NOT NULL THEN
    RAISE EXCEPTION 'entries of transaction % do not sum to zero', offender
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_sum_to_zero';
  END IF;

  SELECT e.hold_id INTO offender FROM new_entries e LEFT JOIN holds h ON h.id = ANY (ARRAY[e.hold_id])
   WHERE e.hold_id IS NOT NULL
     AND (h.wallet_id IS DISTINCT FROM e.wallet_id
          OR h.remaining <> (SELECT sum(o.held_change) FROM entries o
                               WHERE o.hold_id = e.hold_id AND o.posted_at >= h.placed_at))
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entries of hold % do not lead to what remains of it', offender
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_lead_to_hold';
  END IF;
  RETURN NULL;
END $$;

-- The other half for holds: what remains of one is the sum of its entries. With the check above, what is held on a
-- wallet is what remains of its open holds.
CREATE FUNCTION check_holds() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  offender uuid;
BEGIN
  SELECT h.id INTO offender FROM new_holds h
   WHERE h.remaining <> (SELECT coalesce(sum(e.held_change), 0) FROM entries e
                          WHERE e.hold_id = h.id AND e.posted_at >= h.placed_at)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'hold % changed without entries', offender
      USING ERRCODE = 'check_violation', CONSTRAINT = 'holds_follow_entries';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is not allowed: the ledger is append-only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION refuse_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'balances of wallets change by entries only'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'balances_follow_entries';
END $$;

CREATE FUNCTION refuse_opening_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'wallet % cannot be opened with a balance', NEW.id
    USING ERRCODE = 'check_violation', CONSTRAINT = 'wallets_open_empty';
END $$;

CREATE FUNCTION refuse_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'wallet % is frozen: what it has available cannot fall', NEW.id
    USING ERRCODE = 'check_violation', CONSTRAINT = 'wallets_frozen_keep_funds';
END $$;

CREATE FUNCTION refuse_second_resolution() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'hold % is resolved already', NEW.id
    USING ERRCODE = 'check_violation', CONSTRAINT = 'holds_resolve_once';
END $$;

CREATE TRIGGER entries_post AFTER INSERT ON entries
  REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION post_entries();
CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transfers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfers
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Privileges keep the service from writing balances; this keeps the owner of the tables from it too. The depth is 0
-- for a statement that somebody sends, and 1 within the trigger of `entries`.
CREATE TRIGGER wallets_follow_entries BEFORE UPDATE OF posted, held, sequence, last_entry_at ON wallets
  FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_balance();
CREATE TRIGGER wallets_open_empty BEFORE INSERT ON wallets
  FOR EACH ROW WHEN (NEW.posted <> 0 OR NEW.held <> 0 OR NEW.sequence <> 0) EXECUTE FUNCTION refuse_opening_balance();
CREATE TRIGGER wallets_never_deleted BEFORE DELETE OR TRUNCATE ON wallets
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- A capture takes as much from `posted` as from `held`: what was promised before the freeze is still paid.
CREATE TRIGGER wallets_frozen_keep_funds BEFORE UPDATE OF posted, held ON wallets
  FOR EACH ROW WHEN (OLD.status = 'frozen' AND NEW.posted - NEW.held < OLD.posted - OLD.held)
  EXECUTE FUNCTION refuse_frozen();

CREATE TRIGGER holds_follow_entries_on_insert AFTER INSERT ON holds
  REFERENCING NEW TABLE AS new_holds FOR EACH STATEMENT EXECUTE FUNCTION check_holds();
CREATE TRIGGER holds_follow_entries_on_update AFTER UPDATE ON holds
  REFERENCING NEW TABLE AS new_holds FOR EACH STATEMENT EXECUTE FUNCTION check_holds();
CREATE TRIGGER holds_resolve_once BEFORE UPDATE ON holds
  FOR EACH ROW WHEN (OLD.status <> 'open') EXECUTE FUNCTION refuse_second_resolution();
CREATE TRIGGER holds_never_deleted BEFORE DELETE OR TRUNCATE ON holds
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
