import { createDatabase } from '@florin/database';
import { createLogger } from '@florin/observability';
import { expect, test } from '@jest/globals';
import { createTestDatabase } from './test-database.js';

function connect(url: string) {
  const logger = createLogger({ service: 'test', level: 'silent' });
  return createDatabase({ url, applicationName: 'leaky', maxConnections: 1, logger });
}

test('a test database has the migrations of its service', async () => {
  const cloned = await createTestDatabase('wallet');
  const database = connect(cloned.url);
  const { rows } = await database.pool.query('SELECT count(*) AS outgoing FROM outbox');
  expect(rows).toEqual([{ outgoing: 0 }]);
  await database.close();
  await cloned.drop();
});

test('a connection that was left open is named when the database is dropped', async () => {
  const cloned = await createTestDatabase('wallet');
  const database = connect(cloned.url);
  database.pool.on('error', () => undefined);
  await database.pool.query('SELECT 1');
  await expect(cloned.drop()).rejects.toThrow('leaked by leaky');
  await database.close();
});
