-- One version of an application type: what an applicant fills in and how it is worked on, both as data. A version never
-- changes once applications refer to it. json, not jsonb: the definition is given back as it was written.
CREATE TABLE application_types (
  code text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  name text NOT NULL,
  schema json NOT NULL,
  workflow json NOT NULL,
  created_at timestamptz(6) NOT NULL,
  CONSTRAINT application_types_pkey PRIMARY KEY (code, version)
);

CREATE TABLE applications (
  id uuid NOT NULL,
  type_code text NOT NULL,
  type_version integer NOT NULL,
  applicant_id uuid NOT NULL,
  data json NOT NULL,
  status text NOT NULL CHECK (
    status IN ('submitted', 'in_progress', 'waiting_for_decision', 'approved', 'declined', 'failed')
  ),
  decision_outcome text CHECK (decision_outcome IN ('approved', 'declined')),
  decision_reason text,
  decided_by text,
  -- Grows with each change; the version of the aggregate in the events.
  revision bigint NOT NULL CHECK (revision > 0),
  created_at timestamptz(6) NOT NULL,
  CONSTRAINT applications_pkey PRIMARY KEY (id),
  CONSTRAINT applications_type_code_type_version_fkey FOREIGN KEY (type_code, type_version)
    REFERENCES application_types (code, version) ON DELETE NO ACTION ON UPDATE NO ACTION,
  -- Nobody decides on an application of his own.
  CHECK (decided_by NOT LIKE '%' || applicant_id::text)
);
CREATE INDEX applications_applicant_id_created_at_idx ON applications (applicant_id, created_at);

CREATE TABLE application_steps (
  application_id uuid NOT NULL,
  position integer NOT NULL,
  name text NOT NULL,
  status text NOT NULL CHECK (
    status IN ('pending', 'running', 'waiting', 'completed', 'failed', 'skipped')
  ),
  attempts integer NOT NULL DEFAULT 0,
  started_at timestamptz(6),
  finished_at timestamptz(6),
  reason text,
  -- What later steps may look at.
  output json,
  -- The wallet or card whose event continues the step.
  waits_for uuid,
  CONSTRAINT application_steps_pkey PRIMARY KEY (application_id, position),
  CONSTRAINT application_steps_application_id_fkey FOREIGN KEY (application_id)
    REFERENCES applications (id) ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE UNIQUE INDEX application_steps_application_id_name_key ON application_steps (application_id, name);
CREATE UNIQUE INDEX application_steps_waits_for_key ON application_steps (waits_for);

-- Customers who have left. Kept for ever: commands of theirs may still be on their way or among the dead letters.
CREATE TABLE erased_applicants (
  applicant_id uuid NOT NULL,
  erased_at timestamptz(6) NOT NULL,
  CONSTRAINT erased_applicants_pkey PRIMARY KEY (applicant_id)
);
