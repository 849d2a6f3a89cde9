-- Read model of the customers: where to reach them.
CREATE TABLE recipients (
  customer_id uuid NOT NULL,
  full_name text NOT NULL,
  email text NOT NULL,
  phone text NOT NULL,
  -- Of the customer; what is older, as after a replay, changes nothing.
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT recipients_pkey PRIMARY KEY (customer_id)
);

-- Customers who have left: nothing is known or written about them any more, whatever is replayed.
CREATE TABLE erased_recipients (
  customer_id uuid NOT NULL,
  erased_at timestamptz(6) NOT NULL,
  CONSTRAINT erased_recipients_pkey PRIMARY KEY (customer_id)
);

-- One message to one person over one channel. `parameters` fill the template and never hold a secret: a one-time code
-- or token waits sealed under `secret_ref` and is opened only while it is delivered.
CREATE TABLE notifications (
  id uuid NOT NULL,
  event_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  channel text NOT NULL CHECK (channel IN ('email', 'sms')),
  address text NOT NULL,
  template text NOT NULL,
  parameters jsonb NOT NULL,
  secret_ref text,
  -- failed: the last attempt failed; the retry topics or a replay may still deliver it.
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'delivered', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  failure_code text,
  created_at timestamptz(6) NOT NULL,
  delivered_at timestamptz(6),
  CONSTRAINT notifications_pkey PRIMARY KEY (id),
  CHECK ((status = 'delivered') = (delivered_at IS NOT NULL))
);

-- An event reaches a person once over each channel, whatever is redelivered or replayed.
CREATE UNIQUE INDEX notifications_event_id_customer_id_channel_key
  ON notifications (event_id, customer_id, channel);
CREATE INDEX notifications_customer_id_created_at_idx ON notifications (customer_id, created_at);
