-- Each import looks for what is known of the payments that differ, and for the corrections of those it compares.
CREATE INDEX reconciliation_breaks_transaction ON reconciliation_breaks (transaction_id) WHERE transaction_id IS NOT NULL;
CREATE INDEX reconciliation_breaks_payment ON reconciliation_breaks (payment_id) WHERE payment_id IS NOT NULL;
