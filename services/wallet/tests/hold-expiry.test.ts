import {
  CaptureHold,
  HoldDeclined,
  HoldExpired,
  HoldOperationDeclined,
  HoldPlaced,
  PlaceHold,
} from '@florin/contracts';
import type { UnitOfWork } from '@florin/messaging';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { findOverdueHolds } from '../src/db/find-overdue-holds.js';
import { postBatch } from '../src/db/post-batch.js';
import { expireHolds } from '../src/jobs/expire-holds.js';
import { hold } from './commands.js';
import { createLedgerFixture, type LedgerFixture } from './ledger-fixture.js';
import { createWalletFixture, type WalletFixture } from './wallet-fixture.js';

describe('a hold whose time is over', () => {
  let service: WalletFixture;
  beforeAll(async () => {
    service = await createWalletFixture([HoldPlaced, HoldDeclined, HoldExpired, HoldOperationDeclined], {
      WALLET_HOLD_EXPIRY_INTERVAL_MS: '50',
    });
  });
  afterAll(() => service.close());

  test('expires by the clock, gives its money back and cannot be captured any more', async () => {
    const walletId = await service.openWallet();
    await service.deposit(walletId, 100);
    const holdId = uuidv7();
    const terms = { walletId, amount: 40, currency: 'USD', description: null };
    await service.peer.send(PlaceHold, holdId, { holdId, ...terms, expiresAt: Date.now() + 3_000 });
    await service.heard(HoldPlaced, (placed) => placed.holdId === holdId);
    const expired = await service.heard(HoldExpired, (event) => event.holdId === holdId);
    expect(expired).toMatchObject({ released: 40, currency: 'USD' });
    expect(expired.entries).toMatchObject([{ walletId, amount: 0, held: 0, posted: 100, available: 100 }]);
    const transactionId = uuidv7();
    const capture = {
      transactionId,
      holdId,
      amount: 1,
      destinationWalletId: null,
      feeAmount: 0,
      final: true,
      description: null,
    };
    await service.peer.send(CaptureHold, holdId, capture);
    const late = await service.heard(HoldOperationDeclined, (event) => event.transactionId === transactionId);
    expect(late).toMatchObject({ operation: 'capture', reason: 'hold-expired' });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/holds_expired_total\{[^}]*\} 1\n/);
    expect(metrics).toMatch(/holds_overdue\{[^}]*\} 0\n/);
    expect(metrics).toMatch(/holds_overdue_oldest_seconds\{[^}]*\} 0\n/);
  });
});

describe('many holds whose time is over', () => {
  let ledger: LedgerFixture;
  beforeAll(async () => {
    ledger = await createLedgerFixture();
  });
  afterAll(() => ledger.close());

  test('are told as overdue until they have expired, each once, whoever expires them', async () => {
    const wallets = await Promise.all(Array.from({ length: 4 }, () => ledger.openWallet(10_000)));
    const now = Date.now();
    const count = 1_200;
    const holds = Array.from({ length: count }, (_, i) => hold(wallets[i % 4]!, 3, { expiresAt: now + i }));
    await ledger.database.transaction((tx) => postBatch(tx, holds, { now: now - 1, shard: 0 }));

    const later = now + 60_000;
    expect(await findOverdueHolds(ledger.database, new Date(now - 1))).toEqual({
      count: 0,
      oldestExpiresAt: null,
    });
    expect(await findOverdueHolds(ledger.database, new Date(later))).toEqual({
      count,
      oldestExpiresAt: new Date(now),
    });
    const told: string[] = [];
    const messaging = {
      transaction: <T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> => {
        const staged: string[] = [];
        const send = (_definition: unknown, key: string) => staged.push(key);
        return ledger.database
          .transaction((tx, pending) => work({ tx, pending, send } as unknown as UnitOfWork))
          .then((result) => {
            told.push(...staged);
            return result;
          });
      },
    };
    const clock = { now: () => later };
    const expired = await Promise.all([1, 2, 3].map(() => expireHolds({ clock }, messaging)));
    expect(expired.reduce((sum, n) => sum + n, 0)).toBe(count);
    expect([...told].sort()).toEqual(holds.map(({ transactionId }) => transactionId).sort());
    expect(await expireHolds({ clock }, messaging)).toBe(0);
    expect(await findOverdueHolds(ledger.database, new Date(later))).toEqual({
      count: 0,
      oldestExpiresAt: null,
    });
    const { rows } = await ledger.owner.pool.query('SELECT sum(held)::int AS held FROM wallets');
    expect(rows).toEqual([{ held: 0 }]);
    expect(await ledger.problems()).toEqual([]);
  });
});
