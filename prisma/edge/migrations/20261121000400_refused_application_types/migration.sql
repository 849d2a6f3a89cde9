-- A definition that its service refuses is shown with the reason. The correlation id tells which attempt at a version an
-- answer is for; a version that was not defined here has none.
ALTER TABLE application_types
  ADD COLUMN refusal_reason text,
  ADD COLUMN correlation_id uuid,
  DROP CONSTRAINT application_types_status_check,
  ADD CONSTRAINT application_types_status_check CHECK (status IN ('pending', 'active', 'refused')),
  ADD CONSTRAINT application_types_refusal_check CHECK ((status = 'refused') = (refusal_reason IS NOT NULL));
