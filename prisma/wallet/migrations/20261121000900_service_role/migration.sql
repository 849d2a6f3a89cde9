-- The service does not run as the owner of its tables. `florin_wallet_service` is a role without a login: whoever runs
-- the service has a login role that is a member of it. A table that a later migration creates is closed to the service
-- until that migration grants something: partitions of `entries`, for instance, need no grant at all.
-- Roles belong to the whole server, and several databases of it may be migrated at once.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'florin_wallet_service') THEN
    CREATE ROLE florin_wallet_service NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END $$;

GRANT USAGE ON SCHEMA public TO florin_wallet_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO florin_wallet_service;
REVOKE ALL ON _prisma_migrations FROM florin_wallet_service;

-- The ledger: nothing is deleted, entries and transfers never change, and balances move by entries alone.
REVOKE UPDATE, DELETE ON entries, transfers FROM florin_wallet_service;
REVOKE DELETE ON holds, wallet_types, cards FROM florin_wallet_service;
REVOKE INSERT, UPDATE, DELETE ON wallets FROM florin_wallet_service;
GRANT INSERT (id, kind, owner_id, type, currency, name, status, overdraft_limit, max_balance, created_at)
  ON wallets TO florin_wallet_service;
GRANT UPDATE (name, status, overdraft_limit, max_balance, version) ON wallets TO florin_wallet_service;

-- The relay vacuums its table, which autovacuum looks at too rarely.
GRANT MAINTAIN ON outbox TO florin_wallet_service;
