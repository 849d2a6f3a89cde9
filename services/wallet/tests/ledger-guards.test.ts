import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findMissingGuards, guards } from '../src/db/find-missing-guards.js';
import { type AuditFixture, createAuditFixture } from './audit-fixture.js';

let audits: AuditFixture;
beforeAll(async () => {
  audits = await createAuditFixture();
  await audits.ledger.openWallet(100);
});
afterAll(() => audits.close());

const sql = (text: string) => audits.ledger.owner.pool.query(text);

test.each([
  ['ALTER TABLE entries DISABLE TRIGGER entries_append_only', 'trigger entries_append_only of entries'],
  ['ALTER TABLE wallets DISABLE TRIGGER ALL', 'trigger wallets_follow_entries of wallets'],
  ['DROP TRIGGER transfers_append_only ON transfers', 'trigger transfers_append_only of transfers'],
  ['ALTER TABLE wallets DROP CONSTRAINT wallets_floor', 'constraint wallets_floor of wallets'],
  [
    'ALTER TABLE entries_default DISABLE TRIGGER entries_by_name',
    'trigger entries_by_name of entries_default',
  ],
])('a ledger that was opened by %s is found by the next audit of the books', async (statement, guard) => {
  expect(await audits.run('books')).toMatchObject({ status: 'passed', findings: [] });
  const client = await audits.ledger.owner.pool.connect();
  try {
    // What only the owner can do, and does for good: here it is seen by an audit in the middle, and taken back.
    await client.query('BEGIN');
    await client.query(statement);
    const seen = await findMissingGuards({ ...audits.ledger.database, pool: client as never });
    expect(seen).toContain(guard);
    await client.query('ROLLBACK');
  } finally {
    client.release();
  }
  expect(await findMissingGuards(audits.ledger.database)).toEqual([]);
});

test('the audit names what is missing, until it is back', async () => {
  await sql('ALTER TABLE entries DISABLE TRIGGER entries_append_only');
  expect((await audits.run('books')).findings).toMatchObject([
    {
      check: 'guard-missing',
      walletId: null,
      detail: expect.stringContaining('entries_append_only of entries'),
    },
  ]);
  await sql('ALTER TABLE entries ENABLE TRIGGER entries_append_only');
  expect((await audits.run('books')).findings).toEqual([]);
});

test('every trigger that the migrations put on the tables of the ledger is a guard', async () => {
  const tables = Object.keys(guards.triggers);
  const { rows } = await audits.ledger.owner.pool.query<{ of_table: string; names: string[] }>(
    `SELECT tgrelid::regclass::text AS of_table, array_agg(tgname::text ORDER BY tgname::text COLLATE "C") AS names
       FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = ANY($1::regclass[]) GROUP BY 1`,
    [tables],
  );
  expect(Object.fromEntries(rows.map((row) => [row.of_table, row.names]))).toEqual(guards.triggers);
});
