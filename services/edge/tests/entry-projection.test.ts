import type { Entry, WalletOpened } from '@florin/contracts';
import { createDatabase, type Database } from '@florin/database';
import { createLogger } from '@florin/observability';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { createTestDatabase, type TestDatabase } from '../../../test/env/test-database.js';
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
