import { BulkPosted, PostBulk, PostTransfer, TransferPosted } from '@florin/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { createWalletFixture, type WalletFixture } from './wallet-fixture.js';

const bulks = 20;
const itemsPerBulk = 500;
const receivers = 10;
/** So many transfers at most share a transaction. */
const maxWeight = 2_000;
let service: WalletFixture;

beforeAll(async () => {
  service = await createWalletFixture([BulkPosted]);
});
afterAll(() => service.close());

function payment(from: string, to: string, amount: number) {
  const wallets = { sourceWalletId: from, destinationWalletId: to };
  const transactionId = uuidv7();
  return {
    transactionId,
    ...wallets,
    amount,
    feeAmount: 0,
    currency: 'USD',
    exchange: null,
    description: null,
  };
}

/** Keeps a posting waiting for the lock of a wallet while `during` runs. */
async function whileHeldUp(
  walletId: string,
  post: () => Promise<unknown>,
  during: () => Promise<void>,
): Promise<void> {
  const client = await service.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM wallets WHERE id = $1 FOR UPDATE', [walletId]);
    await post();
    await eventually('the posting to wait', async () => {
      const { rows } = await service.pool.query(
        `SELECT count(*)::int AS waiting FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows[0].waiting > 0 ? true : undefined;
    });
    await during();
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

test('bulks that meet in one batch are spread over transactions, and none fails for the batch being large', async () => {
  const wallets = await Promise.all(Array.from({ length: receivers + 2 }, () => service.openWallet()));
  const [payer, first, ...others] = wallets as [string, string, ...string[]];
  await service.deposit(payer, bulks * itemsPerBulk + 1);
  const single = payment(payer, first, 1);
  const ids = Array.from({ length: bulks }, () => uuidv7());

  await whileHeldUp(
    payer,
    () => service.peer.send(PostTransfer, payer, single),
    async () => {
      for (const [i, bulkId] of ids.entries()) {
        const mode = i % 2 === 0 ? 'atomic' : 'independent';
        const items = Array.from({ length: itemsPerBulk }, (_, n) =>
          payment(payer, others[n % others.length]!, 1),
        );
        await service.peer.send(PostBulk, bulkId, { bulkId, mode, items });
      }
    },
  );
  await eventually(
    'all bulks',
    async () => (service.peer.heard(BulkPosted).length >= bulks ? true : undefined),
    60_000,
  );
  expect(
    service.peer
      .heard(BulkPosted)
      .map(({ value }) => value.bulkId)
      .sort(),
  ).toEqual([...ids].sort());
  expect(service.peer.heard(BulkPosted).every(({ value }) => value.reason === null)).toBe(true);
  expect(service.peer.deadLetters).toEqual([]);
  await service.heard(TransferPosted, ({ transactionId }) => transactionId === single.transactionId);

  const { rows } = await service.pool.query(
    `SELECT count(*)::int AS bulks FROM transfers WHERE kind = 'bulk' GROUP BY xmin::text ORDER BY 1 DESC`,
  );
  expect(rows[0].bulks).toBeGreaterThan(1);
  expect(rows[0].bulks * itemsPerBulk).toBeLessThanOrEqual(maxWeight);
  const balances = await service.pool.query('SELECT posted FROM wallets WHERE id = ANY($1) ORDER BY posted', [
    wallets,
  ]);
  expect(balances.rows.map(({ posted }) => Number(posted))).toEqual([
    0,
    1,
    ...others.map(() => (bulks * itemsPerBulk) / receivers),
  ]);
}, 180_000);
