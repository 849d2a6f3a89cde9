import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import type { Database } from '@florin/database';
import { handle, type Messaging } from '@florin/messaging';
import { createMetrics, type Registry } from '@florin/observability';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually, Harness, type HarnessOptions, notes } from './harness.js';
import { OwnServer } from './own-server.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
let kafka: OwnServer;
let harness: Harness;
beforeAll(async () => {
  kafka = await OwnServer.start('kafka');
}, 180_000);
afterEach(() => harness.close(), 60_000);
afterAll(() => kafka.close(), 60_000);

const brokers = (): HarnessOptions => ({ brokers: [kafka.address] });

function consume(messaging: Messaging): void {
  messaging.consume({
    group,
    handlers: [
      handle(OpenWallet, async (unit, messages) => {
        await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
          messages.map(({ value }) => value.name),
        ]);
      }),
    ],
  });
}

async function send(messaging: Messaging, ...names: string[]): Promise<void> {
  const key = uuidv7();
  await messaging.transaction(async (unit) => {
    for (const name of names) {
      unit.send(OpenWallet, key, { walletId: key, ownerId: key, walletType: 'personal-usd', name });
    }
  });
}

const noted = (database: Database, ...names: string[]) =>
  eventually(async () => {
    const found = await notes(database);
    return names.every((name) => found.includes(name)) ? found : undefined;
  }, 60_000);

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function until(condition: () => boolean, timeoutMs = 60_000): Promise<void> {
  await eventually(async () => (condition() ? true : undefined), timeoutMs);
}

describe('while Kafka is away', () => {
  test.each(['killed', 'frozen'])(
    'an idle service is not ready within 10 s, and by itself again afterwards: %s',
    async (how) => {
      harness = new Harness();
      const database = await harness.database();
      const messaging = harness.messaging('wallet', database, brokers());
      consume(messaging);
      await messaging.start();
      await send(messaging, 'before');
      await noted(database, 'before');
      await until(() => messaging.isReady());

      if (how === 'killed') await kafka.kill();
      else kafka.freeze();
      expect(await elapsedMs(() => until(() => !messaging.isReady()))).toBeLessThan(10_000);
      await send(messaging, 'meanwhile');
      if (how === 'killed') await kafka.restart();
      else kafka.thaw();
      await until(() => messaging.isReady());
      expect(await noted(database, 'meanwhile')).toEqual(['before', 'meanwhile']);
    },
    150_000,
  );

  test('a service stops within 25 s', async () => {
    harness = new Harness();
    const messaging = harness.messaging('wallet', await harness.database(), brokers());
    consume(messaging);
    await messaging.start();
    await until(() => messaging.isReady());
    kafka.freeze();
    await send(messaging, 'stays in the outbox');
    expect(await elapsedMs(() => messaging.stop())).toBeLessThan(25_000);
    kafka.thaw();
  }, 90_000);
});

test.each(['killed', 'frozen'])(
  'while PostgreSQL is away, a service leaves its groups and stops within 25 s: %s',
  async (how) => {
    const postgres = await OwnServer.start('postgres');
    harness = new Harness();
    const database = await harness.database(postgres.address);
    const messaging = harness.messaging('wallet', database, brokers());
    consume(messaging);
    await messaging.start();
    await until(() => messaging.isReady());
    if (how === 'killed') await postgres.kill();
    else postgres.freeze();
    const tookMs = await elapsedMs(async () => {
      await messaging.stop();
      await database.close();
    });
    expect(tookMs).toBeLessThan(25_000);
    const other = harness.messaging('other', await harness.database(), brokers());
    consume(other);
    // The member has left: nobody has to wait until its session expires.
    const joinedMs = await elapsedMs(async () => {
      await other.start();
      await until(() => other.isReady());
    });
    expect(joinedMs).toBeLessThan(8_000);
    await postgres.close();
  },
  120_000,
);

test('a member that has lost a partition reports its lag no longer', async () => {
  harness = new Harness();
  const database = await harness.database();
  const metrics = createMetrics('wallet');
  const messaging = harness.messaging('wallet', database, { ...brokers(), metrics });
  consume(messaging);
  await messaging.start();
  for (let i = 0; i < 20; i++) await send(messaging, `n${i}`);
  await noted(database, 'n19');
  const topic = `${harness.topicPrefix}wallet.commands`;
  await eventually(async () => ((await lanesOf(metrics, topic)).length === 2 ? true : undefined));

  const second = harness.messaging('wallet', database, brokers());
  consume(second);
  await second.start();
  await until(() => second.isReady());
  await eventually(async () => ((await lanesOf(metrics, topic)).length === 1 ? true : undefined), 60_000);
}, 180_000);

async function lanesOf(metrics: Registry, topic: string): Promise<unknown[]> {
  const [lag] = (await metrics.getMetricsAsJSON()).filter(
    ({ name }) => name === 'messaging_consumer_lag_messages',
  );
  return lag!.values.filter(({ labels }) => labels.topic === topic);
}
