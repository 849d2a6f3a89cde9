import { createDatabase, type Database } from '@florin/database';
import type { UnitOfWork } from '@florin/messaging';
import { createLogger } from '@florin/observability';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { createTestDatabase, type TestDatabase } from '../../../test/env/test-database.js';
import { completeTransactions } from '../src/db/complete-transactions.js';
import { endUnmovedTransactions } from '../src/db/end-unmoved-transactions.js';
import { insertTransactions } from '../src/db/insert-transactions.js';
import { reverseTransactions } from '../src/db/reverse-transactions.js';
import type { Transaction, TransactionStatus } from '../src/domain/transaction.js';

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase('transaction');
  database = createDatabase({
    url: testDatabase.url,
    applicationName: 'transaction-states-test',
    maxConnections: 4,
    logger: createLogger({ service: 'transaction-states-test', level: 'silent' }),
  });
});
afterAll(async () => {
  await database?.close();
  await testDatabase?.drop();
});

const at = new Date('2026-03-01T12:00:00Z');

/** Every step, as the statement that takes it; each returns how many transactions it moved. */
const steps = {
  complete: (id: string) =>
    database.transaction((tx) => completeTransactions(tx, [{ transactionId: id, postedAt: +at }])),
  decline: (id: string) => end(id, 'decline'),
  fail: (id: string) => end(id, 'fail'),
  'reverse-in-part': (id: string) => reverse(id, 60),
  'reverse-in-full': (id: string) => reverse(id, 0),
};
type Step = keyof typeof steps;

function end(id: string, step: 'decline' | 'fail') {
  return database.transaction((tx) =>
    endUnmovedTransactions(tx, step, [{ transactionId: id, reason: 'because' }], at),
  );
}

function reverse(id: string, remaining: number) {
  return database.transaction((tx) => reverseTransactions(tx, [{ transactionId: id, remaining }]));
}

/** How each state is reached from the beginning. */
const ways: Record<TransactionStatus, readonly Step[]> = {
  pending: [],
  completed: ['complete'],
  declined: ['decline'],
  failed: ['fail'],
  reversed: ['complete', 'reverse-in-full'],
};

async function transactionIn(status: TransactionStatus): Promise<string> {
  const transaction: Transaction = {
    id: uuidv7(),
    type: 'transfer',
    status: 'pending',
    sourceWalletId: uuidv7(),
    sourceOwnerId: uuidv7(),
    destinationWalletId: uuidv7(),
    destinationOwnerId: uuidv7(),
    amount: 100,
    fee: 0,
    currency: 'USD',
    description: null,
    declineReason: null,
    createdAt: +at,
    completedAt: null,
    origin: null,
  };
  await database.transaction((tx) =>
    insertTransactions({ tx, expectsNew: false } as UnitOfWork, [transaction], transaction.createdAt),
  );
  for (const step of ways[status]) await steps[step](transaction.id);
  return transaction.id;
}

async function stateOf(id: string): Promise<{ status: string; reversed: number }> {
  const { rows } = await database.pool.query(
    'SELECT status, reversed_amount AS reversed FROM transactions WHERE id = $1',
    [id],
  );
  return rows[0] as { status: string; reversed: number };
}

describe('a step of a transaction', () => {
  const table: Record<TransactionStatus, Partial<Record<Step, { status: string; reversed: number }>>> = {
    pending: {
      complete: { status: 'completed', reversed: 0 },
      decline: { status: 'declined', reversed: 0 },
      fail: { status: 'failed', reversed: 0 },
    },
    completed: {
      'reverse-in-part': { status: 'completed', reversed: 40 },
      'reverse-in-full': { status: 'reversed', reversed: 100 },
    },
    declined: {},
    failed: {},
    reversed: {},
  };
  const cases = Object.entries(table).flatMap(([from, known]) =>
    (Object.keys(steps) as Step[]).map((step) => ({
      from: from as TransactionStatus,
      step,
      to: known[step],
    })),
  );

  test.each(cases)('$step from $from', async ({ from, step, to }) => {
    const id = await transactionIn(from);
    const before = await stateOf(id);
    const moved = await steps[step](id);
    expect(moved).toHaveLength(to ? 1 : 0);
    expect(await stateOf(id)).toEqual(to ?? before);
  });

  test('that gives back a part counts no part twice, in whatever order the ledger is heard', async () => {
    const id = await transactionIn('completed');
    expect(await reverse(id, 30)).toMatchObject([{ reversedAmount: 70, status: 'completed' }]);
    expect(await reverse(id, 60)).toEqual([]);
    expect(await reverse(id, 30)).toEqual([]);
    const both = [90, 0].map((remaining) => ({ transactionId: id, remaining }));
    const last = await database.transaction((tx) => reverseTransactions(tx, both));
    expect(last).toMatchObject([{ reversedAmount: 100, status: 'reversed' }]);
  });

  test.each([
    ['declined', `status = 'completed', decline_reason = NULL`],
    ['failed', `status = 'pending', decline_reason = NULL, completed_at = NULL`],
    ['completed', `status = 'pending', completed_at = NULL`],
    ['completed', `status = 'declined', decline_reason = 'x'`],
    ['reversed', `status = 'completed', reversed_amount = 0`],
  ] as const)('is refused by the table itself: %s with %s', async (status, change) => {
    const id = await transactionIn(status);
    const update = database.pool.query(`UPDATE transactions SET ${change} WHERE id = $1`, [id]);
    await expect(update).rejects.toMatchObject({ constraint: 'transactions_transition' });
  });

  test('is refused by the table itself when more is given back than there was, or less than before', async () => {
    const id = await transactionIn('completed');
    await reverse(id, 50);
    for (const [reversed, constraint] of [
      [101, /transactions_reversed/],
      [49, /transactions_transition/],
    ] as const) {
      const update = database.pool.query('UPDATE transactions SET reversed_amount = $2 WHERE id = $1', [
        id,
        reversed,
      ]);
      await expect(update).rejects.toMatchObject({ constraint: expect.stringMatching(constraint) });
    }
  });
});
