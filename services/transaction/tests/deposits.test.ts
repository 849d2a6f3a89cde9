import {
  PostDeposit,
  SubmitDeposit,
  TransactionCompleted,
  TransactionDeclined,
  TransferDeclined,
  TransferPosted,
} from '@florin/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { createTransactionFixture, depositBody, type TransactionFixture } from './transaction-fixture.js';

let fixture: TransactionFixture;
beforeAll(async () => {
  fixture = await createTransactionFixture();
  await fixture.defineType('deposit', { limitPerTransaction: 1_000_000 });
});
afterEach(() => fixture?.setFault('ok'));
afterAll(() => fixture?.close());

const posted = (id: string) => fixture.heard(PostDeposit, (command) => command.transactionId === id);
const declined = (id: string) => fixture.heard(TransactionDeclined, (event) => event.transactionId === id);

async function depositRow(transactionId: string) {
  const { rows } = await fixture.pool.query<{ state: string; attempts: number; due_in_ms: number }>(
    `SELECT state, attempts, (extract(epoch FROM next_attempt_at - now()) * 1000)::float8 AS due_in_ms
       FROM deposits WHERE transaction_id = $1`,
    [transactionId],
  );
  return rows[0];
}

describe('a deposit', () => {
  test('is charged at the provider by our id, posted, and completed', async () => {
    const transactionId = await fixture.deposit('tok_ok', 700);
    const command = await posted(transactionId);
    expect(command).toMatchObject({ amount: 700, currency: 'USD' });
    expect(command.meta.actor).toBe('customer:test');
    expect(await fixture.charges(transactionId)).toMatchObject([{ amount: 700, status: 'succeeded' }]);

    const event = {
      transactionId,
      currency: 'USD',
      postedAt: 1_760_000_000_000,
      entries: [],
      exchange: null,
    };
    await fixture.peer.send(TransferPosted, transactionId, event);
    const done = await fixture.heard(TransactionCompleted, (value) => value.transactionId === transactionId);
    expect(done).toMatchObject({
      type: 'deposit',
      sourceWalletId: null,
      destinationWalletId: command.walletId,
      fee: 0,
    });
    expect(await depositRow(transactionId)).toMatchObject({ state: 'settled' });
  });

  test('that the provider declines is declined, and nothing reaches the ledger', async () => {
    const transactionId = await fixture.deposit('tok_declined', 700);
    expect(await declined(transactionId)).toMatchObject({ declineReason: 'payment-declined' });
    expect(await depositRow(transactionId)).toMatchObject({ state: 'refused' });
    expect(fixture.peer.heard(PostDeposit).some((m) => m.value.transactionId === transactionId)).toBe(false);
  });

  test('with a token that the provider does not know is declined', async () => {
    const transactionId = await fixture.deposit('tok_made_up', 700);
    expect(await declined(transactionId)).toMatchObject({ declineReason: 'payment-declined' });
  });

  test('whose answer is lost is asked for, and charged once', async () => {
    const transactionId = await fixture.deposit('tok_timeout', 700);
    await posted(transactionId);
    expect(await fixture.charges(transactionId)).toHaveLength(1);
  });

  test('is tried again while the provider fails, and charged once', async () => {
    const transactionId = await fixture.deposit('tok_flaky', 700);
    await posted(transactionId);
    expect(await fixture.charges(transactionId)).toHaveLength(1);
  });

  test('submitted twice is charged and posted once', async () => {
    const body = depositBody(await fixture.seal('tok_ok'), 300);
    await fixture.peer.send(SubmitDeposit, body.walletId, body);
    await fixture.peer.send(SubmitDeposit, body.walletId, body);
    await posted(body.transactionId);
    // Same key, so everything of the first two is out when a third deposit of the wallet is.
    const after = { ...depositBody(await fixture.seal('tok_ok'), 1), walletId: body.walletId };
    await fixture.peer.send(SubmitDeposit, body.walletId, after);
    await posted(after.transactionId);
    const sent = fixture.peer
      .heard(PostDeposit)
      .filter(({ value }) => value.transactionId === body.transactionId);
    expect(sent).toHaveLength(1);
  });

  test('beyond the limit of its type is declined before the provider hears of it', async () => {
    const transactionId = await fixture.deposit('tok_ok', 1_000_001);
    expect(await declined(transactionId)).toMatchObject({ declineReason: 'limit-exceeded' });
    expect(await fixture.charges(transactionId)).toEqual([]);
  });

  test('whose token has expired before anything was sent is declined', async () => {
    const ref = await fixture.seal('tok_ok');
    await fixture.discard(ref);
    const body = depositBody(ref, 300);
    await fixture.peer.send(SubmitDeposit, body.walletId, body);
    expect(await declined(body.transactionId)).toMatchObject({ declineReason: 'funding-token-expired' });
  });
});

