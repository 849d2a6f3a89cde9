import { createDatabase } from '@florin/database';
import { createLogger } from '@florin/observability';
import { expect, test } from '@jest/globals';
import { createTestDatabase } from '../../../test/env/test-database.js';
import { eventually } from '../../../test/story/eventually.js';
import { mayRewriteLedger } from '../src/db/may-rewrite-ledger.js';
import { createWalletService, readConfig } from '../src/service.js';

function environment(url: string) {
  return {
    KAFKA_BROKERS: process.env.KAFKA_BROKERS,
    SCHEMA_REGISTRY_URL: process.env.SCHEMA_REGISTRY_URL,
    NODE_ENV: 'production',
    LOG_LEVEL: 'silent',
    ISSUER_URL: 'http://127.0.0.1:1',
    WALLET_PORT: '0',
    WALLET_DATABASE_URL: url,
  };
}

test('the service logs in with a role that cannot rewrite the ledger, and its owner is refused in production', async () => {
  const test = await createTestDatabase('wallet');
  const logger = createLogger({ service: 'test', level: 'silent' });
  const may = async (url: string) => {
    const database = createDatabase({ url, applicationName: 'test', maxConnections: 1, logger });
    const { rows } = await database.pool.query<{ session: string }>('SELECT session_user AS session');
    const answer = { session: rows[0]!.session, may: await mayRewriteLedger(database.pool) };
    await database.close();
    return answer;
  };
  expect(await may(test.serviceUrl)).toEqual({ session: 'florin_wallet', may: false });
  expect((await may(test.url)).may).toBe(true);
  const service = createWalletService(readConfig(environment(test.url)));
  await expect(service.start()).rejects.toMatchObject({ code: 'configuration-invalid' });
  await service.stop();
  await test.drop();
});

test('the service may vacuum its outbox, and no other table', async () => {
  const test = await createTestDatabase('wallet');
  const logger = createLogger({ service: 'test', level: 'silent' });
  const database = createDatabase({
    url: test.serviceUrl,
    applicationName: 'test',
    maxConnections: 1,
    logger,
  });
  const { pool } = database;
  const vacuums = async (table: string): Promise<number> => {
    const { rows } = await pool.query(
      'SELECT vacuum_count AS n FROM pg_stat_user_tables WHERE relname = $1',
      [table],
    );
    return rows[0].n;
  };
  const before = { outbox: await vacuums('outbox'), wallets: await vacuums('wallets') };
  // As `OutboxVacuum` does it. Without the right it is a warning, and no error.
  await pool.query('VACUUM (TRUNCATE false, SKIP_LOCKED, PARALLEL 0) wallets');
  await pool.query('VACUUM (TRUNCATE false, SKIP_LOCKED, PARALLEL 0) outbox');
  await eventually('the vacuum', async () => ((await vacuums('outbox')) > before.outbox ? true : undefined));
  expect(await vacuums('wallets')).toBe(before.wallets);
  await database.close();
  await test.drop();
});
