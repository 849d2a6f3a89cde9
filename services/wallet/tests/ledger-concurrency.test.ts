import type { Database } from '@florin/database';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { postBatch } from '../src/db/post-batch.js';
import type { LedgerCommand } from '../src/domain/ledger-command.js';
import { createLedgerFixture, type LedgerFixture, transfer } from './ledger-fixture.js';

let ledger: LedgerFixture;
beforeAll(async () => {
  ledger = await createLedgerFixture();
});
afterAll(() => ledger.close());

/** Posts in a transaction that is not run again: a deadlock would surface as error 40P01. */
async function postOnce(instance: Database, commands: readonly LedgerCommand[]): Promise<number> {
  const tx = await instance.pool.connect();
  try {
    await tx.query('BEGIN');
    const { outcomes } = await postBatch(tx, commands, { now: Date.now(), shard: 0 });
    await tx.query('COMMIT');
    return outcomes.filter((outcome) => outcome.transfer.declineReason === null).length;
  } catch (error) {
    await tx.query('ROLLBACK');
    throw error;
  } finally {
    tx.release();
  }
}

async function checkBooks(): Promise<void> {
  const { rows } = await ledger.database.pool.query(
    `SELECT (SELECT sum(posted)::bigint FROM wallets WHERE currency = 'USD') AS books,
            (SELECT count(*) FROM wallets w WHERE posted <> (
               SELECT coalesce(sum(amount), 0) FROM entries e WHERE e.wallet_id = w.id)) AS wrong,
            (SELECT count(*) FROM wallets WHERE kind = 'customer' AND posted < 0) AS negative`,
  );
  expect(rows).toEqual([{ books: 0, wrong: 0, negative: 0 }]);
}

describe('two instances', () => {
  test('post crossing transfers without a deadlock', async () => {
    const wallets = await Promise.all(Array.from({ length: 6 }, () => ledger.openWallet(10_000)));
    const instances = [ledger.connect(), ledger.connect()];
    const rounds = 40;
    const posted = await Promise.all(
      instances.flatMap((instance, who) =>
        [0, 1].map(async (lane) => {
          let count = 0;
          for (let round = 0; round < rounds; round++) {
            const batch = wallets.map((from, i) => transfer(from, wallets[(i + 1 + lane) % 6]!, 3));
            // One instance names the wallets upwards, the other downwards.
            count += await postOnce(instance, who === 0 ? batch : batch.reverse());
          }
          return count;
        }),
      ),
    );
    expect(posted).toEqual([240, 240, 240, 240]);
    await checkBooks();
  });

  test('cannot spend one balance twice', async () => {
    const instances = [ledger.connect(), ledger.connect()];
    for (let round = 0; round < 15; round++) {
      const source = await ledger.openWallet(100);
      const target = await ledger.openWallet(0);
      const posted = await Promise.all(
        Array.from({ length: 8 }, (_, i) => postOnce(instances[i % 2]!, [transfer(source, target, 30)])),
      );
      expect(posted.reduce((sum, count) => sum + count, 0)).toBe(3);
      expect([await ledger.balance(source), await ledger.balance(target)]).toEqual([10, 90]);
    }
    await checkBooks();
  });

  test('that get the same transaction at once post it once', async () => {
    const instances = [ledger.connect(), ledger.connect()];
    const source = await ledger.openWallet(1_000);
    const target = await ledger.openWallet(0);
    for (let round = 0; round < 15; round++) {
      const command = transfer(source, target, 1);
      const posted = await Promise.all(
        Array.from({ length: 6 }, (_, i) => postOnce(instances[i % 2]!, [command])),
      );
      expect(posted.reduce((sum, count) => sum + count, 0)).toBe(1);
    }
    expect(await ledger.balance(target)).toBe(15);
  });
});
