import { createDatabase, type Database, isDatabaseOutage } from '@florin/database';
import { createLogger } from '@florin/observability';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
