import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import type { Database } from '@florin/database';
import { type Handler, handle, type Messaging } from '@florin/messaging';
import { createLogger } from '@florin/observability';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { type Admin, createKafka } from '../src/kafka.js';
import { eventually, Harness, notes } from './harness.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
const keys = Array.from({ length: 10 }, () => uuidv7());
const perKey = 30;
let harness: Harness;
let admin: Admin;
beforeAll(async () => {
  const logger = createLogger({ service: 'test', level: 'silent' });
  admin = createKafka({ clientId: 'test', brokers: process.env.KAFKA_BROKERS!.split(','), logger }).admin();
});
afterEach(async () => {
  await admin.disconnect();
  await harness.close();
});

/** Notes `<key>/<number>` of every message; `hold` runs first, inside the transaction. */
function noting(hold: () => Promise<void>): Handler {
  return handle(
    OpenWallet,
    async (unit, messages) => {
      await hold();
      await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
        messages.map(({ key, value }) => `${key}/${value.name}`),
      ]);
    },
    { applyMs: 25_000 },
  );
}

async function instance(database: Database, hold: () => Promise<void>): Promise<Messaging> {
  const messaging = harness.messaging('wallet', database);
  messaging.consume({ group, handlers: [noting(hold)] });
  return messaging;
}

async function sendAll(messaging: Messaging, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) {
    await messaging.transaction(async (unit) => {
      for (const walletId of keys) {
        const name = String(i).padStart(3, '0');
        unit.send(OpenWallet, walletId, { walletId, ownerId: walletId, walletType: 't', name });
      }
    });
  }
}

async function describeGroup(): Promise<{ state: string; members: string[] }> {
  const { groups } = await admin.describeGroups([`${harness.topicPrefix}wallet`]);
  return { state: groups[0]!.state, members: groups[0]!.members.map(({ memberId }) => memberId) };
}

/** Every effect once and in the order of its key, and every offset committed. */
async function expectOrder(database: Database, count: number): Promise<void> {
  await eventually(
    async () => ((await notes(database)).length >= keys.length * count ? true : undefined),
    60_000,
  );
  const found = await notes(database);
  const expected = Array.from({ length: count }, (_, i) => String(i).padStart(3, '0'));
  for (const key of keys) {
    expect(found.filter((note) => note.startsWith(key)).map((note) => note.slice(37))).toEqual(expected);
  }
  expect(found).toHaveLength(keys.length * count);
  const topic = `${harness.topicPrefix}wallet.commands`;
  await eventually(async () => {
    const ends = await admin.fetchTopicOffsets(topic);
    const [committed] = await admin.fetchOffsets({
      groupId: `${harness.topicPrefix}wallet`,
      topics: [topic],
    });
    const isDone = ends.every(
      ({ partition, high }) => committed!.partitions.find((p) => p.partition === partition)!.offset === high,
    );
    return isDone ? true : undefined;
  });
}

test('an instance that joins while a batch is in its transaction takes over without loss, repetition or disorder', async () => {
  harness = new Harness();
  await admin.connect();
  const database = await harness.database();
  let holding = false;
  let isHeld = true;
  const seen = { first: 0, second: 0 };
  const first = await instance(database, async () => {
    seen.first++;
    holding = true;
    // The batch has begun; it ends only when Kafka has told everyone to come together again.
    if (isHeld) {
      await eventually(async () =>
        (await describeGroup()).state === 'PreparingRebalance' ? true : undefined,
      );
    }
    isHeld = false;
  });
  const second = await instance(database, async () => void seen.second++);
  await first.start();
  await sendAll(first, 0, 3);
  await eventually(async () => (holding ? true : undefined));
  const joined = second.start();
  await sendAll(first, 3, perKey);
  await joined;
  await eventually(async () => ((await describeGroup()).members.length === 2 ? true : undefined));
  await sendAll(first, perKey, perKey + 5);
  await expectOrder(database, perKey + 5);
  // Both had a part: the test is about a partition that moved.
  expect(Math.min(seen.first, seen.second)).toBeGreaterThan(0);
}, 180_000);

test('a handler that takes longer than the session timeout stays a member of its group', async () => {
  harness = new Harness();
  await admin.connect();
  const database = await harness.database();
  const sessionTimeoutMs = 10_000;
  let startedAt = 0;
  const messaging = await instance(database, async () => {
    if (startedAt > 0) return;
    startedAt = performance.now();
    await eventually(
      async () => (performance.now() - startedAt > sessionTimeoutMs + 2_000 ? true : undefined),
      20_000,
    );
  });
  await messaging.start();
  await sendAll(messaging, 0, 2);
  await eventually(async () => (startedAt > 0 ? true : undefined));
  const before = await describeGroup();
  await sendAll(messaging, 2, 10);
  await expectOrder(database, 10);
  expect(performance.now() - startedAt).toBeGreaterThan(sessionTimeoutMs);
  expect(await describeGroup()).toEqual({ state: 'Stable', members: before.members });
  expect(messaging.isReady()).toBe(true);
}, 180_000);
