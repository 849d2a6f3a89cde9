import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { postBatch } from '../src/db/post-batch.js';
import { capture, hold, increment, reversal } from './commands.js';
import { createLedgerFixture, deposit, dollars, type LedgerFixture, transfer } from './ledger-fixture.js';

const max = Number.MAX_SAFE_INTEGER;
let ledger: LedgerFixture;
beforeAll(async () => {
  ledger = await createLedgerFixture();
});
afterAll(() => ledger.close());

describe('posting a batch', () => {
  test('writes balances, transfers and numbered entries with running balances', async () => {
    const a = await ledger.openWallet(1_000);
    const b = await ledger.openWallet(0);
    const first = transfer(a, b, 300, { fee: 7, description: 'rent' });
    const outcomes = await ledger.post(first, transfer(a, b, 694), transfer(b, a, 100));
    expect(outcomes.map((o) => o.status)).toEqual(['posted', 'declined', 'posted']);
    expect(await ledger.balance(a)).toBe(793);
    expect(await ledger.balance(b)).toBe(200);

    const { rows: entries } = await ledger.database.pool.query(
      'SELECT sequence, amount, posted, available FROM entries WHERE wallet_id = $1 ORDER BY sequence',
      [a],
    );
    expect(entries).toEqual([
      { sequence: 1, amount: 1_000, posted: 1_000, available: 1_000 },
      { sequence: 2, amount: -300, posted: 700, available: 700 },
      { sequence: 3, amount: -7, posted: 693, available: 693 },
      { sequence: 4, amount: 100, posted: 793, available: 793 },
    ]);
    const { rows: transfers } = await ledger.database.pool.query(
      'SELECT status, decline_reason, fee, description FROM transfers WHERE source_wallet_id = $1 ORDER BY 1 DESC',
      [a],
    );
    expect(transfers).toEqual([
      { status: 'posted', decline_reason: null, fee: 7, description: 'rent' },
      { status: 'declined', decline_reason: 'insufficient-funds', fee: 0, description: null },
    ]);
  });

  test('posts a transaction once, twice in a batch or again in a later one', async () => {
    const a = await ledger.openWallet(100);
    const b = await ledger.openWallet(0);
    const command = transfer(a, b, 40);
    expect(await ledger.post(command, command)).toHaveLength(1);
    expect(await ledger.post(command)).toEqual([]);
    expect(await ledger.balance(b)).toBe(40);
  });

  test('a declined transaction stays declined when money has come in since', async () => {
    const a = await ledger.openWallet(0);
    const b = await ledger.openWallet(0);
    const command = transfer(a, b, 40);
    expect(await ledger.post(command)).toMatchObject([{ status: 'declined', reason: 'insufficient-funds' }]);
    await ledger.post(deposit(a, 100));
    expect(await ledger.post(command)).toEqual([]);
    expect(await ledger.balance(a)).toBe(100);
  });

  test('a transaction id that comes back on other terms is an error, not a second posting', async () => {
    const a = await ledger.openWallet(100);
    const b = await ledger.openWallet(0);
    const command = transfer(a, b, 40);
    await ledger.post(command);
    const conflict = { code: 'transaction-id-conflict', retryable: false };
    await expect(ledger.post({ ...command, amount: 41 })).rejects.toMatchObject(conflict);
    const other = transfer(a, b, 1);
    await expect(ledger.post(other, { ...other, destinationWalletId: a })).rejects.toMatchObject(conflict);
    expect(await ledger.balance(b)).toBe(40);
  });

  test('what is written in several parts is seen by the parts behind it, holds that are resolved in between as well', async () => {
    const a = await ledger.openWallet(1_000);
    const b = await ledger.openWallet(0);
    const placed = hold(a, 100);
    const id = placed.transactionId;
    const paid = transfer(a, b, 300);
    const commands = [
      placed,
      increment(id, 50),
      paid,
      capture(id, 120, b, true),
      capture(id, 1, b),
      reversal(paid.transactionId),
    ];
    const alone = { now: Date.now(), shard: 0, decidedFirst: 1 };
    const { outcomes } = await ledger.database.transaction((tx, pending) =>
      postBatch(tx, commands, { ...alone, pending }),
    );
    expect(outcomes.map(({ transfer: { declineReason } }) => declineReason)).toEqual([
      null,
      null,
      null,
      null,
      'hold-captured',
      null,
    ]);
    expect([await ledger.balance(a), await ledger.balance(b)]).toEqual([880, 120]);
    expect(await ledger.problems()).toEqual([]);
  });

  test('of a batch whose last part cannot be, no part is written', async () => {
    const a = await ledger.openWallet(100);
    const b = await ledger.openWallet(0);
    const known = transfer(a, b, 40);
    const commands = [known, transfer(a, b, 2), { ...known, amount: 41 }];
    const alone = { now: Date.now(), shard: 0, decidedFirst: 1 };
    await expect(
      ledger.database.transaction((tx, pending) => postBatch(tx, commands, { ...alone, pending })),
    ).rejects.toMatchObject({ code: 'transaction-id-conflict' });
    expect([await ledger.balance(a), await ledger.balance(b)]).toEqual([100, 0]);
  });

  test('a repeated deposit is recognised although its batch uses another cash-in account', async () => {
    const a = await ledger.openWallet(0);
    const command = deposit(a, 10);
    await ledger.post(command);
    const elsewhere = { now: Date.now(), shard: 5 };
    const again = await ledger.database.transaction((tx) => postBatch(tx, [command], elsewhere));
    expect(again.outcomes).toEqual([]);
    expect(await ledger.balance(a)).toBe(10);
  });

  test('wallets that do not exist are declined, and the decline is kept', async () => {
    const a = await ledger.openWallet(10);
    const command = transfer(a, uuidv7(), 5);
    expect(await ledger.post(command)).toMatchObject([{ status: 'declined', reason: 'wallet-not-found' }]);
    expect(await ledger.post(command)).toEqual([]);
  });

  test('is exact at 2^53 − 1 and declines one more', async () => {
    const wide = { ...dollars, code: 'wide-xts', currency: 'XTS' };
    const a = await ledger.openWallet(max, wide);
    const b = await ledger.openWallet(0, wide);
    const xts = { currency: 'XTS' };
    expect(await ledger.post(transfer(a, b, max - 1, xts), transfer(b, a, max - 2, xts))).toMatchObject([
      { status: 'posted' },
      { status: 'posted' },
    ]);
    expect([await ledger.balance(a), await ledger.balance(b)]).toEqual([max - 1, 1]);
    // The cash-in account is at its lower bound: another deposit from it declines, even where there is room.
    expect(await ledger.post(deposit(b, 1, xts))).toMatchObject([{ reason: 'balance-limit-exceeded' }]);
  });

  test('a wallet type bounds what its wallets hold and lends', async () => {
    const bounded = { ...dollars, code: 'bounded-usd', overdraftLimit: 50, maxBalance: 80 };
    const a = await ledger.openWallet(0, bounded);
    const b = await ledger.openWallet(0);
    expect(await ledger.post(deposit(a, 81))).toMatchObject([{ reason: 'balance-limit-exceeded' }]);
    expect(await ledger.post(transfer(a, b, 51))).toMatchObject([{ reason: 'insufficient-funds' }]);
    expect(await ledger.post(transfer(a, b, 50))).toMatchObject([{ status: 'posted' }]);
    expect(await ledger.balance(a)).toBe(-50);
  });
});
