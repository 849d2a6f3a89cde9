import {
  type BodyOf,
  PostTransfer,
  ReverseTransfer,
  SubmitReversal,
  SubmitTransfer,
  TransactionCompleted,
  TransactionDeclined,
  TransferPosted,
  TransferReversed,
} from '@florin/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import {
  createTransactionFixture,
  postedBody,
  reversalBody,
  type TransactionFixture,
  transferBody,
} from './transaction-fixture.js';

let fixture: TransactionFixture;
beforeAll(async () => {
  fixture = await createTransactionFixture();
  await fixture.defineType('transfer');
  await fixture.allow('transfer', 'personal-usd', 'business-usd');
});
afterAll(() => fixture?.close());

/** A transfer that this service has sent to the ledger and heard no more of. */
async function pendingTransfer(): Promise<BodyOf<SubmitTransfer>> {
  const body = transferBody();
  await fixture.peer.send(SubmitTransfer, body.sourceWalletId, body);
  await fixture.heard(PostTransfer, (command) => command.transactionId === body.transactionId);
  return body;
}

/** Submits the reversal of all of it; returns its transaction id. */
async function reverse(original: BodyOf<SubmitTransfer>, originalCompleted: boolean): Promise<string> {
  const body = reversalBody(original, { originalCompleted });
  await fixture.peer.send(SubmitReversal, original.transactionId, body);
  return body.transactionId;
}

test('of a transfer that its caller was shown as completed goes to the ledger, and ends behind it', async () => {
  const original = await pendingTransfer();
  const originalTransactionId = original.transactionId;
  const id = await reverse(original, true);
  await fixture.heard(ReverseTransfer, (command) => command.transactionId === id);
  const reversed = { ...postedBody(id), originalTransactionId, amount: original.amount, remaining: 0 };
  const posted = postedBody(originalTransactionId);
  // The other way round, as when the first of them has had to be retried.
  await fixture.peer.sendAll([
    { definition: TransferReversed, key: originalTransactionId, body: reversed },
    { definition: TransferPosted, key: originalTransactionId, body: posted },
  ]);
  await fixture.heard(TransactionCompleted, (event) => event.transactionId === id);
  await eventually('the original to be reversed', async () => {
    const { rows } = await fixture.pool.query(
      `SELECT FROM transactions WHERE id = $1 AND status = 'reversed' AND reversed_amount = amount`,
      [originalTransactionId],
    );
    return rows[0];
  });
  const ended = fixture.peer.heard(TransactionCompleted).map(({ value }) => value.transactionId);
  expect(ended.indexOf(originalTransactionId)).toBeLessThan(ended.indexOf(id));
});

test('of a transfer that nobody was shown as completed is declined', async () => {
  const id = await reverse(await pendingTransfer(), false);
  const declined = await fixture.heard(TransactionDeclined, (event) => event.transactionId === id);
  expect(declined.declineReason).toBe('not-reversible');
});
