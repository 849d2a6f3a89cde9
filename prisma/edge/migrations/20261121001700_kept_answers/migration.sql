-- Callers of public routes have no identity, but the answers that are kept for them may be about a customer: they are
-- erased with that customer.
ALTER TABLE keyed_calls ADD COLUMN customer_id uuid;
CREATE INDEX keyed_calls_customer ON keyed_calls (customer_id) WHERE customer_id IS NOT NULL;
