-- Who signed in or tried to, what was refused, what operators and keys did: who, what, when, from where.

CREATE TABLE security_events (
  id uuid PRIMARY KEY,
  -- `<subject>.<what happened>`, e.g. `login.failed`; the names are in domain/security-event.ts.
  event text NOT NULL,
  outcome text NOT NULL CONSTRAINT security_events_outcome CHECK (outcome IN ('succeeded', 'refused')),
  -- Stable code of a refusal, e.g. `scope-missing`.
  reason text,
  -- `customer:<id>`, `key:<id>`, `service:<name>`, or `anonymous`.
  actor text NOT NULL,
  caller_kind text NOT NULL CONSTRAINT security_events_caller_kind
    CHECK (caller_kind IN ('customer', 'api-key', 'service', 'anonymous')),
  -- Id of what it happened to, where there is one.
  subject text,
  -- Whose security is concerned; no foreign key, because the events outlive the customer.
  customer_id uuid,
  -- Ids, counts and codes only.
  detail jsonb NOT NULL,
  address text,
  user_agent text CONSTRAINT security_events_user_agent CHECK (length(user_agent) <= 200),
  request_id text,
  trace_id text,
  -- More than one when a flood of the same event was counted instead of being written one by one.
  occurrences integer NOT NULL CONSTRAINT security_events_occurrences CHECK (occurrences > 0),
  occurred_at timestamptz(3) NOT NULL
);
CREATE INDEX security_events_occurred ON security_events (occurred_at, id);
CREATE INDEX security_events_event ON security_events (event, occurred_at, id);
CREATE INDEX security_events_actor ON security_events (actor, occurred_at, id) WHERE actor <> 'anonymous';
CREATE INDEX security_events_subject ON security_events (subject, occurred_at, id) WHERE subject IS NOT NULL;
CREATE INDEX security_events_customer ON security_events (customer_id, occurred_at, id)
  WHERE customer_id IS NOT NULL;
CREATE INDEX security_events_address ON security_events (address, occurred_at, id) WHERE address IS NOT NULL;

-- Append-only, with two exceptions: the erasure of a customer blanks from where he came, which is personal data, and
-- what has been kept for 30 days may be deleted by the job that keeps the table from growing for ever.
CREATE FUNCTION guard_security_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.address IS NULL AND NEW.user_agent IS NULL
     AND to_jsonb(NEW) - ARRAY['address', 'user_agent'] = to_jsonb(OLD) - ARRAY['address', 'user_agent'] THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' AND OLD.occurred_at < now() - interval '30 days' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'security_events is append-only';
END $$;
CREATE TRIGGER security_events_append_only BEFORE UPDATE OR DELETE ON security_events
  FOR EACH ROW EXECUTE FUNCTION guard_security_events();
CREATE TRIGGER security_events_no_truncate BEFORE TRUNCATE ON security_events
  FOR EACH STATEMENT EXECUTE FUNCTION guard_security_events();
