import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import type { Database } from '@florin/database';
import {
  type DeadLetter,
  DependencyUnavailableError,
  handle,
  handleExternal,
  type Messaging,
  PermanentError,
} from '@florin/messaging';
import { createLogger } from '@florin/observability';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { CarefulDelivery, ProcessKillerError } from '../src/careful-delivery.js';
import type { FetchedRecord } from '../src/delivery.js';
import { createKafka } from '../src/kafka.js';
import { eventually, Harness, notes } from './harness.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
const harnesses: Harness[] = [];
const closeAdmins: (() => Promise<void>)[] = [];
/** Kafka's number for a topic in requests about configuration. */
const topicResource = 2;
afterAll(async () => {
  for (const close of closeAdmins) await close();
  for (const harness of harnesses) await harness.close();
});

async function prepare(): Promise<{ harness: Harness; database: Database; messaging: Messaging }> {
  const harness = new Harness();
  harnesses.push(harness);
  const database = await harness.database();
  return { harness, database, messaging: harness.messaging('wallet', database) };
}

const note = handle(OpenWallet, async (unit, messages) => {
  await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
    messages.map(({ value }) => value.name),
  ]);
});

/** All messages of one key, so that they share a partition and keep their order. */
async function sendAll(messaging: Messaging, ...names: string[]): Promise<void> {
  const key = uuidv7();
  await messaging.transaction(async (unit) => {
    for (const name of names) {
      unit.send(OpenWallet, key, { walletId: key, ownerId: key, walletType: 'personal-usd', name });
    }
  });
}

const runs: CarefulDelivery[] = [];
/** A consumer that has just been assigned its partitions. */
async function assigned({ pool }: Database): Promise<CarefulDelivery> {
  const careful = new CarefulDelivery('g', pool, createLogger({ service: 'test', level: 'silent' }));
  runs.push(careful);
  await careful.begin();
  await careful.assess();
  return careful;
}
afterEach(async () => {
  for (const run of runs.splice(0)) await run.end();
});

describe('a record that kills the process', () => {
  const record = {
    topic: 't',
    partition: 0,
    message: { offset: '7' },
    failure: undefined,
  } as unknown as FetchedRecord;

  test('is named after three starts without an end, and its neighbour is not', async () => {
    const { database } = await prepare();
    const begin = async () => {
      const careful = await assigned(database);
      // What a process that is gone does not do any more; the others were silent for long.
      await database.pool.query(`UPDATE consumer_run SET seen_at = seen_at - interval '1 minute'`);
      return careful;
    };
    const first = await begin();
    expect(first.isSuspicious(record)).toBe(false);
    // No `end`: the process is gone, as after each of the next three attempts.
    for (let i = 0; i < 3; i++) {
      const after = await begin();
      expect(after.isSuspicious(record)).toBe(true);
      await new Promise<void>((started) => {
        void after.alone(record, () => {
          started();
          return new Promise<never>(() => undefined);
        });
      });
    }
    const last = await begin();
    const verdict = await last.alone(record, async (killer) => ({ done: 1, killer }));
    expect(verdict.killer).toBeInstanceOf(ProcessKillerError);
    const next = { ...record, message: { offset: '8' } } as unknown as FetchedRecord;
    expect((await last.alone(next, async (killer) => ({ done: 1, killer }))).killer).toBeUndefined();
  });

  test('is not looked for because other consumers of the group are alive, and is once one falls silent', async () => {
    const { database } = await prepare();
    await assigned(database);
    const replica = await assigned(database);
    expect(replica.isSuspicious(record)).toBe(false);
    await database.pool.query(
      `INSERT INTO consumer_run VALUES (gen_random_uuid(), 'g', clock_timestamp() - interval '7 seconds')`,
    );
    // The partitions of the one that died are assigned to this one, which runs all the while.
    await replica.assess();
    expect(replica.isSuspicious(record)).toBe(true);
    await replica.alone(record, async () => ({ done: 500 }));
    for (let i = 1; i < 1_000; i++) await replica.alone(record, async () => ({ done: 1 }));
    expect(replica.isSuspicious(record)).toBe(false);
    await replica.assess();
    expect(replica.isSuspicious(record)).toBe(false);
  });

  test('keeps its count while another consumer stops', async () => {
    const { database } = await prepare();
    const [stays, leaves] = [await assigned(database), await assigned(database)];
    await stays.alone(record, () => Promise.resolve({ done: 0 }));
    void stays.alone(record, () => new Promise<never>(() => undefined));
    const starts = async () => (await database.pool.query('SELECT starts FROM delivery_start')).rows;
    await eventually(async () => ((await starts()).length === 1 ? true : undefined));
    await leaves.end();
    expect(await starts()).toHaveLength(1);
  });

  test('is not one that fails or waits again and again', async () => {
    const { database } = await prepare();
    await database.pool.query(
      `INSERT INTO consumer_run VALUES (gen_random_uuid(), 'g', clock_timestamp() - interval '1 minute')`,
    );
    const careful = await assigned(database);
    for (let i = 0; i < 3; i++) {
      await careful.alone(record, async () => ({ done: 0 }));
      const failed = careful.alone(record, () => Promise.reject(new Error('Kafka is away')));
      await expect(failed).rejects.toThrow('away');
    }
    expect((await careful.alone(record, async (killer) => ({ done: 1, killer }))).killer).toBeUndefined();
  });

  test('goes to the dead letters, and what is behind it is applied', async () => {
    const { harness, database, messaging } = await prepare();
    const topic = `${harness.topicPrefix}wallet.commands`;
    await database.pool.query(
      `INSERT INTO consumer_run VALUES (gen_random_uuid(), 'wallet', clock_timestamp() - interval '1 minute')`,
    );
    await database.pool.query(
      `INSERT INTO delivery_start SELECT 'wallet', $1, partition, 0, 3 FROM generate_series(0, 1) AS partition`,
      [topic],
    );
    const letters: DeadLetter[] = [];
    messaging.consume({ group, handlers: [note] });
    messaging.consumeDeadLetters({
      groupName: 'dead-letters',
      apply: async (_unit, found) => void letters.push(...found),
    });
    await messaging.start();
    await sendAll(messaging, 'the killer', 'behind the killer');
    const letter = await eventually(async () => letters[0]);
    expect(letter.failure.errorCode).toBe('process-killer');
    await eventually(async () => ((await notes(database)).length === 1 ? true : undefined));
    expect(await notes(database)).toEqual(['behind the killer']);
  });
});

