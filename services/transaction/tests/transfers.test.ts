import {
  BeneficiaryRuleWithdrawn,
  type BodyOf,
  type Entry,
  FxQuoteUsed,
  PostTransfer,
  SubmitTransfer,
  TransactionCompleted,
  TransactionDeclined,
  TransferDeclined,
  TransferPosted,
  WithdrawBeneficiaryRule,
} from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { createTransactionFixture, type TransactionFixture, transferBody } from './transaction-fixture.js';

let fixture: TransactionFixture;
beforeAll(async () => {
  fixture = await createTransactionFixture();
  await fixture.defineType('transfer', { feeFlat: 5, feeBasisPoints: 250, limitPerTransaction: 50_000 });
  await fixture.allow('transfer', 'personal-usd', 'business-usd');
  // Without a limit, to send what the other does not let pass.
  await fixture.defineType('gift', {});
  await fixture.allow('gift', 'personal-usd', 'business-usd');
});
afterAll(() => fixture?.close());

async function submit(more: Partial<BodyOf<SubmitTransfer>> = {}): Promise<BodyOf<SubmitTransfer>> {
  const body = transferBody(more);
  await fixture.peer.send(SubmitTransfer, body.sourceWalletId, body);
  return body;
}

const posted = (id: string) => fixture.heard(PostTransfer, (command) => command.transactionId === id);
const completed = (id: string) => fixture.heard(TransactionCompleted, (event) => event.transactionId === id);
const declined = (id: string) => fixture.heard(TransactionDeclined, (event) => event.transactionId === id);

function entry(walletId: string, amount: number): Entry {
  return {
    entryId: uuidv7(),
    walletId,
    sequence: 1,
    amount,
    heldChange: 0,
    posted: amount,
    held: 0,
    available: amount,
  };
}

