import {
  ApplicationProgressed,
  ApplicationTypeDefined,
  ApplicationTypeRefused,
  type BodyOf,
  type Entry,
  HoldCaptured,
  HoldPlaced,
  NotificationCreated,
  NotificationDelivered,
  TransactionCompleted,
  TransactionDeclined,
  TransactionFailed,
  TransactionReversed,
  WalletOpened,
} from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { type Customer, EdgeFixture } from './edge-fixture.js';

let edge: EdgeFixture;
let ada: Customer;

beforeAll(async () => {
  edge = await EdgeFixture.create();
  ada = await edge.newCustomer();
});
afterAll(() => edge.close());

/** Sends events, each as a message of its own, and waits until all of them have been projected. */
async function project(
  send: (unit: Parameters<Parameters<typeof edge.double.messaging.transaction>[0]>[0]) => void,
) {
  await edge.double.messaging.transaction(async (unit) => send(unit));
  await edge.untilProjected();
}

function completed(walletId: string, entries: Entry[]): BodyOf<TransactionCompleted> {
  return {
    transactionId: uuidv7(),
    type: 'transfer',
    sourceWalletId: null,
    sourceOwnerId: null,
    destinationWalletId: walletId,
    destinationOwnerId: ada.id,
    amount: 10,
    fee: 0,
    currency: 'USD',
    description: null,
    createdAt: 1_000,
    completedAt: 2_000,
    entries,
    exchange: null,
    origin: null,
    hops: [],
  };
}
const entry = (walletId: string, sequence: number, posted: number): Entry => ({
  entryId: uuidv7(),
  walletId,
  sequence,
  amount: 10,
  heldChange: 0,
  posted,
  held: 0,
  available: posted,
});
const opened = (walletId: string): BodyOf<WalletOpened> => ({
  walletId,
  ownerId: ada.id,
  walletType: 'personal-usd',
  currency: 'USD',
  name: 'Mine',
  posted: 0,
  held: 0,
  available: 0,
});
const walletRow = async (id: string) =>
  (await edge.pool.query('SELECT * FROM wallets WHERE id = $1', [id])).rows[0];
const count = async (sql: string, id: string) => Number((await edge.pool.query(sql, [id])).rows[0].count);

describe('balances', () => {
  test('come from the entry with the highest sequence, in whatever order events arrive', async () => {
    const id = uuidv7();
    await project((unit) => unit.send(WalletOpened, id, opened(id)));
    for (const sequence of [2, 3, 1]) {
      const event = completed(id, [entry(id, sequence, sequence * 10)]);
      await project((unit) => unit.send(TransactionCompleted, event.transactionId, event));
    }
    expect(await walletRow(id)).toMatchObject({ posted: 30, balance_sequence: 3 });
    const { body } = await edge.call('GET', `/v1/wallets/${id}/statement`, { token: ada.token });
    expect(body.data.map((line: { runningBalance: number }) => line.runningBalance)).toEqual([10, 20, 30]);
  });

  test('and statements end before an entry that is still on its way', async () => {
    const id = uuidv7();
    await project((unit) => unit.send(WalletOpened, id, opened(id)));
    const shown: number[][] = [];
    for (const sequence of [1, 5, 3, 4, 2]) {
      const event = completed(id, [entry(id, sequence, sequence * 10)]);
      await project((unit) => unit.send(TransactionCompleted, event.transactionId, event));
      const { body } = await edge.call('GET', `/v1/wallets/${id}/statement`, { token: ada.token });
      shown.push(body.data.map((line: { runningBalance: number }) => line.runningBalance));
      expect(body.closingBalance).toBe(body.data.at(-1).runningBalance);
    }
    expect(shown).toEqual([[10], [10], [10], [10], [10, 20, 30, 40, 50]]);
    const balance = await edge.call('GET', `/v1/wallets/${id}/balance`, { token: ada.token });
    expect(balance.body.posted).toBe(50);
  });

  test('count what is held; a statement has lines for money that moved', async () => {
    const id = uuidv7();
    await project((unit) => unit.send(WalletOpened, id, opened(id)));
    const paid = completed(id, [entry(id, 1, 10)]);
    const holdId = uuidv7();
    const common = { holdId, currency: 'USD', postedAt: 2_000 };
    const system = '4d6e2c60-6f0a-5b0e-9c3b-0f2f6a1f6a10';
    const hold = (
      sequence: number,
      amount: number,
      heldChange: number,
      posted: number,
      held: number,
    ): Entry => ({
      ...entry(id, sequence, posted),
      amount,
      heldChange,
      held,
      available: posted - held,
    });
    await project((unit) => {
      unit.send(TransactionCompleted, paid.transactionId, paid);
      const placed = {
        ...common,
        walletId: id,
        amount: 7,
        expiresAt: 9_000,
        entries: [hold(2, 0, 7, 10, 7)],
      };
      unit.send(HoldPlaced, holdId, placed);
    });
    const balance = async () =>
      (await edge.call('GET', `/v1/wallets/${id}/balance`, { token: ada.token })).body;
    expect(await balance()).toMatchObject({ posted: 10, held: 7, available: 3 });
    await project((unit) => {
      const captured = { ...common, transactionId: uuidv7(), amount: 4, released: 3, remaining: 0 };
      const entries = [hold(3, -4, -4, 6, 3), hold(4, 0, -3, 6, 0), entry(system, 9, 4)];
      unit.send(HoldCaptured, holdId, { ...captured, entries });
    });
    expect(await balance()).toMatchObject({ posted: 6, held: 0, available: 6 });
    const { body } = await edge.call('GET', `/v1/wallets/${id}/statement`, { token: ada.token });
    expect(body.data.map(({ amount }: { amount: number }) => amount)).toEqual([10, -4]);
    expect(await count('SELECT count(*) FROM entries WHERE wallet_id = $1', system)).toBe(0);
  });

  test('survive that entries are known before their wallet', async () => {
    const id = uuidv7();
    const event = completed(id, [entry(id, 1, 10)]);
    await project((unit) => unit.send(TransactionCompleted, event.transactionId, event));
    await project((unit) => unit.send(WalletOpened, id, opened(id)));
    expect(await walletRow(id)).toMatchObject({
      status: 'active',
      posted: 10,
      balance_sequence: 1,
      complete_sequence: 1,
    });
  });

  test('of system accounts are not shown', async () => {
    const [id, system] = [uuidv7(), '4d6e2c60-6f0a-5b0e-9c3b-0f2f6a1f6a11'];
    await project((unit) => unit.send(WalletOpened, id, opened(id)));
    const event = completed(id, [entry(system, 77, -10), entry(id, 1, 10)]);
    await project((unit) => unit.send(TransactionCompleted, event.transactionId, event));
    expect(await count('SELECT count(*) FROM entries WHERE wallet_id = $1', system)).toBe(0);
    expect(await count('SELECT count(*) FROM entries WHERE wallet_id = $1', id)).toBe(1);
  });
});

