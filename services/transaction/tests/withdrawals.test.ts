import {
  type BodyOf,
  CaptureHold,
  CheckPayment,
  type Entry,
  HoldCaptured,
  HoldDeclined,
  HoldOperationDeclined,
  HoldPlaced,
  HoldVoided,
  PlaceHold,
  SubmitWithdrawal,
  TransactionCompleted,
  TransactionDeclined,
  VoidHold,
} from '@florin/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { createTransactionFixture, depositBody, type TransactionFixture } from './transaction-fixture.js';

/** The peer plays the ledger, the sandbox the provider. */
let fixture: TransactionFixture;
beforeAll(async () => {
  fixture = await createTransactionFixture();
  const fee = { feeFlat: 3, feeBasisPoints: 0 };
  await fixture.defineType('withdrawal', { limitPerTransaction: 1_000_000, ...fee });
});
afterEach(() => fixture?.setFault('ok'));
afterAll(() => fixture?.close());

type Submission = BodyOf<SubmitWithdrawal>;
const posting = { currency: 'USD', postedAt: 1_760_000_000_000, entries: [] as Entry[] };

async function submit(fundingToken: string, amount = 500): Promise<Submission> {
  const body = depositBody(await fixture.seal(fundingToken), amount);
  await fixture.peer.send(SubmitWithdrawal, body.walletId, body, { actor: 'customer:test' });
  return body;
}

const holdOf = ({ walletId }: Submission) => fixture.heard(PlaceHold, (hold) => hold.walletId === walletId);
const captured = ({ transactionId }: Submission) =>
  fixture.heard(CaptureHold, (command) => command.transactionId === transactionId);
const voided = ({ transactionId }: Submission) =>
  fixture.heard(VoidHold, (command) => command.transactionId === transactionId);
const declined = ({ transactionId }: Submission) =>
  fixture.heard(TransactionDeclined, (event) => event.transactionId === transactionId);

async function placeHold(submission: Submission): Promise<string> {
  const { holdId, walletId, amount, expiresAt } = await holdOf(submission);
  await fixture.peer.send(HoldPlaced, holdId, { holdId, walletId, amount, expiresAt, ...posting });
  return holdId;
}

async function payoutsOf({ transactionId }: Submission): Promise<{ amount: number; status: string }[]> {
  const answer = await fetch(`${fixture.config.PSP_URL}/psp/payouts?reference=${transactionId}`);
  return (await answer.json()) as { amount: number; status: string }[];
}

async function stateOf({ transactionId }: Submission): Promise<string | undefined> {
  const { rows } = await fixture.pool.query<{ state: string }>(
    'SELECT state FROM withdrawals WHERE transaction_id = $1',
    [transactionId],
  );
  return rows[0]?.state;
}

const inState = (submission: Submission, state: string) =>
  eventually(`state ${state}`, async () => (await stateOf(submission)) === state || undefined);

describe('a withdrawal', () => {
  test('is held with its fee first, then paid out by our id, captured, and completed', async () => {
    const submission = await submit('tok_ok');
    const hold = await holdOf(submission);
    expect(hold).toMatchObject({ amount: 503, currency: 'USD' });
    expect(await payoutsOf(submission)).toEqual([]);

    const holdId = await placeHold(submission);
    const capture = await captured(submission);
    expect(capture).toMatchObject({
      holdId,
      amount: 500,
      feeAmount: 3,
      final: true,
      destinationWalletId: null,
    });
    expect(capture.meta.actor).toBe('customer:test');
    expect(await payoutsOf(submission)).toMatchObject([{ amount: 500, status: 'succeeded' }]);

    const { transactionId } = submission;
    const event = { transactionId, holdId, amount: 500, released: 0, remaining: 0, ...posting };
    await fixture.peer.send(HoldCaptured, holdId, event);
    await fixture.peer.send(HoldCaptured, holdId, event);
    const done = await fixture.heard(TransactionCompleted, (value) => value.transactionId === transactionId);
    expect(done).toMatchObject({
      type: 'withdrawal',
      sourceWalletId: submission.walletId,
      destinationWalletId: null,
      amount: 500,
      fee: 3,
    });
    expect(await stateOf(submission)).toBe('settled');
  });

  test('that the provider declines is voided, and declined when the money is back', async () => {
    const submission = await submit('tok_declined');
    const holdId = await placeHold(submission);
    const { transactionId } = submission;
    expect(await voided(submission)).toMatchObject({ holdId });
    expect(fixture.peer.heard(TransactionDeclined).some((m) => m.value.transactionId === transactionId)).toBe(
      false,
    );
    await fixture.peer.send(HoldVoided, holdId, { transactionId, holdId, released: 503, ...posting });
    expect(await declined(submission)).toMatchObject({ declineReason: 'payment-declined' });
    expect(await stateOf(submission)).toBe('released');
  });

  test('whose money cannot be set aside is declined before the provider hears of it', async () => {
    const submission = await submit('tok_ok');
    const { holdId, walletId } = await holdOf(submission);
    await fixture.peer.send(HoldDeclined, holdId, { holdId, walletId, reason: 'insufficient-funds' });
    expect(await declined(submission)).toMatchObject({ declineReason: 'insufficient-funds' });
    expect(await payoutsOf(submission)).toEqual([]);
  });

  test.each(['tok_timeout', 'tok_flaky'])('to %s is paid out once', async (fundingToken) => {
    const submission = await submit(fundingToken);
    await placeHold(submission);
    await captured(submission);
    expect(await payoutsOf(submission)).toHaveLength(1);
  });

  test('beyond the limit of its type is declined and holds nothing', async () => {
    const submission = await submit('tok_ok', 1_000_001);
    expect(await declined(submission)).toMatchObject({ declineReason: 'limit-exceeded', fee: 0 });
    expect(await stateOf(submission)).toBeUndefined();
  });

  test('submitted twice, or whose hold is told of twice, is paid out and captured once', async () => {
    const submission = await submit('tok_ok');
    await fixture.peer.send(SubmitWithdrawal, submission.walletId, submission);
    await placeHold(submission);
    await placeHold(submission);
    await captured(submission);
    // Same key, so everything of the first two is out when another withdrawal of the wallet is.
    const after = { ...(await submit('tok_ok')), walletId: submission.walletId, transactionId: uuidv7() };
    await fixture.peer.send(SubmitWithdrawal, after.walletId, after);
    await eventually('the hold of the other', async () => {
      const holds = fixture.peer.heard(PlaceHold).filter(({ value }) => value.walletId === after.walletId);
      return holds.length === 2 ? true : undefined;
    });
    expect(await payoutsOf(submission)).toHaveLength(1);
    const captures = fixture.peer
      .heard(CaptureHold)
      .filter(({ value }) => value.transactionId === submission.transactionId);
    expect(captures).toHaveLength(1);
  });
});

