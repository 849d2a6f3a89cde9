import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { createLedgerFixture, type LedgerFixture } from './ledger-fixture.js';

/** How PostgreSQL runs the trigger of `entries`, whose plan is made while the tables are small and kept when they have grown. */
let ledger: LedgerFixture;
let client: pg.PoolClient;
const plans: string[] = [];
beforeAll(async () => {
  ledger = await createLedgerFixture();
  client = await ledger.owner.pool.connect();
  client.on('notice', ({ message }) => plans.push(message ?? ''));
  await client.query(`LOAD 'auto_explain'`);
  await client.query('SET auto_explain.log_min_duration = 0');
  await client.query('SET auto_explain.log_nested_statements = on');
  await client.query('SET client_min_messages = log');
});
afterAll(async () => {
  client.release(true);
  await ledger.close();
});

/** One unit from a wallet, which has had one entry, to each of others, which have had none. */
async function pay(source: string, opening: number, destinations: readonly string[]): Promise<void> {
  const transfers = destinations.map((destination, i) => ({ id: uuidv7(), destination, sent: i + 1 }));
  const debits = transfers.map(({ id, sent }) => {
    return { id, wallet: source, sequence: 1 + sent, amount: -1, posted: opening - sent };
  });
  const credits = transfers.map(({ id, destination }) => {
    return { id, wallet: destination, sequence: 1, amount: 1, posted: 1 };
  });
  const lines = [...debits, ...credits];
  await client.query(
    `INSERT INTO entries (id, transaction_id, wallet_id, sequence, amount, posted, available, held, posted_at)
     SELECT gen_random_uuid(), id, wallet, sequence, amount, posted, posted, 0, now()
       FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[])
            AS u (id, wallet, sequence, amount, posted)`,
    [
      lines.map(({ id }) => id),
      lines.map(({ wallet }) => wallet),
      lines.map(({ sequence }) => sequence),
      lines.map(({ amount }) => amount),
      lines.map(({ posted }) => posted),
    ],
  );
}

async function openEmpty(count: number): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO wallets (id, kind, owner_id, type, currency, name, status, created_at)
     SELECT gen_random_uuid(), 'customer', gen_random_uuid(), 'personal-usd', 'USD', 'Personal', 'active', now()
       FROM generate_series(1, $1::int) RETURNING id`,
    [count],
  );
  return rows.map(({ id }) => id);
}

test('the trigger of entries looks wallets up and hashes the rest, whatever it was planned for', async () => {
  const source = await ledger.openWallet(100);
  const [first] = await openEmpty(1);
  await client.query('ANALYZE wallets, entries');
  // A statement without parameters keeps the first plan that a connection makes.
  await pay(source, 100, [first!]);
  const hot = await ledger.openWallet(1_000);
  const others = await openEmpty(1_000);
  plans.length = 0;
  await pay(hot, 1_000, others);

  const [plan, ...more] = plans.filter((text) => text.includes('UPDATE wallets w'));
  expect(more).toEqual([]);
  expect(plan).toContain('Index Scan using wallets_pkey');
  expect(plan).not.toMatch(/Seq Scan on|Merge/);
  // The one that looks wallets up; joins of the entries with one another would be quadratic.
  expect(plan!.match(/Nested Loop/g)).toHaveLength(1);
  expect(plan!.match(/Hash (Left|Right) Join/g)).toHaveLength(2);
});
