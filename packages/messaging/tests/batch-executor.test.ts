import { randomBytes } from 'node:crypto';
import { OpenWallet } from '@florin/contracts';
import type { Database } from '@florin/database';
import { handle, type Messaging } from '@florin/messaging';
import { createLogger } from '@florin/observability';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { Delivery } from '../src/delivery.js';
import { createTestExecutor } from '../src/test-executor.js';
import { Harness } from './harness.js';

const harness = new Harness();
const logger = createLogger({ service: 'batch-executor', level: 'silent' });
const fullBatch = 500;
let database: Database;
let messaging: Messaging;
/** How many messages each transaction has that has begun, and what lets it go on. */
let begun: { readonly size: number; readonly release: () => void }[];

beforeAll(async () => {
  database = await harness.database();
  messaging = harness.messaging('batch-executor', database);
});
beforeEach(() => {
  begun = [];
});
afterAll(() => harness.close());

const handler = handle(OpenWallet, async (_unit, messages) => {
  await new Promise<void>((release) => begun.push({ size: messages.length, release }));
});

const executor = (...orderedTopics: string[]) =>
  createTestExecutor({ group: 'wallet', messaging, pool: database.pool, logger, orderedTopics });

function deliveries(count: number): Delivery[] {
  return Array.from({ length: count }, (_, i) => {
    const meta = { messageId: uuidv7(), deadlineAt: null };
    const message = { key: null, value: null, offset: String(i), headers: {} };
    return {
      record: { topic: 'wallet.commands', partition: 0, message, failure: undefined },
      fingerprint: randomBytes(16),
      received: {
        definition: OpenWallet,
        key: 'key',
        value: { meta } as Delivery['received']['value'],
        traceparent: undefined,
        attempt: 1,
      },
      handler,
    } as Delivery;
  });
}

async function hasBegun(transactions: number): Promise<readonly number[]> {
  while (begun.length < transactions) await database.pool.query('SELECT 1');
  return begun.map(({ size }) => size);
}

/** Longer than a transaction needs to begin: another one begins, and ends, meanwhile. */
async function meanwhile(): Promise<void> {
  for (let i = 0; i < 5; i++) await messaging.transaction(({ tx }) => tx.query('SELECT 1'));
}

test('what comes while a transaction runs shares the next one', async () => {
  const batches = executor();
  const first = batches.submit(deliveries(1));
  await hasBegun(1);
  const others = [1, 2, fullBatch - 4].map((count) => batches.submit(deliveries(count)));
  await meanwhile();
  expect(begun).toHaveLength(1);
  begun[0]!.release();
  await first;
  expect(await hasBegun(2)).toEqual([1, fullBatch - 1]);
  begun[1]!.release();
  const outcomes = (await Promise.all(others)).flat();
  expect(outcomes).toHaveLength(fullBatch - 1);
  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['applied']));
});

test('a second transaction runs beside the first when it is full, and no third', async () => {
  const batches = executor();
  const waiting = [1, fullBatch - 1, fullBatch].map((count) => batches.submit(deliveries(count)));
  expect(await hasBegun(2)).toEqual([fullBatch, fullBatch]);
  const last = batches.submit(deliveries(fullBatch));
  await meanwhile();
  expect(begun).toHaveLength(2);
  begun[1]!.release();
  await hasBegun(3);
  for (const { release } of begun) release();
  await Promise.all([...waiting, last]);
});

test('a second transaction does not begin for a few messages that much waits behind', async () => {
  const batches = executor();
  const first = batches.submit(deliveries(1));
  await hasBegun(1);
  const others = [10, fullBatch - 5].map((count) => batches.submit(deliveries(count)));
  await meanwhile();
  expect(begun).toHaveLength(1);
  for (const transactions of [2, 3]) {
    begun.at(-1)!.release();
    await hasBegun(transactions);
  }
  begun.at(-1)!.release();
  await Promise.all([first, ...others]);
  expect(begun.map(({ size }) => size)).toEqual([1, 10, fullBatch - 5]);
});

test('where messages wait for one another, there is one transaction at a time', async () => {
  const batches = executor('other.commands');
  const first = batches.submit(deliveries(1));
  await hasBegun(1);
  const second = batches.submit(deliveries(fullBatch));
  await meanwhile();
  expect(begun).toHaveLength(1);
  begun[0]!.release();
  await first;
  await hasBegun(2);
  begun[1]!.release();
  await second;
});
