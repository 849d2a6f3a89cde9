-- The last decision that was sent about each application, and the state that it is about: a second one about the same state is refused.
CREATE TABLE decision_requests (
  application_id uuid PRIMARY KEY,
  event_version bigint NOT NULL,
  requested_at timestamptz(3) NOT NULL
);
