import type pg from 'pg';
import { customersPerUnit, openingBalance, seededId, walletsPerCustomer } from './unit.js';

export interface SeedPools {
  readonly wallet: pg.Pool;
  readonly edge: pg.Pool;
  readonly notification: pg.Pool;
}

export interface CustomerLoad {
  /** Of the password that all of them have. */
  readonly passwordHash: string;
  readonly openedAt: Date;
}

const walletTypes = ['personal-usd', 'business-usd'];
const wallets = customersPerUnit * walletsPerCustomer;

/** `$1` is the unit; `c.n` counts customers, `w.n` wallets. */
const customers = `generate_series($1::bigint * ${customersPerUnit}, ($1::bigint + 1) * ${customersPerUnit} - 1) AS c (n)`;
const walletNumbers = `generate_series($1::bigint * ${wallets}, ($1::bigint + 1) * ${wallets} - 1) AS w (n)`;
const ownerOfWallet = seededId('customer', `w.n / ${walletsPerCustomer}`);
const typeOfWallet = `(ARRAY['${walletTypes.join("', '")}'])[w.n % ${walletsPerCustomer} + 1]`;

/**
 * Loads a unit of customers into all databases that know them. Each database remembers by a row of its own that it has the
 * unit: one that died between two of them is completed by the next run. Returns how many of them were new to any.
 */
export async function loadCustomers(pools: SeedPools, unit: number, load: CustomerLoad): Promise<number> {
  const inLedger = await inTransaction(pools.wallet, (client) => loadLedger(client, unit, load));
  // The ledger may have it from a run that died before it came here: then the time is that of then.
  const { rows } = await pools.wallet.query<{ openedAt: Date }>(
    `SELECT posted_at AS "openedAt" FROM transfers WHERE transaction_id = ${seededId('opening', String(unit))}`,
  );
  const { openedAt } = rows[0]!;
  const shown = await inTransaction(pools.edge, (client) =>
    loadReadModels(client, unit, { ...load, openedAt }),
  );
  const recipients = await inTransaction(pools.notification, (client) => loadRecipients(client, unit));
  return Math.max(inLedger, shown, recipients);
}

async function loadLedger(client: pg.PoolClient, unit: number, { openedAt }: CustomerLoad): Promise<number> {
  // The trigger of the ledger moves the balances. The other side is an account of the unit's own: the cash-in accounts
  // of the platform, which may be at work, are neither locked nor bound to the past.
  const opening = await client.query(
    `INSERT INTO transfers (transaction_id, kind, amount, currency, status, description, posted_at)
     VALUES (${seededId('opening', '$1')}, 'bulk', $2::bigint, 'USD', 'posted', 'Opening balance', $3::timestamptz) ON CONFLICT DO NOTHING`,
    [unit, wallets * openingBalance, openedAt],
  );
  if (opening.rowCount === 0) return 0;
  await client.query(
    `INSERT INTO wallets (id, kind, owner_id, type, currency, name, overdraft_limit, max_balance, status, created_at)
     SELECT ${seededId('wallet', 'w.n')}, 'customer', ${ownerOfWallet}, t.code, t.currency, t.name, t.overdraft_limit,
            t.max_balance, 'active', $2::timestamptz
       FROM ${walletNumbers} JOIN wallet_types t ON t.code = ${typeOfWallet}
      UNION ALL
     SELECT ${seededId('account', '$1')}, 'system', NULL, NULL, 'USD', 'seed USD ' || $1::bigint, 0, NULL, 'active', $2::timestamptz`,
    [unit, openedAt],
  );
  await client.query(
    `INSERT INTO entries (id, transaction_id, wallet_id, sequence, amount, posted, held, available, posted_at)
     SELECT ${seededId('openingEntry', 'w.n * 2')}, ${seededId('opening', '$1')}, o.id, 1, $3::bigint, $3::bigint, 0,
            $3::bigint + o.overdraft_limit, $2::timestamptz
       FROM ${walletNumbers} JOIN wallets o ON o.id = ${seededId('wallet', 'w.n')}
      UNION ALL
     SELECT ${seededId('openingEntry', '$1::bigint * 2 + 1')}, ${seededId('opening', '$1')}, ${seededId('account', '$1')}, 1,
            -$4::bigint, -$4::bigint, 0, -$4::bigint, $2::timestamptz`,
    [unit, openedAt, openingBalance, wallets * openingBalance],
  );
  return customersPerUnit;
}

async function loadReadModels(client: pg.PoolClient, unit: number, load: CustomerLoad): Promise<number> {
  const { openedAt, passwordHash } = load;
  const opening = await client.query(
    `INSERT INTO transactions (id, type, status, amount, fee, currency, description, created_at, completed_at)
     VALUES (${seededId('opening', '$1')}, 'deposit', 'completed', $2::bigint, 0, 'USD', 'Opening balance', $3::timestamptz, $3::timestamptz)
     ON CONFLICT DO NOTHING`,
    [unit, wallets * openingBalance, openedAt],
  );
  if (opening.rowCount === 0) return 0;
  await client.query(
    `WITH new AS (
       INSERT INTO customers (id, full_name, email, phone, status, created_at, updated_at)
       SELECT ${seededId('customer', 'c.n')}, 'Customer ' || c.n, 'customer-' || c.n || '@seed.example.com',
              '+1999' || lpad(c.n::text, 7, '0'), 'active', $2::timestamptz, $2::timestamptz FROM ${customers} RETURNING id)
     INSERT INTO credentials (customer_id, password_hash, updated_at) SELECT id, $3::text, $2::timestamptz FROM new`,
    [unit, openedAt, passwordHash],
  );
  await client.query(
    `INSERT INTO wallets (id, owner_id, wallet_type, currency, name, status, posted, held, available, balance_sequence,
                          complete_sequence, version, created_at)
     SELECT ${seededId('wallet', 'w.n')}, ${ownerOfWallet}, t.code, t.currency, t.name, 'active', $3::bigint, 0,
            $3::bigint + t.overdraft_limit, 1, 1, 1, $2::timestamptz
       FROM ${walletNumbers} JOIN wallet_types t ON t.code = ${typeOfWallet}`,
    [unit, openedAt, openingBalance],
  );
  await client.query(
    `INSERT INTO entries (wallet_id, sequence, entry_id, transaction_id, amount, posted, held, available, posted_at)
     SELECT o.id, 1, ${seededId('openingEntry', 'w.n * 2')}, ${seededId('opening', '$1')}, o.posted, o.posted, 0,
            o.available, $2::timestamptz
       FROM ${walletNumbers} JOIN wallets o ON o.id = ${seededId('wallet', 'w.n')}`,
    [unit, openedAt],
  );
  return customersPerUnit;
}

async function loadRecipients(client: pg.PoolClient, unit: number): Promise<number> {
  const { rowCount } = await client.query(
    `INSERT INTO recipients (customer_id, full_name, email, phone)
     SELECT ${seededId('customer', 'c.n')}, 'Customer ' || c.n, 'customer-' || c.n || '@seed.example.com',
            '+1999' || lpad(c.n::text, 7, '0') FROM ${customers}
     ON CONFLICT DO NOTHING`,
    [unit],
  );
  return rowCount ?? 0;
}

/** Without waiting for the disk: a crash loses whole units, which the next run loads again. */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN; SET LOCAL synchronous_commit = off');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    broken = error as Error;
    throw error;
  } finally {
    // A connection that failed is closed, and its transaction with it.
    client.release(broken);
  }
}
