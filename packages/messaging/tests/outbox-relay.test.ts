import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import type { Database } from '@florin/database';
import { handle, type Messaging } from '@florin/messaging';
import { createLogger, createMetrics } from '@florin/observability';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { v7 as uuidv7 } from 'uuid';
import { createKafka } from '../src/kafka.js';
import { createMessagingMetrics } from '../src/metrics.js';
import { OrderedProducer } from '../src/ordered-producer.js';
import { OutboxLease } from '../src/outbox-lease.js';
import { OutboxRelay } from '../src/outbox-relay.js';
import { outboxShards, shardOf } from '../src/outbox-shard.js';
import type { AddressedMessage } from '../src/topic-messages.js';
import { eventually, Harness, notes } from './harness.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
const harness = new Harness();
const kafka = createKafka({
  clientId: 'relay-test',
  brokers: process.env.KAFKA_BROKERS!.split(','),
  logger: createLogger({ service: 'test', level: 'silent' }),
});
let database: Database;
let instances: Messaging[];

beforeAll(async () => {
  database = await harness.database();
  instances = [harness.messaging('one', database), harness.messaging('two', database)];
  for (const instance of instances) {
    instance.consume({
      group,
      handlers: [
        handle(OpenWallet, async (unit, messages) => {
          await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
            messages.map(({ value }) => value.name),
          ]);
        }),
      ],
    });
    await instance.start();
  }
  await database.pool.query(`CREATE TABLE aggregate (id int PRIMARY KEY, version int);
    INSERT INTO aggregate VALUES (1, 0)`);
});
afterAll(() => harness.close());

describe('two instances on one outbox', () => {
  test('publish the messages of a key in the order their transactions committed', async () => {
    const key = uuidv7();
    // Both instances write to the same aggregate; the row lock gives the commits their order.
    const write = (instance: Messaging) =>
      instance.transaction(async (unit) => {
        const { rows } = await unit.tx.query<{ version: number }>(
          'UPDATE aggregate SET version = version + 1 WHERE id = 1 RETURNING version',
        );
        unit.send(OpenWallet, key, {
          walletId: key,
          ownerId: key,
          walletType: 'personal-usd',
          name: `version ${rows[0]!.version}`,
        });
      });
    for (let i = 0; i < 50; i++) await Promise.all(instances.map(write));
    const seen = await eventually(async () => {
      const all = await notes(database);
      return all.length >= 100 ? all : undefined;
    });
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => `version ${i + 1}`));
  });

  test('hand over when one of them stops: nothing is left behind', async () => {
    await instances[0]!.stop();
    const key = uuidv7();
    await instances[1]!.transaction(async (unit) => {
      unit.send(OpenWallet, key, { walletId: key, ownerId: key, walletType: 't', name: 'after hand-over' });
    });
    await eventually(async () => ((await notes(database)).includes('after hand-over') ? true : undefined));
    expect(instances[1]!.isReady()).toBe(true);
  });
});

test('messages that together exceed what a broker takes at once all arrive, in order', async () => {
  const key = uuidv7();
  const long = 'x'.repeat(400 * 1024);
  const names = Array.from({ length: 6 }, (_, i) => `large ${i} ${long}`);
  await instances[1]!.transaction(async (unit) => {
    for (const name of names) {
      unit.send(OpenWallet, key, { walletId: key, ownerId: key, walletType: 't', name });
    }
  });
  const arrived = await eventually(async () => {
    const large = (await notes(database)).filter((note) => note.startsWith('large '));
    return large.length >= names.length ? large : undefined;
  });
  expect(arrived).toEqual(names);
});