describe('when the provider decides later', () => {
  test.each([
    ['tok_pending', captured],
    ['tok_pending_declined', voided],
  ] as const)('a payout to %s waits for what is decided', async (fundingToken, outcome) => {
    const submission = await submit(fundingToken);
    await placeHold(submission);
    await outcome(submission);
    expect(await payoutsOf(submission)).toHaveLength(1);
  });

  test('its callback makes us ask at once, and callbacks about others or none of ours change nothing', async () => {
    const submission = await submit('tok_timeout');
    await fixture.setFault('error');
    await placeHold(submission);
    const { transactionId } = submission;
    await eventually('an attempt', async () => {
      const { rows } = await fixture.pool.query(
        `UPDATE withdrawals SET next_attempt_at = now() + interval '1 hour'
          WHERE transaction_id = $1 AND attempts > 0 AND next_attempt_at < now() + interval '5 seconds' RETURNING 1`,
        [transactionId],
      );
      return rows.length > 0 ? true : undefined;
    });
    await fixture.setFault('ok');
    for (const id of [uuidv7(), transactionId, transactionId]) {
      await fixture.peer.send(CheckPayment, id, { transactionId: id });
    }
    await captured(submission);
    await fixture.peer.send(CheckPayment, transactionId, { transactionId });
    expect(await payoutsOf(submission)).toHaveLength(1);
  });
});

describe('when the provider is down', () => {
  test.each(['error', 'timeout', 'reset'] as const)(
    'with %s the money stays held, nothing is guessed, and it is paid out once when it is back',
    async (mode) => {
      await fixture.setFault(mode);
      const submission = await submit('tok_ok');
      await placeHold(submission);
      await eventually('a failed attempt', async () => {
        const { rows } = await fixture.pool.query(
          `SELECT 1 FROM withdrawals WHERE transaction_id = $1 AND state = 'payout-due' AND last_attempt_at IS NOT NULL`,
          [submission.transactionId],
        );
        return rows.length > 0 ? true : undefined;
      });
      expect(await stateOf(submission)).toBe('payout-due');
      await fixture.setFault('ok');
      await captured(submission);
      expect(await payoutsOf(submission)).toHaveLength(1);
    },
  );
});

test('a payout that may still arrive without its token is cancelled at the provider before the hold is voided', async () => {
  await fixture.setFault('timeout');
  const submission = await submit('tok_ok');
  await placeHold(submission);
  await eventually('an attempt that is over', async () => {
    const { rows } = await fixture.pool.query(
      'SELECT 1 FROM withdrawals WHERE transaction_id = $1 AND attempts > 1',
      [submission.transactionId],
    );
    return rows.length > 0 ? true : undefined;
  });
  await fixture.discard(submission.fundingRef);
  await fixture.setFault('ok');
  await voided(submission);
  const reference = submission.transactionId;
  const late = await fetch(`${fixture.config.PSP_URL}/psp/payouts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': reference },
    body: JSON.stringify({ reference, amount: 500, currency: 'USD', fundingToken: 'tok_ok' }),
  });
  expect(late.status).toBe(422);
  expect(await payoutsOf(submission)).toMatchObject([{ status: 'declined' }]);
});

describe('when the hold has ended before the provider answers', () => {
  test('a void that is too late declines the withdrawal all the same', async () => {
    const submission = await submit('tok_declined');
    const holdId = await placeHold(submission);
    const { transactionId } = await voided(submission);
    const late = { transactionId, holdId, operation: 'void', reason: 'hold-expired' };
    await fixture.peer.send(HoldOperationDeclined, holdId, late);
    expect(await declined(submission)).toMatchObject({ declineReason: 'payment-declined' });
  });

  test('a capture that is too late is shown to people', async () => {
    const submission = await submit('tok_ok');
    const holdId = await placeHold(submission);
    const { transactionId } = await captured(submission);
    const late = { transactionId, holdId, operation: 'capture', reason: 'hold-expired' };
    await fixture.peer.send(HoldOperationDeclined, holdId, late);
    await inState(submission, 'uncovered');
    const metrics = await (await fetch(`${fixture.service.url}/metrics`)).text();
    expect(metrics).toMatch(/withdrawals_unresolved\{[^}]*state="uncovered"[^}]*\} 1/);
  });
});
