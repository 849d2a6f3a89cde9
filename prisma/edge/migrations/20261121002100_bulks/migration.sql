-- What was asked for in one call. The items are transactions whose origin is the bulk, in the order of their ids; what
-- became of the bulk follows from them.
CREATE TABLE bulks (
  id uuid PRIMARY KEY,
  owner_id uuid NOT NULL,
  mode text NOT NULL CHECK (mode IN ('atomic', 'independent')),
  created_at timestamptz(3) NOT NULL
);
