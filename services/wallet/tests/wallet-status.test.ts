import { randomUUID } from 'node:crypto';
import {
  CardIssued,
  CardRefused,
  CardStatusChanged,
  ChangeWalletStatus,
  IssueCard,
  type MessageDefinition,
  PostTransfer,
  TransferDeclined,
  TransferPosted,
  WalletStatusChanged,
  WalletStatusChangeRefused,
} from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { createWalletFixture, type WalletFixture } from './wallet-fixture.js';

let wallets: WalletFixture;
const events = [
  CardIssued,
  CardRefused,
  CardStatusChanged,
  TransferDeclined,
  WalletStatusChanged,
  WalletStatusChangeRefused,
] as MessageDefinition[];

beforeAll(async () => {
  wallets = await createWalletFixture(events);
});
afterAll(() => wallets?.close());

async function change(walletId: string, status: string): Promise<string> {
  const changeId = uuidv7();
  const body = { changeId, walletId, status, reason: 'test' };
  await wallets.peer.send(ChangeWalletStatus, walletId, body);
  return changeId;
}
const changed = (changeId: string) =>
  wallets.heard(WalletStatusChanged, (value) => value.changeId === changeId);
const refused = (changeId: string) =>
  wallets.heard(WalletStatusChangeRefused, (value) => value.changeId === changeId);

/** The reason why a transfer was declined, or undefined when it was posted. */
async function pay(from: string, to: string, amount: number): Promise<string | undefined> {
  const transactionId = uuidv7();
  await wallets.peer.send(PostTransfer, from, {
    transactionId,
    sourceWalletId: from,
    destinationWalletId: to,
    amount,
    feeAmount: 0,
    currency: 'USD',
    exchange: null,
    description: null,
  });
  return eventually('the outcome of a transfer', async () => {
    const { peer } = wallets;
    const declined = peer.heard(TransferDeclined).find(({ value }) => value.transactionId === transactionId);
    if (declined) return { reason: declined.value.reason };
    const posted = peer.heard(TransferPosted).some(({ value }) => value.transactionId === transactionId);
    return posted ? { reason: undefined } : undefined;
  }).then(({ reason }) => reason);
}

describe('a frozen wallet', () => {
  test('pays nothing, and does again when it is unfrozen', async () => {
    const [a, b] = [await wallets.openWallet(), await wallets.openWallet()];
    await wallets.deposit(a, 100);
    const frozen = await changed(await change(a, 'frozen'));
    expect(frozen).toMatchObject({ walletId: a, status: 'frozen', reason: 'test' });
    expect(frozen.meta.aggregateVersion).toBe(2);
    expect(await pay(a, b, 1)).toMatch(/^wallet-/);
    expect(await pay(b, a, 1)).toBe('insufficient-funds');
    await wallets.deposit(b, 5);
    expect(await pay(b, a, 5)).toBeUndefined();
    const unfrozen = await changed(await change(a, 'active'));
    expect(unfrozen.meta.aggregateVersion).toBe(3);
    expect(await pay(a, b, 1)).toBeUndefined();
  });

  test('may be asked for twice, which changes nothing', async () => {
    const walletId = await wallets.openWallet();
    const [first, second] = [await change(walletId, 'frozen'), await change(walletId, 'frozen')];
    expect((await changed(first)).meta.aggregateVersion).toBe(2);
    expect((await changed(second)).meta.aggregateVersion).toBe(2);
  });

  test('is enforced by the database, whatever the service believes', async () => {
    const walletId = await wallets.openWallet();
    await wallets.deposit(walletId, 10);
    await changed(await change(walletId, 'frozen'));
    const { rows } = await wallets.pool.query('SELECT sequence, last_entry_at FROM wallets WHERE id = $1', [
      walletId,
    ]);
    const debit = wallets.pool.query(
      `INSERT INTO entries (id, transaction_id, wallet_id, sequence, amount, posted, held, available, posted_at)
       VALUES (gen_random_uuid(), gen_random_uuid(), $1, $2, -1, 9, 0, 9, $3)`,
      [walletId, Number(rows[0].sequence) + 1, rows[0].last_entry_at],
    );
    await expect(debit).rejects.toMatchObject({ constraint: 'wallets_frozen_keep_funds' });
  });
});

describe('a wallet is closed', () => {
  test('only when it is empty, and for ever', async () => {
    const [a, b] = [await wallets.openWallet(), await wallets.openWallet()];
    await wallets.deposit(a, 100);
    expect((await refused(await change(a, 'closed'))).reason).toBe('wallet-not-empty');
    expect(await pay(a, b, 100)).toBeUndefined();
    expect((await changed(await change(a, 'closed'))).status).toBe('closed');
    expect((await refused(await change(a, 'active'))).reason).toBe('wallet-closed');
    expect((await refused(await change(a, 'frozen'))).reason).toBe('wallet-closed');
    expect(await pay(b, a, 1)).toMatch(/^wallet-/);
    expect((await refused(await change(uuidv7(), 'closed'))).reason).toBe('wallet-not-found');
  });

  test('with its cards, those that the issuer has yet to make included', async () => {
    const ownerId = randomUUID();
    const walletId = await wallets.openWallet(ownerId);
    const [made, wanted] = [uuidv7(), uuidv7()];
    await wallets.peer.send(IssueCard, walletId, { cardId: made, walletId, ownerId });
    await wallets.heard(CardIssued, ({ cardId }) => cardId === made);
    await wallets.setIssuerFault('error');
    await wallets.peer.send(IssueCard, walletId, { cardId: wanted, walletId, ownerId });
    await changed(await change(walletId, 'closed'));
    const cancelled = await wallets.heard(CardStatusChanged, ({ cardId }) => cardId === made);
    expect(cancelled).toMatchObject({ status: 'cancelled', changeId: null, reason: 'wallet-closed' });
    const refusal = await wallets.heard(CardRefused, ({ cardId }) => cardId === wanted);
    expect(refusal.reason).toBe('wallet-closed');
    await wallets.setIssuerFault('ok');
    const { rows } = await wallets.pool.query('SELECT count(*)::int AS open FROM card_orders');
    expect(rows[0].open).toBe(0);
  });

  test('against postings that race with it, and then holds no money', async () => {
    for (let round = 0; round < 10; round++) {
      const [a, b] = [await wallets.openWallet(), await wallets.openWallet()];
      await wallets.deposit(b, 10);
      // The commands have different keys, so that they may be handled in either order or in one batch.
      const [closing, declined] = await Promise.all([change(a, 'closed'), pay(b, a, 10)]);
      const closed = await eventually('the outcome of closing', async () => {
        const { peer } = wallets;
        if (peer.heard(WalletStatusChanged).some(({ value }) => value.changeId === closing)) return 'closed';
        const refusals = peer.heard(WalletStatusChangeRefused);
        return refusals.some(({ value }) => value.changeId === closing) ? 'refused' : undefined;
      });
      const { rows } = await wallets.pool.query('SELECT status, posted FROM wallets WHERE id = $1', [a]);
      const [wallet, reason] = [rows[0], declined];
      expect(wallet).toEqual(
        closed === 'closed' ? { status: 'closed', posted: 0 } : { status: 'active', posted: 10 },
      );
      expect(reason !== undefined).toBe(closed === 'closed');
    }
  });
});