test('beyond its limit of dead letters a group waits and says that it is not ready', async () => {
  const { database, messaging } = await prepare();
  const letters: DeadLetter[] = [];
  messaging.consume({
    group,
    deadLettersPerMinute: 3,
    handlers: [
      handle(OpenWallet, async () => {
        throw new PermanentError('bad-deploy', 'everything fails');
      }),
    ],
  });
  messaging.consumeDeadLetters({
    groupName: 'dead-letters',
    apply: async (_unit, found) => void letters.push(...found),
  });
  await messaging.start();
  await sendAll(messaging, ...Array.from({ length: 10 }, (_, i) => `fails ${i}`));
  await eventually(async () => (letters.length >= 3 && !messaging.isReady() ? true : undefined));
  expect(letters).toHaveLength(3);
  expect(await notes(database)).toEqual([]);
});

test('dead letters that cannot be sent at first count against the limit once', async () => {
  const { harness, messaging } = await prepare();
  const letters: DeadLetter[] = [];
  let attempts = 0;
  messaging.consume({
    group,
    deadLettersPerMinute: 5,
    handlers: [
      handle(OpenWallet, async () => {
        attempts++;
        throw new PermanentError('poison', 'never');
      }),
    ],
  });
  messaging.consumeDeadLetters({
    groupName: 'dead-letters',
    apply: async (_unit, found) => void letters.push(...found),
  });
  await messaging.start();
  const limitBytes = await limitOfTopic(`${harness.topicPrefix}wallet.commands.wallet.dlq`);
  // Kafka shows a limit a moment before it holds, and takes up settings one by one: when the second shows, the first holds.
  await limitBytes(11);
  await limitBytes(10);
  await sendAll(messaging, 'a', 'b', 'c');
  // Three records in a batch, and each failing one is found alone: this is the third round.
  await eventually(async () => (attempts > 10 ? true : undefined), 90_000);
  await limitBytes(1_000_000);
  await eventually(async () => (letters.length >= 3 ? true : undefined));
  await eventually(async () => (messaging.isReady() ? true : undefined));
  // The consumer is restarted with a growing back-off before each round.
}, 180_000);

/** Kafka refuses records that are larger than the topic allows, at once and for good. */
async function limitOfTopic(name: string): Promise<(bytes: number) => Promise<void>> {
  const admin = createKafka({
    clientId: 'test',
    brokers: process.env.KAFKA_BROKERS!.split(','),
    logger: createLogger({ service: 'test', level: 'silent' }),
  }).admin();
  await admin.connect();
  closeAdmins.push(() => admin.disconnect());
  const topic = { type: topicResource, name };
  const setting = 'max.message.bytes';
  const shown = async () => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ ...topic, configNames: [setting] }],
    });
    return resources[0]?.configEntries[0]?.configValue;
  };
  return async (bytes) => {
    const value = String(bytes);
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ ...topic, configEntries: [{ name: setting, value }] }],
    });
    await eventually(async () => ((await shown()) === value ? true : undefined));
  };
}

test('an open breaker pauses the partition, counts no attempt, and the message is applied when it closes', async () => {
  const { database, messaging } = await prepare();
  const attempts: number[] = [];
  messaging.consume({
    group,
    handlers: [
      handleExternal(OpenWallet, {
        perform: async (message) => {
          attempts.push(message.attempt);
          if (attempts.length < 4) throw new DependencyUnavailableError('provider', 100);
          return 'answered';
        },
        apply: async (unit, items) => {
          await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
            items.map(({ message, result }) => `${message.value.name}: ${result}`),
          ]);
        },
      }),
    ],
  });
  await messaging.start();
  await sendAll(messaging, 'patient');
  await eventually(async () => ((await notes(database)).length === 1 ? true : undefined));
  expect(await notes(database)).toEqual(['patient: answered']);
  expect(attempts).toEqual([1, 1, 1, 1]);
});