describe('a leased shard', () => {
  test('given to another holder raises its epoch', async () => {
    const own = await harness.database();
    const first = new OutboxLease(own.pool);
    const second = new OutboxLease(own.pool);
    const before = await first.hold();
    expect(before.size).toBe(outboxShards);
    expect((await second.hold()).size).toBe(0);
    // What time would do to a holder that sleeps.
    await own.pool.query(`UPDATE outbox_lease SET expires_at = '-infinity'`);
    const after = await new OutboxLease(own.pool).hold();
    expect([...after.values()]).toEqual([...before.values()].map((epoch) => epoch + 1));
  });

  test('that was lost during a send: the rows are not deleted by the old holder, and the new one publishes them', async () => {
    const own = await harness.database();
    const enteredSend = gate();
    const frozen = gate();
    const sleepy = relayWith(own, async () => {
      enteredSend.resolve();
      await frozen.promise;
    });
    await insertOutbox(own, 'k', 'held up');
    sleepy.start();
    await enteredSend.promise;
    await own.pool.query(`UPDATE outbox_lease SET owner = gen_random_uuid(), epoch = epoch + 1`);
    frozen.resolve();
    await sleepy.stop();
    const { rows } = await own.pool.query<{ n: number }>('SELECT count(*) AS n FROM outbox');
    expect(rows[0]!.n).toBe(1);

    await own.pool.query(`UPDATE outbox_lease SET expires_at = '-infinity'`);
    const published: string[] = [];
    const heir = relayWith(own, async (batch) => {
      published.push(...batch.map(({ message }) => String(message.value)));
    });
    heir.start();
    await heir.stop();
    expect(published).toEqual(['held up']);
  });

  test('that the broker refuses waits; the others are published, and in the end it is as well', async () => {
    const own = await harness.database();
    const topic = `${harness.topicPrefix}narrow`;
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      // kafkajs gives up on the wait when the broker has not heard of the topic yet.
      waitForLeaders: false,
      topics: [{ topic, numPartitions: 1, configEntries: [{ name: 'max.message.bytes', value: '1000' }] }],
    });
    await eventually(async () => {
      const described = await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => undefined);
      return described?.topics[0]?.partitions.every(({ leader }) => leader >= 0) ? true : undefined;
    });
    const producer = new OrderedProducer(kafka);
    const relay = relayWith(own, (batch) => producer.send(batch));
    const [bad, good] = keysOfTwoShards();
    const tooLarge = 'x'.repeat(2_000);
    await insertOutbox(own, bad, tooLarge, topic);
    await insertOutbox(own, bad, 'behind the refused', topic);
    await insertOutbox(own, good, 'other shard', topic);
    relay.start();
    const remaining = () => own.pool.query<{ key: string }>('SELECT key FROM outbox ORDER BY id');
    await eventually(async () => ((await remaining()).rows.length === 2 ? true : undefined));
    expect((await remaining()).rows.map(({ key }) => key)).toEqual([bad, bad]);
    expect(await recordsOf(topic, 1)).toEqual(['other shard']);

    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: topic,
          configEntries: [{ name: 'max.message.bytes', value: '10000' }],
        },
      ],
    });
    await eventually(async () => ((await remaining()).rows.length === 0 ? true : undefined));
    expect(await recordsOf(topic, 3)).toEqual(['other shard', tooLarge, 'behind the refused']);
    await relay.stop();
    await producer.disconnect();
    await admin.disconnect();
  });
});

test('a batch is bounded in bytes: what waits behind large messages is not read with them', async () => {
  const own = await harness.database();
  for (let i = 0; i < 6; i++) await insertOutbox(own, 'k', 'x'.repeat(500 * 1024));
  const sizes: number[] = [];
  const relay = relayWith(own, async (batch) => {
    sizes.push(batch.length);
  });
  relay.start();
  await relay.stop();
  expect(sizes).toEqual([2, 2, 2]);
});

test('commits do not cut the back-off of a failing relay short', async () => {
  const own = await harness.database();
  let attempts = 0;
  const relay = relayWith(own, async () => {
    attempts++;
    throw Object.assign(new Error('no broker'), { name: 'KafkaJSConnectionError' });
  });
  await insertOutbox(own, 'k', 'waits');
  relay.start();
  await eventually(async () => (attempts > 0 ? true : undefined));
  const startedAt = performance.now();
  await eventually(async () => {
    relay.wake();
    return performance.now() - startedAt > 700 ? true : undefined;
  });
  // At least 50, 100, 200 and 400 ms lie between attempts; without a back-off there would be dozens.
  expect(attempts).toBeLessThanOrEqual(5);
  await relay.stop();
});

/** A relay whose way to Kafka the test decides; the database is real. */
function relayWith(own: Database, send: (batch: readonly AddressedMessage[]) => Promise<void>): OutboxRelay {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const metrics = createMessagingMetrics(createMetrics('test'), own.pool);
  return new OutboxRelay(own.pool, { send }, logger, metrics);
}

async function insertOutbox(own: Database, key: string, value: string, topic = 't'): Promise<void> {
  await own.pool.query(`INSERT INTO outbox (shard, topic, key, value) VALUES ($1, $2, $3, $4)`, [
    shardOf(key),
    topic,
    key,
    Buffer.from(value),
  ]);
}

/** Values of the first records of a topic with one partition. */
async function recordsOf(topic: string, count: number): Promise<string[]> {
  const consumer = kafka.consumer(`${topic}-${uuidv7()}`, { maxWaitMs: 50 });
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch }) => void values.push(...batch.messages.map(({ value }) => String(value))),
  });
  await eventually(async () => (values.length >= count ? true : undefined));
  await consumer.disconnect();
  return values;
}

function keysOfTwoShards(): [string, string] {
  const other = Array.from({ length: 100 }, (_, i) => `k${i}`).find((key) => shardOf(key) !== shardOf('k'));
  return ['k', other!];
}

function gate(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((r) => {
    resolve = r;
  });
  return { promise, resolve };
}
