import { createLogger } from '@florin/observability';
import { afterAll, expect, test } from '@jest/globals';
import { InboxRetention, inboxRetentionMs } from '../src/inbox-retention.js';
import { deadLetterRetentionMs, messageRetentionMs } from '../src/topics.js';
import { Harness } from './harness.js';

const harness = new Harness();
const retentionMs = inboxRetentionMs(undefined);
afterAll(() => harness.close());

test('the inbox forgets what can no longer come back, and nothing else', async () => {
  const { pool } = await harness.database();
  await pool.query(
    `INSERT INTO inbox (consumer_group, message_id, fingerprint, received_at)
     SELECT 'g', gen_random_uuid(), '\\x00', clock_timestamp() - i * interval '1 day' FROM generate_series(0, 99) i`,
  );
  const retention = new InboxRetention(pool, retentionMs, createLogger({ service: 'test', level: 'silent' }));
  const removed = await retention.sweep();
  const { rows } = await pool.query<{ oldest: number }>(
    `SELECT extract(epoch FROM clock_timestamp() - min(received_at)) * 1000 AS oldest FROM inbox`,
  );
  expect(removed).toBeGreaterThan(0);
  expect(Number(rows[0]!.oldest)).toBeLessThan(retentionMs);
  expect(Number(rows[0]!.oldest)).toBeGreaterThan(messageRetentionMs + deadLetterRetentionMs);
});
