import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import type { Database } from '@florin/database';
import { type DeadLetter, handle, type Messaging, RetryableError } from '@florin/messaging';
import { afterEach, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually, Harness, type HarnessOptions, notes } from './harness.js';

const hourMs = 3_600_000;
let harness: Harness;
afterEach(() => harness.close());

interface Running {
  readonly database: Database;
  readonly messaging: Messaging;
  readonly letters: DeadLetter[];
  /** How often the next deliveries fail. */
  failures: number;
}

/** One group, whose handler fails as often as it is told to. */
async function consume(group: ConsumerGroup, options: HarnessOptions): Promise<Running> {
  harness = new Harness();
  const database = await harness.database();
  const messaging = harness.messaging('wallet', database, options);
  const running: Running = { database, messaging, letters: [], failures: 0 };
  messaging.consume({
    group,
    handlers: [
      handle(OpenWallet, async (unit, messages) => {
        if (running.failures-- > 0) throw new RetryableError('provider-busy', 'not now');
        await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
          messages.map(({ value, attempt }) => `${value.name} at attempt ${attempt}`),
        ]);
      }),
    ],
  });
  messaging.consumeDeadLetters({
    groupName: 'dead-letters',
    apply: async (_unit, found) => void running.letters.push(...found),
  });
  await messaging.start();
  return running;
}

async function send(messaging: Messaging, name: string): Promise<void> {
  const key = uuidv7();
  await messaging.transaction(async (unit) => {
    unit.send(OpenWallet, key, { walletId: key, ownerId: key, walletType: 'personal-usd', name });
  });
}

const wallet: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };

describe('the retry deadline', () => {
  test('ends the patience before the next tier, and says so beside the cause', async () => {
    const running = await consume(wallet, { retryDelays: ['100ms', '10s'], retryDeadline: '5s' });
    running.failures = 2;
    await send(running.messaging, 'late');
    const { failure } = await eventually(async () => running.letters[0]);
    expect(failure).toMatchObject({ errorCode: 'provider-busy', attempts: 2, gaveUp: 'deadline' });
    expect(failure.errorMessage).toBe('not now (the retry deadline of 5s has passed)');
  });

  test('counts anew from a replay, however old the first failure is', async () => {
    let laterMs = 0;
    const running = await consume(wallet, {
      clock: { now: () => Date.now() + laterMs },
      retryDelays: ['100ms', '200ms'],
      retryDeadline: '5s',
    });
    running.failures = 3;
    await send(running.messaging, 'revived');
    const letter = await eventually(async () => running.letters[0]);
    expect(letter.failure.gaveUp).toBe('attempts');

    laterMs = 2 * hourMs;
    running.failures = 1;
    await running.messaging.replay([{ letter, replay: { replayId: uuidv7(), deadLetterId: uuidv7() } }]);
    await eventually(async () => ((await notes(running.database)).length > 0 ? true : undefined));
    expect(await notes(running.database)).toEqual(['revived at attempt 2']);
    expect(running.letters).toHaveLength(1);
  });
});

test('a group with tiers of its own fails, retries and is replayed through them', async () => {
  const patient: ConsumerGroup = { ...wallet, retry: { delays: ['150ms', '250ms'], deadline: '1m' } };
  const running = await consume(patient, { retryDelays: undefined });
  running.failures = 3;
  await send(running.messaging, 'patient');
  const letter = await eventually(async () => running.letters[0]);
  expect(letter.failure).toMatchObject({ attempts: 3, gaveUp: 'attempts' });
  const topics = async () => (await running.messaging.admin.topics()).map(({ name }) => name);
  expect((await topics()).filter((name) => name.includes('.wallet.retry.'))).toEqual([
    'wallet.commands.wallet.retry.150ms',
    'wallet.commands.wallet.retry.250ms',
  ]);
  await running.messaging.replay([{ letter, replay: { replayId: uuidv7(), deadLetterId: uuidv7() } }]);
  await eventually(async () => ((await notes(running.database)).length > 0 ? true : undefined));
  expect(await notes(running.database)).toEqual(['patient at attempt 1']);
});
