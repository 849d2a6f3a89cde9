-- How often customers have lately been written to about movements of their money, and the movements that they will be
-- told of together. One row a customer, whatever happens: the first movements are kept as lines, the others counted.
CREATE TABLE movement_digests (
  customer_id uuid NOT NULL,
  -- When the whole allowance of mails will be there again (generic cell rate algorithm).
  full_at timestamptz(3) NOT NULL,
  -- When the waiting movements are told; null while none wait.
  due_at timestamptz(3),
  -- The first event that waits: by it the mail is unique.
  event_id uuid,
  movements integer NOT NULL DEFAULT 0,
  lines jsonb NOT NULL DEFAULT '[]',
  CONSTRAINT movement_digests_pkey PRIMARY KEY (customer_id),
  CHECK ((due_at IS NULL) = (event_id IS NULL) AND (due_at IS NULL) = (movements = 0))
);
CREATE INDEX movement_digests_due_at_idx ON movement_digests (due_at);
