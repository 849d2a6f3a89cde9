import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import { type DeadLetter, handle, PermanentError } from '@florin/messaging';
import { createLogger } from '@florin/observability';
import { afterAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { createKafka } from '../src/kafka.js';
import { eventually, Harness, notes } from './harness.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
const count = 10_000;
const keys = Array.from({ length: 100 }, () => uuidv7());
const harness = new Harness();
afterAll(() => harness.close());

/** One in a hundred, at places that share no period with the keys. */
const isPoison = (i: number): boolean => (i * 7_919) % 100 === 13;
const keyOf = (i: number): string => keys[(i * 31 + Math.trunc(i / 100)) % keys.length]!;

test('1 % poison among 10,000 messages: all others are applied once, in order, also when all come again', async () => {
  const database = await harness.database();
  const letters: DeadLetter[] = [];
  const create = () => {
    const messaging = harness.messaging('wallet', database);
    messaging.consume({
      group,
      handlers: [
        handle(OpenWallet, async (unit, messages) => {
          const numbers = messages.map(({ value }) => Number(value.name));
          if (numbers.some(isPoison)) throw new PermanentError('poison', 'never');
          await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
            messages.map(({ value }) => value.name),
          ]);
        }),
      ],
    });
    messaging.consumeDeadLetters({
      groupName: 'dead-letters',
      apply: async (_unit, found) => void letters.push(...found),
    });
    return messaging;
  };
  const messaging = create();
  await messaging.start();
  const numbers = Array.from({ length: count }, (_, i) => i);
  const poison = numbers.filter(isPoison);
  expect(poison).toHaveLength(count / 100);
  const startedAt = performance.now();
  for (let from = 0; from < count; from += 500) {
    await messaging.transaction(async (unit) => {
      for (const i of numbers.slice(from, from + 500)) {
        const walletId = keyOf(i);
        unit.send(OpenWallet, walletId, {
          walletId,
          ownerId: walletId,
          walletType: 't',
          name: String(i).padStart(5, '0'),
        });
      }
    });
  }
  const dead = () => [...new Set(letters.map(({ payload }) => Number((payload as OpenWallet).name)))];
  const applied = async (): Promise<number> =>
    (await database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM effects')).rows[0]!.n;
  await eventually(async () => ((await applied()) >= count - poison.length ? true : undefined), 120_000);
  await eventually(async () => (dead().length >= poison.length ? true : undefined), 60_000);
  const tookMs = performance.now() - startedAt;
  process.stderr.write(`${count} messages, ${poison.length} of them poison: ${Math.round(tookMs)} ms\n`);

  const expectAppliedOnce = async (): Promise<void> => {
    const applied = (await notes(database)).map(Number);
    expect([...applied].sort((a, b) => a - b)).toEqual(numbers.filter((i) => !isPoison(i)));
    for (const key of keys) {
      const ofKey = applied.filter((i) => keyOf(i) === key);
      expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
    }
    expect(dead().sort((a, b) => a - b)).toEqual(poison);
  };
  await expectAppliedOnce();
  expect(letters.every(({ failure }) => failure.errorCode === 'poison' && failure.attempts === 1)).toBe(true);

  // The group begins again at the first record, as after its offsets were lost.
  await messaging.stop();
  const logger = createLogger({ service: 'test', level: 'silent' });
  const admin = createKafka({
    clientId: 'test',
    brokers: process.env.KAFKA_BROKERS!.split(','),
    logger,
  }).admin();
  await admin.connect();
  const groupId = `${harness.topicPrefix}wallet`;
  const topic = `${harness.topicPrefix}wallet.commands`;
  await admin.resetOffsets({ groupId, topic, earliest: true });
  letters.length = 0;
  const again = create();
  await again.start();
  await eventually(async () => {
    const [ends, [committed]] = [
      await admin.fetchTopicOffsets(topic),
      await admin.fetchOffsets({ groupId, topics: [topic] }),
    ];
    const isDone = ends.every(
      ({ partition, high }) => committed!.partitions.find((p) => p.partition === partition)!.offset === high,
    );
    return isDone ? true : undefined;
  }, 120_000);
  await eventually(async () => (dead().length >= poison.length ? true : undefined), 60_000);
  await admin.disconnect();
  await expectAppliedOnce();
}, 300_000);
