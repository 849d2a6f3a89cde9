import {
  ApproveBreakResolution,
  type BodyOf,
  ImportSettlementFile,
  type Message,
  type MessageDefinition,
  PostAdjustment,
  PostBulk,
  PostDeposit,
  PostTransfer,
  ReconciliationBreakChanged,
  ResolveBreak,
  ReverseTransfer,
  SubmitBulk,
  SubmitReversal,
  SubmitTransfer,
  TransactionCompleted,
  TransactionFailed,
  TransactionStalled,
  TransferDeclined,
  TransferPosted,
  TransferReversed,
} from '@florin/contracts';
import type { Service } from '@florin/runtime';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { createTransactionService } from '../src/service.js';
import {
  createTransactionFixture,
  postedBody,
  reversalBody,
  type TransactionFixture,
  transferBody,
} from './transaction-fixture.js';

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

const postedOf = (transactionId: string) => postedBody(transactionId, clock.now());

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
    leapMs += patienceMs + 1_000;
    await eventually('another look at it', async () => {
      const { rows } = await fixture.pool.query<{ attempts: number }>(
        'SELECT attempts FROM stalled_transactions WHERE transaction_id = $1',
        [waiting],
      );
      return rows[0]!.attempts > 1 ? true : undefined;
    });
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
    // Told once that the provider owes the outcome, however often it was looked at.
    const idle = fixture.peer
      .heard(TransactionStalled)
      .filter(({ value }) => value.transactionId === waiting && value.hops.length === 0);
    expect(idle).toHaveLength(1);
  });
});

/** Waits until a command has come twice, and answers with its body when both were the same. */
async function askedTwice<T extends Message>(
  definition: MessageDefinition<T>,
  isIt: (command: T) => boolean,
): Promise<BodyOf<T>> {
  const sent = () =>
    fixture.peer
      .heard(definition)
      .map(({ value }) => value)
      .filter(isIt);
  await eventually('the first command', async () => (sent().length > 0 ? true : undefined));
  await eventually('the ledger to be asked again', async () => {
    leapMs += 10_000;
    return sent().length > 1 ? true : undefined;
  });
  const [first, again] = sent().map(({ meta: _, ...body }) => body);
  expect(again).toEqual(first);
  return first as BodyOf<T>;
}

describe('an overdue outcome is asked for again, in the words of the first time,', () => {
  test('of a reversal of all that is left, whose amount only the ledger knows', async () => {
    const original = await submit();
    await fixture.peer.send(TransferPosted, original.transactionId, postedOf(original.transactionId));
    await fixture.heard(TransactionCompleted, (event) => event.transactionId === original.transactionId);
    const { amount } = original;
    const reversal = reversalBody(original, { byOperator: true });
    const { transactionId } = reversal;
    await fixture.peer.send(SubmitReversal, original.transactionId, reversal);
    const asked = await askedTwice(ReverseTransfer, (command) => command.transactionId === transactionId);
    const { originalTransactionId, reason: description } = reversal;
    expect(asked).toEqual({ transactionId, originalTransactionId, amount: null, description });
    const reversed = { ...postedOf(transactionId), originalTransactionId, amount, remaining: 0 };
    await fixture.peer.send(TransferReversed, transactionId, reversed);
    await fixture.heard(TransactionCompleted, (event) => event.transactionId === transactionId);
  });

  test('of a bulk as a whole, once for all of its items, without those that were refused before', async () => {
    const bulkId = uuidv7();
    const { sourceOwnerId, ...first } = transferBody();
    const items = [first, transferBody({ type: 'unheard-of' }), transferBody({ amount: 2_000 })];
    const body = { bulkId, mode: 'independent', sourceOwnerId, sourceTimeZone: null, items };
    await fixture.peer.send(SubmitBulk, bulkId, body);
    const asked = await askedTwice(PostBulk, (command) => command.bulkId === bulkId);
    const ids = [items[0]!.transactionId, items[2]!.transactionId];
    expect(asked.items.map((item) => [item.transactionId, item.amount, item.feeAmount])).toEqual([
      [ids[0], 1_000, 7],
      [ids[1], 2_000, 7],
    ]);
    const [one, other] = await Promise.all(
      ids.map((id) => fixture.heard(TransactionStalled, (event) => event.transactionId === id)),
    );
    expect(one!.hops[0]).toMatchObject({ message: 'PostBulk', messageId: other!.hops[0]!.messageId });
    for (const id of ids) await fixture.peer.send(TransferPosted, id, postedOf(id));
    for (const id of ids) {
      const done = await fixture.heard(TransactionCompleted, (event) => event.transactionId === id);
      expect(done.hops.map(({ message }) => message)).toEqual(['TransferPosted']);
    }
  });

  test('of a correction, whose difference is open again when the ledger was asked too late', async () => {
    const content = [
      'type,id,reference,amount,currency,status,createdAt',
      'charge,pay-1,somebody-else,61,USD,succeeded,2026-03-01T12:00:00.000Z',
    ].join('\r\n');
    const settlementFileId = uuidv7();
    const file = { settlementFileId, externalId: settlementFileId, settlementDate: '2026-03-01', content };
    await fixture.peer.send(ImportSettlementFile, settlementFileId, file, { actor: 'key:one' });
    const state = (status: string, version: number) =>
      fixture.heard(
        ReconciliationBreakChanged,
        (event) =>
          event.settlementFileId === settlementFileId &&
          event.status === status &&
          event.meta.aggregateVersion >= version,
      );
    const { breakId } = await state('open', 1);
    const nobody = { sourceWalletId: null, sourceOwnerId: null };
    const adjustment = {
      ...nobody,
      sourceAccount: 'cash-in',
      destinationWalletId: null,
      destinationOwnerId: null,
      destinationAccount: 'suspense',
      amount: 61,
    };
    const proposal = { breakId, reason: 'unknown charge', adjustment };
    await fixture.peer.send(ResolveBreak, breakId, proposal, { actor: 'key:one' });
    await state('proposed', 2);
    const approval = { breakId, version: 2 };
    await fixture.peer.send(ApproveBreakResolution, breakId, approval, { actor: 'key:two' });
    const { adjustmentTransactionId } = await state('adjusting', 3);
    const transactionId = adjustmentTransactionId!;
    expect(
      await askedTwice(PostAdjustment, (command) => command.transactionId === transactionId),
    ).toMatchObject({ sourceAccount: 'cash-in', destinationAccount: 'suspense', amount: 61 });
    const reason = 'deadline-exceeded';
    await fixture.peer.send(TransferDeclined, transactionId, { transactionId, reason });
    await fixture.heard(TransactionFailed, (event) => event.transactionId === transactionId);
    expect(await state('open', 4)).toMatchObject({ refusalReason: reason });
  });
});

test('what is overdue shows in the metrics', async () => {
  const { transactionId } = await submit();
  leapMs += patienceMs + 1_000;
  await askedTimes(transactionId, 2);
  const metrics = await (await fetch(`${fixture.service.url}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name}\\S* (\\S+)$`, 'm').exec(metrics)?.[1]);
  expect(value('transactions_stalled')).toBeGreaterThanOrEqual(1);
  expect(value('transactions_stalled_oldest_seconds')).toBeGreaterThan(patienceMs / 1_000);
});