describe('an event that comes again under another message id', () => {
  test('changes nothing about wallets, entries and transactions', async () => {
    const id = uuidv7();
    const event = completed(id, [entry(id, 1, 10)]);
    for (let i = 0; i < 3; i++) {
      await project((unit) => {
        unit.send(WalletOpened, id, opened(id));
        unit.send(TransactionCompleted, event.transactionId, event);
        unit.send(TransactionCompleted, event.transactionId, { ...event, completedAt: 9_999 });
      });
    }
    expect(await walletRow(id)).toMatchObject({ posted: 10, balance_sequence: 1 });
    expect(await count('SELECT count(*) FROM entries WHERE wallet_id = $1', id)).toBe(1);
    const { body } = await edge.call('GET', `/v1/transactions/${event.transactionId}`, { token: ada.token });
    expect(body.completedAt).toBe(new Date(2_000).toISOString());
  });

  test('never turns an outcome round', async () => {
    const id = uuidv7();
    const event = completed(id, [entry(id, 1, 10)]);
    const { entries: _, ...rest } = event;
    await project((unit) => unit.send(TransactionCompleted, event.transactionId, event));
    await project((unit) =>
      unit.send(TransactionDeclined, event.transactionId, { ...rest, declineReason: 'insufficient-funds' }),
    );
    const { body } = await edge.call('GET', `/v1/transactions/${event.transactionId}`, { token: ada.token });
    expect(body).toMatchObject({ status: 'completed' });
  });
});

test('an older state of an application never overwrites a newer one', async () => {
  const applicationId = uuidv7();
  const state = (status: string): BodyOf<ApplicationProgressed> => ({
    applicationId,
    applicantId: ada.id,
    type: 'credit-card',
    version: 1,
    status,
    steps: [],
    decisionOutcome: null,
    decisionReason: null,
    decidedBy: null,
    createdAt: 1_000,
  });
  await project((unit) => {
    unit.send(ApplicationProgressed, applicationId, state('in_progress'), { aggregateVersion: 2 });
    unit.send(ApplicationProgressed, applicationId, state('approved'), { aggregateVersion: 5 });
    unit.send(ApplicationProgressed, applicationId, state('in_progress'), { aggregateVersion: 4 });
  });
  await project((unit) =>
    unit.send(ApplicationProgressed, applicationId, state('submitted'), { aggregateVersion: 1 }),
  );
  const { body } = await edge.call('GET', `/v1/applications/${applicationId}`, { token: ada.token });
  expect(body.status).toBe('approved');
});

