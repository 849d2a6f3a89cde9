import { createDatabase } from '@florin/database';
import { createLogger, createMetrics } from '@florin/observability';
import { expect, test } from '@jest/globals';
import { createMessagingMetrics } from '../src/metrics.js';

test('the other metrics can be read while the database is away', async () => {
  const registry = createMetrics('test');
  const logger = createLogger({ service: 'test', level: 'silent' });
  const url = 'postgres://nobody@127.0.0.1:1/nowhere';
  const away = createDatabase({ url, applicationName: 'test', maxConnections: 1, logger });
  createMessagingMetrics(registry, away.pool).published.inc(3);
  const text = await registry.metrics();
  expect(text).toContain('outbox_published_messages_total{service="test"} 3');
  expect(text).toMatch(/outbox_depth_messages\{service="test"\} nan/i);
  await away.close();
});
