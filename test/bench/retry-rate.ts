import { randomUUID } from 'node:crypto';
import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import { type DeadLetter, handle, handleExternal, PermanentError, RetryableError } from '@florin/messaging';
import { v7 as uuidv7 } from 'uuid';
import { publishCommands } from './consume-rate.js';
import { type MessagingWorld, perSecond, until } from './messaging-world.js';

export const retriedMessages = 2_000;
const batch = 500;
const group: ConsumerGroup = { name: 'wallet', service: 'bench', topics: ['wallet.commands'] };
const outcomes = 'messaging_handled_messages_total';

/**
 * Every message fails once, alone, after its batch: the worst case. From the first failure until all are applied, with
 * a delay of a millisecond in the retry topic.
 */
export async function retryRate(world: MessagingWorld): Promise<number> {
  await publishCommands(world, retriedMessages);
  const consumer = world.messaging();
  let failedAtMs: number | undefined;
  consumer.consume({
    group,
    handlers: [
      handle(OpenWallet, async (unit, messages) => {
        if (messages.some(({ attempt }) => attempt === 1)) {
          failedAtMs ??= performance.now();
          throw new RetryableError('bench', 'fails once');
        }
        await unit.tx.query('INSERT INTO effects SELECT * FROM unnest($1::uuid[])', [
          messages.map(({ value }) => value.walletId),
        ]);
      }),
    ],
  });
  await consumer.start();
  await until(async () => (await world.counted(outcomes, { outcome: 'applied' })) >= retriedMessages);
  const rate = perSecond(retriedMessages, failedAtMs!);
  await consumer.stop();
  return rate;
}

/** Dead letters on their way back to the group that failed, until each is applied and its outcome stored with it. */
export async function replayRate(world: MessagingWorld): Promise<number> {
  await publishCommands(world, retriedMessages);
  const core = world.messaging();
  const letters: DeadLetter[] = [];
  let broken = true;
  core.consume({
    group,
    deadLettersPerMinute: Number.MAX_SAFE_INTEGER,
    handlers: [
      handleExternal(OpenWallet, {
        perform: async () => {
          if (broken) throw new PermanentError('bench', 'broken');
        },
        apply: async (unit, items) => {
          await unit.tx.query('INSERT INTO effects SELECT * FROM unnest($1::uuid[])', [
            items.map(({ message }) => message.value.walletId),
          ]);
        },
      }),
    ],
  });
  core.consumeDeadLetters({
    groupName: 'bench-dead-letters',
    apply: async (_unit, found) => void letters.push(...found),
  });
  await core.start();
  await until(() => letters.length >= retriedMessages && core.isReady());
  broken = false;
  const startedAt = performance.now();
  for (let sent = 0; sent < retriedMessages; sent += batch) {
    const wave = letters.slice(sent, sent + batch);
    await core.replay(
      wave.map((letter) => ({ letter, replay: { replayId: uuidv7(), deadLetterId: randomUUID() } })),
    );
  }
  await until(async () => (await world.counted(outcomes, { outcome: 'applied' })) >= retriedMessages);
  const rate = perSecond(retriedMessages, startedAt);
  await core.stop();
  return rate;
}

/** As many messages sent and read once more by kafkajs alone. */
export async function rawRoundTripRate(world: MessagingWorld): Promise<number> {
  const topic = `${world.prefix}notification.events`;
  const producer = world.kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  const consumer = world.kafka.consumer({ groupId: `${world.prefix}${randomUUID()}`, maxWaitTimeInMs: 50 });
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topics: [topic] });
  let read = 0;
  await consumer.run({
    eachBatch: async ({ batch: fetched }) => {
      read += fetched.messages.length;
    },
  });
  const send = (messages: { key: string; value: Buffer }[]) =>
    producer.sendBatch({ acks: -1, topicMessages: [{ topic, messages }] });
  const value = Buffer.alloc(220, 7);
  // Once something arrives, the consumer has its partitions.
  await until(async () => {
    await send([{ key: 'ready', value }]);
    return read > 0;
  });
  const messages = Array.from({ length: batch }, () => ({ key: randomUUID(), value }));
  const before = read;
  const startedAt = performance.now();
  for (let sent = 0; sent < retriedMessages; sent += batch) await send(messages);
  await until(() => read >= before + retriedMessages);
  const rate = perSecond(retriedMessages, startedAt);
  await Promise.all([producer.disconnect(), consumer.disconnect()]);
  return rate;
}
