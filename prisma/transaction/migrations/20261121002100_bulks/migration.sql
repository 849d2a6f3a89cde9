-- Bulks that were submitted, so that one that comes again under its id on other terms is told from a repeat.
CREATE TABLE bulks (
  id uuid PRIMARY KEY,
  mode text NOT NULL CHECK (mode IN ('atomic', 'independent')),
  item_count integer NOT NULL CHECK (item_count BETWEEN 1 AND 500),
  created_at timestamptz NOT NULL
);
