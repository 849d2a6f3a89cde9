import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { createEntryPartitions } from '../src/db/create-entry-partitions.js';
import { findPartitionState } from '../src/db/find-partition-state.js';
import { postBatch } from '../src/db/post-batch.js';
import { createLedgerFixture, deposit, type LedgerFixture, transfer } from './ledger-fixture.js';

let ledger: LedgerFixture;
beforeAll(async () => {
  ledger = await createLedgerFixture();
});
afterAll(() => ledger.close());

/** Far away, so that no run of the tests finds it created at migration. */
const farAway = new Date('2050-01-15T12:00:00Z');

const partitions = async (): Promise<string[]> => {
  const { rows } = await ledger.owner.pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'entries'::regclass ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
};
const partitionOf = async (walletId: string): Promise<string[]> => {
  const { rows } = await ledger.owner.pool.query<{ partition: string }>(
    'SELECT tableoid::regclass::text AS partition FROM entries WHERE wallet_id = $1 ORDER BY sequence',
    [walletId],
  );
  return rows.map(({ partition }) => partition);
};
const depositAt = (walletId: string, now: Date) =>
  ledger.database.transaction((tx) =>
    postBatch(tx, [deposit(walletId, 5)], { now: now.getTime(), shard: 1 }),
  );

describe('partitions of entries', () => {
  test('are there for the coming months in a new database, and the job adds those that are missing', async () => {
    const { coveredUntil, strayEntries } = await findPartitionState(ledger.database);
    expect(coveredUntil.getTime()).toBeGreaterThan(Date.now() + 60 * 86_400_000);
    expect(strayEntries).toBe(0);
    expect(await createEntryPartitions(ledger.database, farAway, 3)).toBe(3);
    expect(await createEntryPartitions(ledger.database, farAway, 4)).toBe(1);
    const names = await partitions();
    for (const name of [
      'entries_2050_01',
      'entries_2050_02',
      'entries_2050_03',
      'entries_2050_04',
      'entries_default',
    ]) {
      expect(names).toContain(name);
    }
    expect((await findPartitionState(ledger.database)).coveredUntil).toEqual(
      new Date('2050-05-01T00:00:00Z'),
    );
  });

  test('are created once by instances that race, while money moves', async () => {
    const [a, b] = [await ledger.openWallet(1_000), await ledger.openWallet(0)];
    const before = (await partitions()).length;
    const instances = Array.from({ length: 4 }, () => ledger.connect());
    const created = Promise.all(
      instances.map((instance) => createEntryPartitions(instance, new Date('2060-01-01'), 6)),
    );
    const moved = Promise.all(Array.from({ length: 50 }, () => ledger.post(transfer(a, b, 1))));
    expect((await created).reduce((sum, count) => sum + count, 0)).toBe(6);
    expect((await moved).flat().every(({ status }) => status === 'posted')).toBe(true);
    expect((await partitions()).length).toBe(before + 6);
  });

  test('that are missing lose nothing: entries go to the default one and are moved later', async () => {
    const wallet = await ledger.openWallet(0);
    await depositAt(wallet, new Date('2070-01-31T23:59:59.999Z'));
    await depositAt(wallet, new Date('2070-02-01T00:00:00Z'));
    await depositAt(wallet, new Date('2071-07-01T00:00:00Z'));
    expect(await partitionOf(wallet)).toEqual(Array(3).fill('entries_default'));
    // With the entries of the cash-in account.
    expect((await findPartitionState(ledger.database)).strayEntries).toBe(6);
    const before = await ledger.owner.pool.query('SELECT * FROM entries ORDER BY wallet_id, sequence');

    expect(await createEntryPartitions(ledger.database, new Date('2070-02-10'), 1)).toBe(3);
    expect(await partitionOf(wallet)).toEqual(['entries_2070_01', 'entries_2070_02', 'entries_2071_07']);
    expect((await findPartitionState(ledger.database)).strayEntries).toBe(0);
    const after = await ledger.owner.pool.query('SELECT * FROM entries ORDER BY wallet_id, sequence');
    expect(after.rows).toEqual(before.rows);

    await depositAt(wallet, new Date('2071-08-01T00:00:00Z'));
    expect((await partitionOf(wallet)).at(-1)).toBe('entries_default');
    expect(await ledger.balance(wallet)).toBe(20);
  });

  test('cannot be used by name, not even by the owner: neither to add, nor to change, nor to delete', async () => {
    const { pool } = ledger.owner;
    const wallet = await ledger.openWallet(10);
    const [partition] = await partitionOf(wallet);
    for (const name of [partition, 'entries_2050_01', 'entries_default']) {
      for (const statement of [
        `UPDATE ${name} SET amount = 1`,
        `DELETE FROM ${name}`,
        `TRUNCATE ${name}`,
        `INSERT INTO ${name} SELECT * FROM entries LIMIT 1`,
      ]) {
        await expect(pool.query(statement)).rejects.toMatchObject({ code: '23001' });
        await expect(ledger.database.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
      }
    }
    await expect(pool.query('UPDATE entries SET amount = 1')).rejects.toMatchObject({ code: '23001' });
    await expect(ledger.database.pool.query(`SELECT prepare_entry_partition('x')`)).rejects.toMatchObject({
      code: '42501',
    });
  });

  test('are not looked at for what is outside of them', async () => {
    const wallet = uuidv7();
    const { rows } = await ledger.database.pool.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN (COSTS off) SELECT * FROM entries
        WHERE wallet_id = '${wallet}' AND posted_at >= '2050-01-01Z' AND posted_at < '2050-02-01Z'`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('entries_2050_01');
    expect(plan).not.toContain('entries_2050_02');
  });
});