describe('when the ledger refuses after the charge', () => {
  test('the money is given back before the transaction is declined', async () => {
    const transactionId = await fixture.deposit('tok_ok', 450);
    await posted(transactionId);
    const refusal = { transactionId, reason: 'balance-limit-exceeded' };
    await fixture.peer.send(TransferDeclined, transactionId, refusal);
    expect(await declined(transactionId)).toMatchObject({
      declineReason: 'balance-limit-exceeded',
      hops: [{ service: 'wallet', message: 'TransferDeclined' }],
    });
    expect(await fixture.charges(transactionId)).toMatchObject([{ refunds: [{ amount: 450 }] }]);
    expect(await depositRow(transactionId)).toMatchObject({ state: 'refunded' });
  });

  test('a refund that the provider has yet to decide about is asked for until it is made, once', async () => {
    const transactionId = await fixture.deposit('tok_refund_pending', 450);
    await posted(transactionId);
    await fixture.peer.send(TransferDeclined, transactionId, { transactionId, reason: 'wallet-not-active' });
    expect(await declined(transactionId)).toMatchObject({ declineReason: 'wallet-not-active' });
    expect(await fixture.charges(transactionId)).toMatchObject([{ refunds: [{ status: 'succeeded' }] }]);
  });

  test('a refund that the provider declines leaves the deposit open, for people', async () => {
    const transactionId = await fixture.deposit('tok_refund_declined', 450);
    await posted(transactionId);
    await fixture.peer.send(TransferDeclined, transactionId, { transactionId, reason: 'wallet-not-active' });
    await eventually('a second attempt', async () => {
      const row = await depositRow(transactionId);
      return row?.state === 'refund-due' && row.attempts > 1 ? row : undefined;
    });
    const ended = fixture.peer
      .heard(TransactionDeclined)
      .filter(({ value }) => value.transactionId === transactionId);
    expect(ended).toEqual([]);
  });

  test('a refund that fails is repeated until it is made, once', async () => {
    const transactionId = await fixture.deposit('tok_ok', 450);
    await posted(transactionId);
    await fixture.setFault('error');
    await fixture.peer.send(TransferDeclined, transactionId, { transactionId, reason: 'wallet-not-active' });
    await eventually('a failed refund', async () => {
      const row = await depositRow(transactionId);
      return row?.state === 'refund-due' && row.attempts > 0 ? row : undefined;
    });
    await fixture.setFault('ok');
    expect(await declined(transactionId)).toMatchObject({ declineReason: 'wallet-not-active' });
    expect(await fixture.charges(transactionId)).toMatchObject([{ refunds: [{ amount: 450 }] }]);
  });
});

describe('when the provider is down', () => {
  test('deposits wait, nothing is guessed, and all are charged once when it is back', async () => {
    await fixture.setFault('reset');
    const ids = await Promise.all(Array.from({ length: 6 }, () => fixture.deposit('tok_ok', 10)));
    await eventually('an open breaker', async () => {
      const metrics = await (await fetch(`${fixture.service.url}/metrics`)).text();
      return /circuit_breaker_state\{[^}]*name="psp"[^}]*\} 2/.test(metrics) ? true : undefined;
    });
    const metrics = await (await fetch(`${fixture.service.url}/metrics`)).text();
    expect(metrics).toMatch(/deposits_unresolved\{[^}]*state="charge-due"[^}]*\} 6/);
    expect(metrics).toMatch(/deposits_oldest_unresolved_seconds\{[^}]*state="charge-due"[^}]*\} [\d.]+/);
    expect(fixture.peer.heard(TransactionDeclined).some((m) => ids.includes(m.value.transactionId))).toBe(
      false,
    );

    await fixture.setFault('ok');
    await Promise.all(ids.map(posted));
    for (const id of ids) expect(await fixture.charges(id)).toHaveLength(1);
  });
});
