import {
  type BodyOf,
  PostDeposit,
  PostTransfer,
  SubmitTransfer,
  TransactionCompleted,
  TransactionFailed,
  TransactionStalled,
  TransferDeclined,
  TransferPosted,
} from '@florin/contracts';
import type { Service } from '@florin/runtime';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { createTransactionService } from '../src/service.js';
import { createTransactionFixture, type TransactionFixture, transferBody } from './transaction-fixture.js';

const patienceMs = 30_000;
const timeoutMs = 900_000;

let fixture: TransactionFixture;
let second: Service;
let leapMs = 0;
const clock = { now: () => Date.now() + leapMs };

beforeAll(async () => {
  const env = {
    TRANSACTION_PATIENCE_MS: String(patienceMs),
    TRANSACTION_TIMEOUT_MS: String(timeoutMs),
    TRANSACTION_SWEEP_INTERVAL_MS: '50',
  };
  fixture = await createTransactionFixture({ clock, env });
  second = createTransactionService(fixture.config, { clock });
  await second.start();
  await fixture.defineType('transfer', { feeFlat: 7 });
  await fixture.defineType('deposit');
  await fixture.allow('transfer', 'personal-usd', 'business-usd');
});
afterAll(async () => {
  await second?.stop();
  await fixture?.close();
});

const asked = (id: string) =>
  fixture.peer
    .heard(PostTransfer)
    .map(({ value }) => value)
    .filter(({ transactionId }) => transactionId === id);
const askedTimes = (id: string, times: number) =>
  eventually(`the ledger to be asked ${times} times`, async () =>
    asked(id).length >= times ? asked(id) : undefined,
  );

async function submit(): Promise<BodyOf<SubmitTransfer>> {
  const body = transferBody();
  await fixture.peer.send(SubmitTransfer, body.sourceWalletId, body);
  await askedTimes(body.transactionId, 1);
  return body;
}

const postedOf = (transactionId: string): BodyOf<TransferPosted> => ({
  transactionId,
  currency: 'USD',
  postedAt: clock.now(),
  entries: [],
  exchange: null,
});

async function isForgotten(transactionId: string): Promise<void> {
  await eventually('the sweeper to forget it', async () => {
    const { rows } = await fixture.pool.query('SELECT FROM stalled_transactions WHERE transaction_id = $1', [
      transactionId,
    ]);
    return rows.length === 0 ? true : undefined;
  });
}

describe('an outcome that is overdue', () => {
  test('is asked for again, in the words of the first time, until the ledger answers', async () => {
    const [inTime, lost] = [await submit(), await submit()];
    await fixture.peer.send(TransferPosted, inTime.transactionId, postedOf(inTime.transactionId));
    await fixture.heard(TransactionCompleted, (event) => event.transactionId === inTime.transactionId);
    leapMs += patienceMs + 1_000;
    const [first, again] = await askedTimes(lost.transactionId, 2);
    const { meta: _f, ...firstBody } = first!;
    const { meta, ...body } = again!;
    expect(body).toEqual(firstBody);
    expect(meta).toMatchObject({ correlationId: first!.meta.correlationId, deadlineAt: null });
    const told = await fixture.heard(
      TransactionStalled,
      (event) => event.transactionId === lost.transactionId,
    );
    expect(told).toMatchObject({
      waitingFor: 'ledger',
      attempts: 1,
      hops: [{ service: 'transaction', message: 'PostTransfer', messageId: meta.messageId }],
    });

    await fixture.peer.send(TransferPosted, lost.transactionId, postedOf(lost.transactionId));
    await fixture.heard(TransactionCompleted, (event) => event.transactionId === lost.transactionId);
    await isForgotten(lost.transactionId);
    expect(asked(inTime.transactionId)).toHaveLength(1);
  });

  test('is asked for once at a time by two instances, with growing pauses', async () => {
    const { transactionId } = await submit();
    leapMs += patienceMs + 1_000;
    await askedTimes(transactionId, 2);
    // The pause is at least half of the patience.
    leapMs += patienceMs + 1_000;
    await askedTimes(transactionId, 3);
    leapMs += patienceMs * 2 + 1_000;
    await askedTimes(transactionId, 4);
    const attempts = fixture.peer
      .heard(TransactionStalled)
      .filter(({ value }) => value.transactionId === transactionId)
      .map(({ value }) => value.attempts);
    expect(new Set(attempts).size).toBe(attempts.length);
    await fixture.peer.send(TransferPosted, transactionId, postedOf(transactionId));
    await isForgotten(transactionId);
  });

  test('of a transfer that has taken too long is the answer of the ledger, which gets a deadline that is over', async () => {
    const [never, posted] = [await submit(), await submit()];
    leapMs += timeoutMs + 1_000;
    for (const { transactionId } of [never, posted]) {
      const late = await eventually('a deadline', async () =>
        asked(transactionId).find(({ meta }) => meta.deadlineAt !== null),
      );
      expect(late.meta.deadlineAt).toBeLessThan(clock.now());
    }
    // Nobody has guessed: both are pending until the ledger says what became of them.
    const ids = [never.transactionId, posted.transactionId];
    const { rows } = await fixture.pool.query('SELECT status FROM transactions WHERE id = ANY($1)', [ids]);
    expect(rows).toEqual([{ status: 'pending' }, { status: 'pending' }]);
    const reason = 'deadline-exceeded';
    await fixture.peer.send(TransferDeclined, never.transactionId, {
      transactionId: never.transactionId,
      reason,
    });
    await fixture.peer.send(TransferPosted, posted.transactionId, postedOf(posted.transactionId));
    const failed = await fixture.heard(TransactionFailed, (e) => e.transactionId === never.transactionId);
    expect(failed.failureReason).toBe(reason);
    await fixture.heard(TransactionCompleted, (e) => e.transactionId === posted.transactionId);
  });

  test('of a deposit is asked of the ledger once the provider has the money, and of nobody before', async () => {
    await fixture.setFault('error');
    const waiting = await fixture.deposit('tok_ok', 500);
    const row = () =>
      fixture.pool.query('SELECT FROM transactions WHERE id = $1', [waiting]).then(({ rows }) => rows[0]);
    await eventually('the deposit to be known', row);
    leapMs += patienceMs + 1_000;
    const told = await fixture.heard(TransactionStalled, (event) => event.transactionId === waiting);
    expect(told).toMatchObject({ waitingFor: 'provider', attempts: 0, hops: [] });
    await fixture.setFault('ok');
    const sent = () => fixture.peer.heard(PostDeposit).filter(({ value }) => value.transactionId === waiting);
    await eventually('the ledger to be asked twice', async () => {
      leapMs += 10_000;
      return sent().length >= 2 ? true : undefined;
    });
    const [first, again] = sent().map(({ value: { meta: _, ...body } }) => body);
    expect(again).toEqual(first);
    await fixture.peer.send(TransferPosted, waiting, postedOf(waiting));
    await fixture.heard(TransactionCompleted, (event) => event.transactionId === waiting);
    await isForgotten(waiting);
  });

  test('shows in the metrics', async () => {
    const { transactionId } = await submit();
    leapMs += patienceMs + 1_000;
    await askedTimes(transactionId, 2);
    const metrics = await (await fetch(`${fixture.service.url}/metrics`)).text();
    const value = (name: string) => Number(new RegExp(`^${name}\\S* (\\S+)$`, 'm').exec(metrics)?.[1]);
    expect(value('transactions_stalled')).toBeGreaterThanOrEqual(1);
    expect(value('transactions_stalled_oldest_seconds')).toBeGreaterThan(patienceMs / 1_000);
  });
});
