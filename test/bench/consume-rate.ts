import { randomUUID } from 'node:crypto';
import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import { handle } from '@florin/messaging';
import { type MessagingWorld, perSecond, until } from './messaging-world.js';

export const consumeMessages = 50_000;
const batch = 500;
const group: ConsumerGroup = { name: 'wallet', service: 'bench', topics: ['wallet.commands'] };

/** Messages with ids of their own, published by the relay before anything is measured. */
export async function publishCommands(world: MessagingWorld, count = consumeMessages): Promise<void> {
  const producer = world.messaging();
  await producer.start();
  for (let sent = 0; sent < count; sent += batch) {
    await producer.transaction(async (unit) => {
      for (let i = 0; i < batch; i++) {
        const id = randomUUID();
        unit.send(OpenWallet, id, { walletId: id, ownerId: id, walletType: 'personal-usd', name: null });
      }
    });
  }
  await producer.stop();
}

/** Inbox and one effect row a message, in batches; from the first batch on, so that joining the group is not measured. */
export async function consumeRate(world: MessagingWorld): Promise<number> {
  const consumer = world.messaging();
  let applied = 0;
  consumer.consume({
    group,
    handlers: [
      handle(OpenWallet, async (unit, messages) => {
        await unit.tx.query('INSERT INTO effects SELECT * FROM unnest($1::uuid[])', [
          messages.map(({ value }) => value.walletId),
        ]);
        unit.afterCommit(() => {
          applied += messages.length;
        });
      }),
    ],
  });
  await consumer.start();
  await until(() => applied > 0);
  const before = applied;
  const startedAt = performance.now();
  await until(() => applied >= consumeMessages);
  const rate = perSecond(consumeMessages - before, startedAt);
  await consumer.stop();
  return rate;
}

/** Reads the same records and does nothing with them. */
export async function rawReadRate(world: MessagingWorld): Promise<number> {
  const consumer = world.kafka.consumer({ groupId: `${world.prefix}raw`, maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topics: [`${world.prefix}wallet.commands`], fromBeginning: true });
  let read = 0;
  let first: { readonly count: number; readonly atMs: number } | undefined;
  await consumer.run({
    eachBatch: async ({ batch: fetched }) => {
      read += fetched.messages.length;
      first ??= { count: read, atMs: performance.now() };
    },
  });
  await until(() => read >= consumeMessages);
  const rate = perSecond(consumeMessages - first!.count, first!.atMs);
  await consumer.disconnect();
  return rate;
}

/** The statements of a batch by themselves: no Kafka, no decoding, one transaction after the other. */
export async function rawApplyRate(world: MessagingWorld): Promise<number> {
  const batches = Array.from({ length: consumeMessages / batch }, () =>
    Array.from({ length: batch }, () => randomUUID()).sort(),
  );
  const fingerprint = Buffer.alloc(16, 7);
  const startedAt = performance.now();
  for (const ids of batches) {
    await world.database.transaction(async (tx) => {
      await tx.query({
        name: 'bench-inbox',
        text: `INSERT INTO inbox (consumer_group, message_id, fingerprint)
               SELECT $1, * FROM unnest($2::uuid[], $3::bytea[]) ON CONFLICT DO NOTHING RETURNING message_id`,
        values: ['bench', ids, ids.map(() => fingerprint)],
      });
      await tx.query('INSERT INTO effects SELECT * FROM unnest($1::uuid[])', [ids]);
    });
  }
  return perSecond(consumeMessages, startedAt);
}
