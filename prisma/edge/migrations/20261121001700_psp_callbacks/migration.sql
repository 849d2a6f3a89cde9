-- Callbacks of the payment provider that were passed on, until their signatures are too old to be accepted again.
CREATE TABLE psp_callbacks (
  id text PRIMARY KEY,
  received_at timestamptz NOT NULL
);
CREATE INDEX psp_callbacks_received_at ON psp_callbacks USING brin (received_at);
