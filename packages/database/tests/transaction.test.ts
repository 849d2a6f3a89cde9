import type { Writable } from 'node:stream';
import { createDatabase, type Database, isDatabaseOutage, type Transaction } from '@florin/database';
import { createLogger } from '@florin/observability';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';

let database: Database;
let killer: pg.Client;
beforeAll(async () => {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const url = process.env.POSTGRES_URL!;
  database = createDatabase({ url, applicationName: 'transaction-test', maxConnections: 2, logger });
  killer = new pg.Client({ connectionString: url });
  await killer.connect();
});
afterAll(async () => {
  await database?.close();
  await killer?.end();
});

test('a connection that dies between two statements of a transaction fails it, and not the process', async () => {
  const transaction = database.transaction(async (tx) => {
    const { rows } = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const closed = new Promise((resolve) => tx.once('end', resolve));
    await killer.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
    // Without a listener the error event would be uncaught here, which ends a process and fails a test.
    await closed;
    await tx.query('SELECT 1');
  });
  const error = await transaction.catch((e: unknown) => e);
  expect(isDatabaseOutage(error)).toBe(true);
  const { rows } = await database.transaction((tx) => tx.query('SELECT 1 AS alive'));
  expect(rows).toEqual([{ alive: 1 }]);
});

describe('statements that are not waited for', () => {
  beforeAll(async () => {
    await database.pool.query('CREATE TABLE IF NOT EXISTS sent_ahead (id int PRIMARY KEY)');
  });
  afterEach(async () => {
    await database.pool.query('TRUNCATE sent_ahead');
  });
  const insert = (tx: Transaction, id: number) => tx.query('INSERT INTO sent_ahead VALUES ($1)', [id]);
  const stored = async () =>
    (await database.pool.query<{ id: number }>('SELECT id FROM sent_ahead ORDER BY id')).rows.map(
      ({ id }) => id,
    );

  test('go out together at the end of the turn, also those of a transaction that fails', async () => {
    const corked = (tx: Transaction): number =>
      (tx as unknown as { connection: { stream: Writable } }).connection.stream.writableCorked;
    const refused = new Error('refused');
    const transaction = database.transaction(async (tx, pending) => {
      pending(insert(tx, 1));
      pending(insert(tx, 2));
      expect(corked(tx)).toBeGreaterThan(0);
      await tx.query('SELECT 1');
      expect(corked(tx)).toBe(0);
      pending(insert(tx, 3));
      throw refused;
    });
    await expect(transaction).rejects.toBe(refused);
    const { tx } = await database.transaction(async (tx) => ({ tx }));
    expect(corked(tx)).toBe(0);
    expect(await stored()).toEqual([]);
  });

  test('commit with the transaction', async () => {
    await database.transaction(async (tx, pending) => {
      pending(insert(tx, 1));
      pending(insert(tx, 2));
    });
    expect(await stored()).toEqual([1, 2]);
  });

  test('fail it when one of them fails, by the error of that one', async () => {
    const transaction = database.transaction(async (tx, pending) => {
      pending(insert(tx, 1));
      pending(insert(tx, 1));
      await tx.query('SELECT 1');
    });
    await expect(transaction).rejects.toMatchObject({ code: '23505' });
    expect(await stored()).toEqual([]);
  });

  test('fail it when one of them fails last of all', async () => {
    const transaction = database.transaction(async (tx, pending) => {
      await insert(tx, 1);
      pending(insert(tx, 1));
    });
    await expect(transaction).rejects.toMatchObject({ code: '23505' });
    expect(await stored()).toEqual([]);
  });

  test('fail it when one could not be sent, of which PostgreSQL knows nothing', async () => {
    const unsendable = async (tx: Transaction) => tx.query('SELECT $1', [new Date(Number.NaN).toISOString()]);
    const transaction = database.transaction(async (tx, pending) => {
      await insert(tx, 1);
      pending(unsendable(tx));
    });
    await expect(transaction).rejects.toThrow(RangeError);
    expect(await stored()).toEqual([]);
  });

  test('run it again after a deadlock that one behind it reports', async () => {
    let runs = 0;
    await database.transaction(async (tx, pending) => {
      pending(insert(tx, ++runs));
      if (runs === 1) pending(tx.query(`DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$`));
      await tx.query('SELECT 1');
    });
    expect([runs, await stored()]).toEqual([2, [2]]);
  });

  test('do not commit what an error that was swallowed has undone', async () => {
    const transaction = database.transaction(async (tx) => {
      await insert(tx, 1);
      await insert(tx, 1).catch(() => undefined);
    });
    await expect(transaction).rejects.toMatchObject({ code: 'not-committed' });
    expect(await stored()).toEqual([]);
  });

  test('are refused when the transaction has ended', async () => {
    let late: Promise<unknown> | undefined;
    const transaction = database.transaction(async (tx) => {
      const slow = insert(tx, 1).then(() => insert(tx, 2));
      late = slow.catch((error: unknown) => error);
      await Promise.all([slow, Promise.reject(new Error('the other branch'))]);
    });
    await expect(transaction).rejects.toThrow('the other branch');
    expect(await late).toMatchObject({ code: 'transaction-ended' });
    expect(await stored()).toEqual([]);
  });
});
