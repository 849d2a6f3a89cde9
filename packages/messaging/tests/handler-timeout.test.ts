import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import type { Database } from '@florin/database';
import {
  type DeadLetter,
  type Handler,
  handle,
  handleExternal,
  type Messaging,
  type UnitOfWork,
} from '@florin/messaging';
import { afterEach, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually, Harness, notes } from './harness.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
const limitMs = 400;
let harness: Harness;
afterEach(() => harness.close());

/** A group whose handlers have 400 ms, with one retry tier. */
async function consume(handler: Handler): Promise<{
  database: Database;
  messaging: Messaging;
  letters: DeadLetter[];
}> {
  harness = new Harness();
  const database = await harness.database();
  const messaging = harness.messaging('wallet', database, { retryDelays: ['100ms'] });
  const letters: DeadLetter[] = [];
  messaging.consume({ group, handlers: [handler], timeouts: { applyMs: limitMs, performMs: limitMs } });
  messaging.consumeDeadLetters({
    groupName: 'dead-letters',
    apply: async (_unit, found) => void letters.push(...found),
  });
  await messaging.start();
  return { database, messaging, letters };
}

/** All of one key and in one transaction, so that they arrive as one batch and in order. */
async function sendAll(messaging: Messaging, names: readonly string[]): Promise<void> {
  const key = uuidv7();
  await messaging.transaction(async (unit) => {
    for (const name of names) {
      unit.send(OpenWallet, key, { walletId: key, ownerId: key, walletType: 'personal-usd', name });
    }
  });
}

const insertNotes = (unit: UnitOfWork, names: readonly (string | null)[]) =>
  unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [names]);

test('a handler that waits for ever is left behind: the rest is applied, nothing it does later has an effect', async () => {
  const late: Promise<unknown>[] = [];
  let resume = (): void => undefined;
  const resumed = new Promise<void>((resolve) => {
    resume = resolve;
  });
  const { database, messaging, letters } = await consume(
    handle(OpenWallet, async (unit, messages) => {
      const names = messages.map(({ value }) => value.name);
      await insertNotes(unit, names);
      if (!names.includes('hangs')) return;
      await resumed;
      const { walletId } = messages[0]!.value;
      unit.send(OpenWallet, walletId, {
        walletId,
        ownerId: walletId,
        walletType: 'personal-usd',
        name: 'sent late',
      });
      late.push(insertNotes(unit, ['inserted late']), unit.tx.query('COMMIT'));
      await Promise.allSettled(late);
    }),
  );
  const names = Array.from({ length: 60 }, (_, i) => (i === 17 ? 'hangs' : `healthy ${i}`));
  await sendAll(messaging, names);
  const letter = await eventually(async () => letters[0]);
  expect(letter.failure).toMatchObject({ errorCode: 'handler-timeout', attempts: 2 });
  const healthy = names.filter((name) => name !== 'hangs');
  expect(await notes(database)).toEqual(healthy);

  resume();
  await eventually(async () => (late.length >= 2 ? true : undefined));
  const settled = await Promise.allSettled(late);
  expect(settled.map(({ status }) => status)).toEqual(settled.map(() => 'rejected'));
  await sendAll(messaging, ['afterwards']);
  await eventually(async () => ((await notes(database)).includes('afterwards') ? true : undefined));
  expect(await notes(database)).toEqual([...healthy, 'afterwards']);
});

test('a statement that takes too long is cancelled by PostgreSQL and gives its locks back', async () => {
  const { database, messaging, letters } = await consume(
    handle(OpenWallet, async (unit, messages) => {
      await insertNotes(
        unit,
        messages.map(({ value }) => value.name),
      );
      await unit.tx.query('SELECT pg_sleep(30) WHERE $1', [
        messages.some(({ value }) => value.name === 'slow'),
      ]);
    }),
  );
  await sendAll(messaging, ['before', 'slow', 'behind']);
  const letter = await eventually(async () => letters[0]);
  expect(letter.failure.errorCode).toBe('handler-timeout');
  expect(await notes(database)).toEqual(['before', 'behind']);
  // Sooner than it would have ended by itself; PostgreSQL takes a moment to hear that the connection is gone.
  await eventually(async () => {
    const { rows } = await database.pool.query<{ n: number }>(
      `SELECT count(*) AS n FROM pg_stat_activity
       WHERE datname = current_database() AND state <> 'idle' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()`,
    );
    return rows[0]!.n === 0 ? true : undefined;
  }, 15_000);
});

test('an external call that takes too long is aborted and tried again, its late answer is ignored', async () => {
  const aborted: string[] = [];
  const { database, messaging } = await consume(
    handleExternal(OpenWallet, {
      perform: (message, signal) => {
        if (message.value.name !== 'slow' || message.attempt > 1) return Promise.resolve('in time');
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            aborted.push((signal.reason as { code: string }).code);
            resolve('too late');
          });
        });
      },
      apply: async (unit, items) => {
        await insertNotes(
          unit,
          items.map(({ message, result }) => `${message.value.name}: ${result}`),
        );
      },
    }),
  );
  await sendAll(messaging, ['quick', 'slow']);
  await eventually(async () => ((await notes(database)).length >= 2 ? true : undefined));
  expect(await notes(database)).toEqual(['quick: in time', 'slow: in time']);
  expect(aborted).toEqual(['handler-timeout']);
});
