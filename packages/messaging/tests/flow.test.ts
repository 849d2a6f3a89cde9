import { type ConsumerGroup, DeadLetterReplayed, OpenWallet, WalletRefused } from '@florin/contracts';
import type { Database } from '@florin/database';
import {
  type DeadLetter,
  handle,
  type Messaging,
  PermanentError,
  RetryableError,
  type UnitOfWork,
  UnsendableMessageError,
} from '@florin/messaging';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually, Harness, notes } from './harness.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
const harness = new Harness();
const deadLetters: DeadLetter[] = [];
const outcomes: string[] = [];
const failing = new Map<string, Error>();
let database: Database;
let messaging: Messaging;

/** Sends OpenWallet whose name says what the handler should do with it. */
function send(unit: UnitOfWork, name: string, key = uuidv7()): string {
  return unit.send(OpenWallet, key, { walletId: key, ownerId: uuidv7(), walletType: 'personal-usd', name });
}

beforeAll(async () => {
  database = await harness.database();
  messaging = harness.messaging('wallet', database);
  messaging.consume({
    group,
    handlers: [
      handle(OpenWallet, async (unit, messages) => {
        for (const { value } of messages) {
          const error = failing.get(value.name ?? '');
          if (error) throw error;
        }
        await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
          messages.map(({ value }) => value.name),
        ]);
      }),
    ],
  });
  messaging.consume({
    group: { name: 'outcomes', service: 'wallet', topics: ['ops.events'] },
    handlers: [
      handle(DeadLetterReplayed, async (_unit, messages) => {
        outcomes.push(...messages.map(({ value }) => value.outcome));
      }),
    ],
  });
  messaging.consumeDeadLetters({
    groupName: 'dead-letters',
    apply: async (_unit, letters) => {
      deadLetters.push(...letters);
    },
  });
  await messaging.start();
});
afterAll(() => harness.close());

const noteOf = (name: string) =>
  eventually(async () => ((await notes(database)).includes(name) ? name : undefined));
const deadLetterOf = (name: string) =>
  eventually(async () =>
    deadLetters.find((d) => (d.payload as { name?: string } | undefined)?.name === name),
  );

describe('a message', () => {
  test('sent in a transaction that commits is applied once', async () => {
    await messaging.transaction(async (unit) => send(unit, 'committed'));
    await noteOf('committed');
    const left = await eventually(async () => {
      const { rows } = await database.pool.query<{ n: number }>('SELECT count(*) AS n FROM outbox');
      return rows[0]!.n === 0 ? rows[0] : undefined;
    });
    expect(left.n).toBe(0);
    expect((await notes(database)).filter((n) => n === 'committed')).toHaveLength(1);
  });

  test('sent in a transaction that rolls back never reaches Kafka', async () => {
    const rolledBack = messaging.transaction(async (unit) => {
      send(unit, 'rolled back');
      throw new Error('business rule');
    });
    await expect(rolledBack).rejects.toThrow('business rule');
    await messaging.transaction(async (unit) => send(unit, 'after the rollback'));
    await noteOf('after the rollback');
    expect(await notes(database)).not.toContain('rolled back');
  });

  test('that does not fit its schema rolls the business transaction back', async () => {
    const unsendable = messaging.transaction(async (unit) => {
      await unit.tx.query(`INSERT INTO effects (note) VALUES ('half done')`);
      unit.send(WalletRefused, uuidv7(), { walletId: uuidv7(), ownerId: uuidv7() } as never);
    });
    await expect(unsendable).rejects.toThrow(UnsendableMessageError);
    expect(await notes(database)).not.toContain('half done');
  });

  test('keeps the order of its key', async () => {
    const key = uuidv7();
    for (let i = 0; i < 50; i++) await messaging.transaction(async (unit) => send(unit, `ordered ${i}`, key));
    await noteOf('ordered 49');
    const seen = (await notes(database)).filter((n) => n.startsWith('ordered '));
    expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => `ordered ${i}`));
  });
});

describe('a failing message', () => {
  test('is isolated: the rest of its batch is applied', async () => {
    failing.set('poison', new PermanentError('poison', 'never'));
    await messaging.transaction(async (unit) => {
      for (let i = 0; i < 40; i++) send(unit, i === 17 ? 'poison' : `healthy ${i}`);
    });
    const letter = await deadLetterOf('poison');
    const healthy = await eventually(async () => {
      const found = (await notes(database)).filter((n) => n.startsWith('healthy'));
      return found.length >= 39 ? found : undefined;
    });
    expect(new Set(healthy).size).toBe(39);
    expect(letter).toMatchObject({ group: 'wallet', messageName: 'florin.wallet.OpenWallet' });
    expect(letter.failure).toMatchObject({ errorCode: 'poison', attempts: 1 });
  });

  test('takes the retry topic and then succeeds', async () => {
    failing.set('flaky', new RetryableError('flaky', 'not now'));
    const timer = setInterval(() => failing.delete('flaky'), 100);
    await messaging.transaction(async (unit) => send(unit, 'flaky'));
    await noteOf('flaky');
    clearInterval(timer);
    expect((await notes(database)).filter((n) => n === 'flaky')).toHaveLength(1);
  });

  test('is dead after its last tier, and a replay applies it once', async () => {
    failing.set('broken', new RetryableError('broken', 'still not'));
    await messaging.transaction(async (unit) => send(unit, 'broken'));
    const letter = await deadLetterOf('broken');
    expect(letter.failure.attempts).toBe(2);
    failing.delete('broken');
    const item = { letter, replay: { replayId: uuidv7(), deadLetterId: uuidv7() } };
    await messaging.replay([item]);
    await noteOf('broken');
    await messaging.replay([item]);
    // The group reports each replay once it has dealt with it.
    const reported = await eventually(async () => (outcomes.length >= 2 ? outcomes : undefined));
    expect(reported).toEqual(['applied', 'duplicate']);
    expect((await notes(database)).filter((n) => n === 'broken')).toHaveLength(1);
  });
});