describe('the refusal of an application type', () => {
  const texts = { name: 'Loan', schema: '{}', workflow: '{}' };

  /** A version whose command nobody has answered yet, and what became of it. */
  async function pendingType() {
    const [code, correlationId] = [`p-${uuidv7()}`, uuidv7()];
    await edge.pool.query(
      `INSERT INTO application_types
         (id, code, version, name, schema, workflow, status, current, created_at, correlation_id)
       VALUES ($1 || ':1', $1, 1, 'Loan', '{}', '{}', 'pending', false, now(), $2)`,
      [code, correlationId],
    );
    const refuse = (reason: string, answered = correlationId) =>
      project((unit) => {
        const options = { correlationId: answered };
        unit.send(ApplicationTypeRefused, code, { code, name: null, reason }, options);
      });
    const define = () =>
      project((unit) => unit.send(ApplicationTypeDefined, code, { code, version: 1, ...texts }));
    const state = async () => {
      const text = 'SELECT status, refusal_reason AS reason, current FROM application_types WHERE code = $1';
      return (await edge.pool.query(text, [code])).rows;
    };
    return { refuse, define, state };
  }

  test('marks the version that was asked for by its command, once', async () => {
    const { refuse, state } = await pendingType();
    await refuse('first');
    await refuse('second');
    expect(await state()).toEqual([{ status: 'refused', reason: 'first', current: false }]);
  });

  test('that answers an earlier command leaves a later attempt alone', async () => {
    const { refuse, state } = await pendingType();
    await refuse('late', uuidv7());
    expect(await state()).toEqual([{ status: 'pending', reason: null, current: false }]);
  });

  test('never withdraws what is in force, and gives way to it', async () => {
    const { refuse, define, state } = await pendingType();
    const inForce = [{ status: 'active', reason: null, current: true }];
    await refuse('first');
    await define();
    expect(await state()).toEqual(inForce);
    await refuse('second');
    expect(await state()).toEqual(inForce);
  });
});

test('a notification that was delivered before its creation is known keeps both', async () => {
  const notificationId = uuidv7();
  const ids = { notificationId, customerId: ada.id, channel: 'email' };
  await project((unit) => unit.send(NotificationDelivered, notificationId, ids));
  await project((unit) =>
    unit.send(NotificationCreated, notificationId, { ...ids, template: 'welcome', subject: 'Hello' }),
  );
  const { body } = await edge.call('GET', '/v1/notifications', { token: ada.token });
  expect(body.data).toEqual([
    expect.objectContaining({
      id: notificationId,
      status: 'delivered',
      template: 'welcome',
      subject: 'Hello',
    }),
  ]);
});

describe('a transaction', () => {
  const shown = async (id: string) =>
    (await edge.call('GET', `/v1/transactions/${id}`, { token: ada.token })).body;

  test('that failed says why, and stays that way', async () => {
    const { entries: _, ...facts } = completed(uuidv7(), []);
    const id = facts.transactionId;
    await project((unit) => {
      unit.send(TransactionFailed, id, { ...facts, failureReason: 'timed-out' });
    });
    await project((unit) => unit.send(TransactionCompleted, id, { ...facts, entries: [] }));
    expect(await shown(id)).toMatchObject({ status: 'failed', declineReason: 'timed-out' });
  });

  test('that is reversed in parts says how much, and is reversed with the last part', async () => {
    const event = completed(uuidv7(), []);
    const { transactionId, sourceOwnerId, destinationOwnerId, amount, currency } = event;
    // Events are kept for those who listen.
    await edge.pool.query(
      'INSERT INTO event_listeners (owner_id, listened_at, since) VALUES ($1, now(), 0)',
      [ada.id],
    );
    const facts = { transactionId, sourceOwnerId, destinationOwnerId, amount, currency };
    await project((unit) => unit.send(TransactionCompleted, transactionId, event));
    expect(await shown(transactionId)).toMatchObject({ status: 'completed', reversedAmount: 0 });
    const states = [];
    for (const reversedAmount of [4, 3, 10]) {
      await project((unit) => unit.send(TransactionReversed, transactionId, { ...facts, reversedAmount }));
      const { status, reversedAmount: seen } = await shown(transactionId);
      states.push([status, seen]);
    }
    expect(states).toEqual([
      ['completed', 4],
      ['completed', 4],
      ['reversed', 10],
    ]);
  });
});
