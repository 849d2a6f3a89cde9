import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { type PostedBatch, postBatch } from '../src/db/post-batch.js';
import { type Batch, History, histories } from './history.js';
import { createLedgerFixture, dollars, type LedgerFixture } from './ledger-fixture.js';

let ledger: LedgerFixture;
beforeAll(async () => {
  ledger = await createLedgerFixture();
});
afterAll(() => ledger.close());

interface Line {
  readonly amount: number;
  readonly heldChange: number;
  readonly posted: number;
  readonly held: number;
}

async function statement(walletId: string): Promise<Line[]> {
  const { rows } = await ledger.database.pool.query<Line>(
    `SELECT amount, held_change AS "heldChange", posted, held FROM entries WHERE wallet_id = $1 ORDER BY sequence`,
    [walletId],
  );
  return rows;
}

test('any history of all operations ends like a small model of it: every verdict, balance and statement', async () => {
  const seed = Number(process.env.FC_SEED ?? (Math.random() * 2 ** 31) | 0);
  console.info(`fast-check seed ${seed}; run again with FC_SEED=${seed}`);
  await fc.assert(
    fc.asyncProperty(histories, (batches) => runAndCompare(batches)),
    { seed, numRuns: Number(process.env.FC_RUNS ?? 60) },
  );
  expect(await ledger.problems()).toEqual([]);
});

async function runAndCompare(batches: readonly Batch[]): Promise<void> {
  const overdraft = { ...dollars, code: 'overdraft-usd', overdraftLimit: 50 };
  const euros = { ...dollars, code: 'personal-eur', currency: 'EUR' };
  const wallets = [
    await ledger.openWallet(0),
    await ledger.openWallet(0, overdraft),
    await ledger.openWallet(0),
    await ledger.openWallet(0, euros),
  ];
  const history = new History(wallets, uuidv7);
  for (const batch of batches) {
    const { now, commands, expected } = history.next(batch);
    const posted: PostedBatch = await ledger.database.transaction((tx) =>
      postBatch(tx, commands, { now, shard: now % 16, decidedFirst: 1 + (now % 3) }),
    );
    const verdicts = posted.outcomes.map(({ transfer }) => [
      transfer.transactionId,
      transfer.declineReason === null,
    ]);
    expect(verdicts).toEqual(expected);
  }
  for (const wallet of wallets) {
    expect(await statement(wallet)).toEqual(history.model.statementOf(wallet));
  }
}
