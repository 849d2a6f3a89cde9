import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import { type Handler, handle } from '@florin/messaging';
import { afterAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually, Harness } from './harness.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
const harness = new Harness();
afterAll(() => harness.close());

const messages = 60;
/** Four of these make a transaction. */
const weight = 500;

/** Notes each message with the transaction it was applied in; `poison` fails. */
const noteTransaction: Handler = {
  ...handle(OpenWallet, async (unit, received) => {
    if (received.some(({ value }) => value.name === 'poison')) throw new Error('poison');
    await unit.tx.query(
      `INSERT INTO effects (note) SELECT pg_current_xact_id()::text || ' ' || name FROM unnest($1::text[]) AS name`,
      [received.map(({ value }) => value.name)],
    );
  }),
  weigh: () => weight,
};

test('heavy messages that are fetched together share transactions up to the limit, in their order', async () => {
  const database = await harness.database();
  const sender = harness.messaging('sender', database, { partitions: 1 });
  await sender.start();
  const key = uuidv7();
  const names = Array.from({ length: messages }, (_, i) => (i === 30 ? 'poison' : String(i)));
  await sender.transaction(async (unit) => {
    for (const name of names) {
      unit.send(OpenWallet, key, { walletId: key, ownerId: key, walletType: 'personal-usd', name });
    }
  });
  await eventually(async () => {
    const { rows } = await database.pool.query<{ left: number }>('SELECT count(*) AS left FROM outbox');
    return rows[0]!.left === 0 ? true : undefined;
  });
  // All of them are in Kafka before the first fetch.
  const consumer = harness.messaging('wallet', database, { partitions: 1, retryDelays: ['1h'] });
  consumer.consume({ group, handlers: [noteTransaction] });
  await consumer.start();

  const rows = await eventually(async () => {
    const found = await database.pool.query<{ note: string }>('SELECT note FROM effects ORDER BY id');
    return found.rows.length === messages - 1 ? found.rows : undefined;
  });
  const applied = rows.map(({ note }) => note.split(' ') as [string, string]);
  expect(applied.map(([, name]) => name)).toEqual(names.filter((name) => name !== 'poison'));
  const perTransaction = new Map<string, number>();
  for (const [id] of applied) perTransaction.set(id, (perTransaction.get(id) ?? 0) + 1);
  expect(Math.max(...perTransaction.values())).toBe(4);
  // Fifteen runs of four; that of the message that fails is searched by halves.
  expect(perTransaction.size).toBe(16);
});