describe('a transfer', () => {
  test('goes to the ledger with its fee, and is completed with the entries of the ledger', async () => {
    const body = await submit();
    const command = await posted(body.transactionId);
    expect(command).toMatchObject({ amount: 1_000, feeAmount: 30, currency: 'USD', description: 'rent' });

    const entries = [entry(body.sourceWalletId, -1_000), entry(body.destinationWalletId, 1_000)];
    const event = {
      transactionId: body.transactionId,
      currency: 'USD',
      postedAt: 1_760_000_000_000,
      entries,
      exchange: null,
    };
    await fixture.peer.send(TransferPosted, body.transactionId, event);
    const { meta, ...facts } = await completed(body.transactionId);
    const { sourceWalletType: _s, destinationWalletType: _d, sourceTimeZone: _z, ...others } = body;
    const { quoteId: _q, destinationCurrency: _c, ...submitted } = others;
    expect(facts).toEqual({
      ...submitted,
      fee: 30,
      createdAt: expect.any(Number),
      completedAt: 1_760_000_000_000,
      entries,
      exchange: null,
      hops: [expect.objectContaining({ service: 'wallet', message: 'TransferPosted' })],
    });
    expect(meta.aggregateVersion).toBe(2);
  });

  test('that the ledger refuses is declined for the reason of the ledger', async () => {
    const { transactionId } = await submit();
    await posted(transactionId);
    await fixture.peer.send(TransferDeclined, transactionId, { transactionId, reason: 'insufficient-funds' });
    expect(await declined(transactionId)).toMatchObject({ declineReason: 'insufficient-funds', fee: 30 });
  });

  test('that has ended stays as it ended, whatever comes after', async () => {
    const { transactionId } = await submit();
    await posted(transactionId);
    const reason = 'insufficient-funds';
    await fixture.peer.send(TransferDeclined, transactionId, { transactionId, reason });
    await declined(transactionId);
    const event = { transactionId, currency: 'USD', postedAt: 1, entries: [], exchange: null };
    await fixture.peer.send(TransferPosted, transactionId, event);
    await fixture.peer.send(TransferDeclined, transactionId, { transactionId, reason: 'wallet-not-found' });
    await drain();
    const heard = [
      ...fixture.peer.heard(TransactionCompleted),
      ...fixture.peer.heard(TransactionDeclined),
    ].filter(({ value }) => value.transactionId === transactionId);
    expect(heard.map(({ value }) => value)).toMatchObject([{ declineReason: reason }]);
  });

  test('that goes to the ledger uses up its quote and says so once, also when the ledger declines it', async () => {
    const quoteId = await newQuote();
    const body = await submit({ quoteId, sourceOwnerId: quoteId });
    const { transactionId } = body;
    const event = await fixture.heard(FxQuoteUsed, (used) => used.quoteId === quoteId);
    expect(event).toMatchObject({ transactionId, ownerId: quoteId, rate: '0.9', destinationAmount: 900 });
    expect(await posted(transactionId)).toMatchObject({ exchange: { currency: 'EUR', rate: '0.9' } });
    await fixture.peer.send(TransferDeclined, transactionId, { transactionId, reason: 'insufficient-funds' });
    await declined(transactionId);
    await fixture.peer.send(SubmitTransfer, body.sourceWalletId, body);
    const second = await submit({ quoteId, sourceOwnerId: quoteId });
    expect(await declined(second.transactionId)).toMatchObject({ declineReason: 'quote-used' });
    await drain();
    expect(usersOf(quoteId)).toEqual([transactionId]);
  });

  test.each([
    ['transaction-type-unknown', { type: 'barter' }],
    ['beneficiary-not-allowed', { destinationWalletType: 'personal-usd' }],
    ['limit-exceeded', { amount: 50_001 }],
    ['quote-mismatch', { destinationCurrency: 'USD' }],
    ['quote-mismatch', { destinationCurrency: 'JPY' }],
  ])('that is declined at once leaves its quote to another: %s %p', async (declineReason, more) => {
    const named = { amount: 1_000, ...more };
    const quoteId = await newQuote(named.amount);
    const refused = await submit({ quoteId, sourceOwnerId: quoteId, ...more });
    expect(await declined(refused.transactionId)).toMatchObject({ declineReason });
    const { amount } = named;
    const good = { type: 'gift', amount, destinationCurrency: 'EUR' };
    const { transactionId } = await submit({ quoteId, sourceOwnerId: quoteId, ...good });
    expect(await posted(transactionId)).toMatchObject({ exchange: { currency: 'EUR', rate: '0.9' } });
    await fixture.heard(FxQuoteUsed, (used) => used.quoteId === quoteId);
    expect(usersOf(quoteId)).toEqual([transactionId]);
  });

  test('submitted again under another message id is sent to the ledger once', async () => {
    const body = await submit();
    await fixture.peer.send(SubmitTransfer, body.sourceWalletId, body);
    await posted(body.transactionId);
    await drain();
    const sent = fixture.peer
      .heard(PostTransfer)
      .filter(({ value }) => value.transactionId === body.transactionId);
    expect(sent).toHaveLength(1);
  });

  test.each([
    ['transaction-type-unknown', { type: 'barter' }],
    ['beneficiary-not-allowed', { destinationWalletType: 'personal-usd' }],
    ['limit-exceeded', { amount: 50_001 }],
  ])('is declined at once: %s', async (reason, more) => {
    const { transactionId } = await submit(more);
    expect(await declined(transactionId)).toMatchObject({ declineReason: reason, fee: 0 });
    expect(fixture.peer.heard(PostTransfer).some((m) => m.value.transactionId === transactionId)).toBe(false);
  });

  test('past the deadline of its request is declined', async () => {
    const body = transferBody();
    await fixture.peer.send(SubmitTransfer, body.sourceWalletId, body, { deadlineAt: Date.now() - 1 });
    expect(await declined(body.transactionId)).toMatchObject({ declineReason: 'deadline-exceeded' });
  });

  test('needs a rule that is in force now', async () => {
    const ruleId = await fixture.allow('transfer', 'business-usd', 'personal-usd');
    const types = { sourceWalletType: 'business-usd', destinationWalletType: 'personal-usd' };
    await posted((await submit(types)).transactionId);
    await fixture.peer.send(WithdrawBeneficiaryRule, ruleId, { ruleId });
    await fixture.heard(BeneficiaryRuleWithdrawn, (rule) => rule.ruleId === ruleId);
    const { transactionId } = await submit(types);
    expect(await declined(transactionId)).toMatchObject({ declineReason: 'beneficiary-not-allowed' });
  });
});

/** A quote from dollars to euros, which is its own owner's. */
async function newQuote(amount = 1_000): Promise<string> {
  const quoteId = uuidv7();
  await fixture.pool.query(
    `WITH rate AS (
       INSERT INTO fx_rates (id, source_currency, destination_currency, rate, margin_basis_points, version, defined_at)
       VALUES ($1::uuid, $1::text, 'EUR', '0.9', 0, 1, now()) RETURNING id)
     INSERT INTO fx_quotes (id, owner_id, source_currency, destination_currency, amount, destination_amount, rate,
                            fx_rate_id, expires_at)
     SELECT $1::uuid, $1::uuid, 'USD', 'EUR', $2::bigint, $2::bigint * 9 / 10, '0.9', id, now() + interval '1 hour' FROM rate`,
    [quoteId, amount],
  );
  return quoteId;
}

/** The transfers that are said to have used a quote. */
function usersOf(quoteId: string): readonly string[] {
  return fixture.peer
    .heard(FxQuoteUsed)
    .filter(({ value }) => value.quoteId === quoteId)
    .map(({ key }) => key);
}

/** Both partitions have been read to here: what has not been heard by now was not sent. */
async function drain(): Promise<void> {
  const markers = await Promise.all(Array.from({ length: 8 }, () => submit()));
  await Promise.all(
    markers.map(async ({ transactionId }) => {
      await posted(transactionId);
      const event = { transactionId, currency: 'USD', postedAt: 1, entries: [], exchange: null };
      await fixture.peer.send(TransferPosted, transactionId, event);
      await completed(transactionId);
    }),
  );
}
