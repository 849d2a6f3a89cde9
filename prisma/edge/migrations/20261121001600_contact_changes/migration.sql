-- A verification with an address in it changes the email of a customer; one without verifies that of the registration.
ALTER TABLE email_verifications ADD COLUMN new_email text
  CONSTRAINT email_verifications_lower CHECK (new_email = lower(new_email));

-- Phone numbers that wait for the code that was sent to them, at most one of a customer. The code is in Redis, hashed.
CREATE TABLE phone_changes (
  customer_id uuid PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
  challenge_id uuid NOT NULL,
  phone text NOT NULL CONSTRAINT phone_changes_e164 CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
  expires_at timestamptz(3) NOT NULL
);
