import {
  type Entry,
  HoldCaptured,
  HoldPlaced,
  type MessageDefinition,
  type WalletOpened,
} from '@florin/contracts';
import { createDatabase, type Database } from '@florin/database';
import type { Received, UnitOfWork } from '@florin/messaging';
import { createLogger } from '@florin/observability';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { createTestDatabase, type TestDatabase } from '../../../test/env/test-database.js';
import { lockAhead } from '../src/consumers/lock-ahead.js';
import { projectEntries } from '../src/db/project-entries.js';
import { projectOpenedWallets } from '../src/db/project-opened-wallets.js';

/** Two edges project what belongs to one wallet at the same time, each in its transaction. */
let testDatabase: TestDatabase;
let database: Database;
const rounds = 40;

beforeAll(async () => {
  testDatabase = await createTestDatabase('edge');
  const logger = createLogger({ service: 'projection-test', level: 'silent' });
  database = createDatabase({
    url: testDatabase.url,
    applicationName: 'projection-test',
    maxConnections: 8,
    logger,
  });
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const opened = (walletId: string) =>
  ({
    walletId,
    ownerId: uuidv7(),
    walletType: 'personal-usd',
    currency: 'USD',
    name: 'Mine',
    posted: 0,
    held: 0,
    available: 0,
    meta: { occurredAt: 1_000 },
  }) as WalletOpened;

function entry(walletId: string, sequence: number): Entry & { transactionId: string; postedAt: number } {
  const balances = { posted: sequence * 10, held: 0, available: sequence * 10 };
  const ids = { entryId: uuidv7(), transactionId: uuidv7(), walletId };
  return { ...ids, sequence, amount: 10, heldChange: 0, postedAt: sequence, ...balances } as Entry & {
    transactionId: string;
    postedAt: number;
  };
}

type Unit = Parameters<typeof projectEntries>[0];
const inTransaction = (work: (unit: Unit) => Promise<unknown>) =>
  database.transaction((tx, pending) => work({ tx, pending }));
const wallet = async (id: string) =>
  (
    await database.pool.query(
      'SELECT posted, balance_sequence AS balance, complete_sequence AS complete FROM wallets WHERE id = $1',
      [id],
    )
  ).rows[0];

describe('two edges at once', () => {
  test('fill the gaps of a statement from both sides', async () => {
    for (let round = 0; round < rounds; round++) {
      const id = uuidv7();
      await inTransaction(({ tx }) => projectOpenedWallets(tx, [opened(id)]));
      await Promise.all(
        [[2, 4], [1, 5], [3]].map((sequences) =>
          inTransaction((unit) =>
            projectEntries(
              unit,
              sequences.map((sequence) => entry(id, sequence)),
            ),
          ),
        ),
      );
      expect(await wallet(id)).toEqual({ posted: 50, balance: 5, complete: 5 });
    }
  });

  test('open a wallet and project its first entries', async () => {
    for (let round = 0; round < rounds; round++) {
      const id = uuidv7();
      await Promise.all([
        inTransaction((unit) => projectEntries(unit, [entry(id, 1), entry(id, 2)])),
        inTransaction(({ tx }) => projectOpenedWallets(tx, [opened(id)])),
      ]);
      expect(await wallet(id)).toEqual({ posted: 20, balance: 2, complete: 2 });
    }
  });
});

describe('two transactions at once, of two edges or of one under backlog', () => {
  /** How often each had to begin. */
  let runs: { first: number; second: number };
  beforeEach(() => {
    runs = { first: 0, second: 0 };
  });

  /** The second begins when the first has done its first half, and has to wait for it; then comes the other half. */
  async function crossing(
    [firstHalf, otherHalf]: readonly ((unit: Unit) => Promise<unknown>)[],
    second: (unit: Unit) => Promise<unknown>,
  ): Promise<void> {
    let waiting: Promise<unknown> | undefined;
    await inTransaction(async (unit) => {
      runs.first++;
      await firstHalf!(unit);
      waiting ??= inTransaction((other) => {
        runs.second++;
        return second(other);
      });
      await somebodyWaits();
      await otherHalf!(unit);
    });
    await waiting;
  }

  async function somebodyWaits(): Promise<void> {
    for (;;) {
      const { rows } = await database.pool.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      if (rows.length > 0) return;
    }
  }

  const openedWallet = async (): Promise<string> => {
    const id = uuidv7();
    await inTransaction(({ tx }) => projectOpenedWallets(tx, [opened(id)]));
    return id;
  };
  const about = (definition: MessageDefinition<never>, ...entries: Entry[]) =>
    ({ definition, value: { entries } }) as unknown as Received;

  test('do not wait for each other over an entry that both are told of', async () => {
    const id = await openedWallet();
    const twice = entry(id, 2);
    await crossing(
      [(unit) => projectEntries(unit, [entry(id, 1)]), (unit) => projectEntries(unit, [twice])],
      (unit) => projectEntries(unit, [twice]),
    );
    expect(runs).toEqual({ first: 1, second: 1 });
    expect(await wallet(id)).toEqual({ posted: 20, balance: 2, complete: 2 });
  });

  test('do not wait for each other over wallets that they meet in different projections', async () => {
    const [low, high] = [await openedWallet(), await openedWallet()].sort() as [string, string];
    const batch = [
      about(HoldPlaced as MessageDefinition<never>, entry(high, 1)),
      about(HoldCaptured as MessageDefinition<never>, entry(low, 1)),
    ];
    await crossing(
      [
        async (unit) => {
          await lockAhead(unit as UnitOfWork, batch);
          await projectEntries(unit, [entry(high, 1)]);
        },
        (unit) => projectEntries(unit, [entry(low, 1)]),
      ],
      (unit) => projectEntries(unit, [entry(low, 2), entry(high, 2)]),
    );
    expect(runs).toEqual({ first: 1, second: 1 });
    expect(await wallet(low)).toEqual({ posted: 20, balance: 2, complete: 2 });
    expect(await wallet(high)).toEqual({ posted: 20, balance: 2, complete: 2 });
  });
});
