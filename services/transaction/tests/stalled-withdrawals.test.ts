import {
  CaptureHold,
  HoldCaptured,
  HoldPlaced,
  HoldVoided,
  PlaceHold,
  SubmitWithdrawal,
  TransactionCompleted,
  TransactionDeclined,
  VoidHold,
} from '@florin/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { createTransactionFixture, depositBody, type TransactionFixture } from './transaction-fixture.js';

const patienceMs = 30_000;
let leapMs = 0;
const clock = { now: () => Date.now() + leapMs };

/** The peer plays a ledger that loses the first command of each step, the sandbox the provider. */
let fixture: TransactionFixture;
beforeAll(async () => {
  const env = { TRANSACTION_PATIENCE_MS: String(patienceMs), TRANSACTION_SWEEP_INTERVAL_MS: '50' };
  fixture = await createTransactionFixture({ clock, env });
  await fixture.defineType('withdrawal', { feeFlat: 3 });
});
afterAll(() => fixture?.close());

async function submit(fundingToken: string) {
  const body = depositBody(await fixture.seal(fundingToken), 500);
  await fixture.peer.send(SubmitWithdrawal, body.walletId, body);
  return body;
}

/** Waits until a command has come twice, and answers with its body when both were the same. */
async function askedTwice<T extends { meta: unknown }>(sent: () => readonly T[]): Promise<Omit<T, 'meta'>> {
  await eventually('the first command', async () => (sent().length > 0 ? true : undefined));
  await eventually('the ledger to be asked again', async () => {
    leapMs += 10_000;
    return sent().length > 1 ? true : undefined;
  });
  const [first, again] = sent().map(({ meta: _, ...body }) => body);
  expect(again).toEqual(first);
  return first!;
}

const holdsOf = (walletId: string) => () =>
  fixture.peer
    .heard(PlaceHold)
    .map(({ value }) => value)
    .filter((hold) => hold.walletId === walletId);

const posting = { currency: 'USD', postedAt: 1_760_000_000_000, entries: [] };

async function placeHold(walletId: string): Promise<string> {
  const { holdId, amount, expiresAt } = await askedTwice(holdsOf(walletId));
  await fixture.peer.send(HoldPlaced, holdId, { holdId, walletId, amount, expiresAt, ...posting });
  return holdId;
}

test('a hold and a capture that are overdue are asked for again in the same words', async () => {
  const { transactionId, walletId } = await submit('tok_ok');
  const holdId = await placeHold(walletId);
  const captures = () =>
    fixture.peer
      .heard(CaptureHold)
      .map(({ value }) => value)
      .filter((capture) => capture.transactionId === transactionId);
  expect(await askedTwice(captures)).toMatchObject({ holdId, amount: 500, feeAmount: 3, final: true });
  const event = { transactionId, holdId, amount: 500, released: 0, remaining: 0, ...posting };
  await fixture.peer.send(HoldCaptured, holdId, event);
  await fixture.heard(TransactionCompleted, (ended) => ended.transactionId === transactionId);
});

test('the end of a hold that is overdue is asked for again', async () => {
  const { transactionId, walletId } = await submit('tok_declined');
  const holdId = await placeHold(walletId);
  const voids = () =>
    fixture.peer
      .heard(VoidHold)
      .map(({ value }) => value)
      .filter((end) => end.transactionId === transactionId);
  expect(await askedTwice(voids)).toEqual({ transactionId, holdId });
  await fixture.peer.send(HoldVoided, holdId, { transactionId, holdId, released: 503, ...posting });
  await fixture.heard(TransactionDeclined, (ended) => ended.transactionId === transactionId);
});

test('what was sent long before it was taken on is looked after all the same', async () => {
  // The sender wrote its own time into the command: for this service that is an hour ago.
  leapMs += 3_600_000;
  const { walletId } = await submit('tok_ok');
  await askedTwice(holdsOf(walletId));
});
