import { describe, expect, test } from '@jest/globals';
import type { Quote } from './quote.js';
import { type RehearsedTransfer, rehearse } from './rehearsal.js';

const now = 1_000;
const transfer: RehearsedTransfer = {
  transactionId: 't',
  sourceOwnerId: 'ada',
  amount: 1_000,
  currency: 'USD',
  fxQuoteId: 'q',
  destinationCurrency: 'EUR',
};
const quote: Quote = {
  ownerId: 'ada',
  sourceCurrency: 'USD',
  destinationCurrency: 'EUR',
  amount: 1_000,
  destinationAmount: 910,
  rate: '0.91',
  expiresAt: now,
  transactionId: null,
};
const admitted = { admitted: true, fee: 7 } as const;

describe('a dry run', () => {
  test('of a transfer at a quote says what it costs and what arrives', () => {
    const exchange = { currency: 'EUR', amount: 910, rate: '0.91' };
    expect(rehearse(transfer, quote, admitted, now)).toEqual({ fee: 7, declineReason: null, exchange });
  });

  test('of a transfer in one currency needs no quote', () => {
    const plain = { ...transfer, fxQuoteId: null, destinationCurrency: 'USD' };
    const expected = { fee: 7, declineReason: null, exchange: null };
    expect(rehearse(plain, undefined, admitted, now)).toEqual(expected);
    expect(rehearse({ ...plain, destinationCurrency: null }, undefined, admitted, now)).toEqual(expected);
  });

  const refused = { admitted: false, reason: 'limit-exceeded' } as const;
  test.each([
    ['currency-mismatch', { fxQuoteId: null }, undefined, admitted],
    ['quote-mismatch', { destinationCurrency: 'JPY' }, quote, admitted],
    ['quote-mismatch', { destinationCurrency: 'USD' }, quote, admitted],
    ['quote-not-found', {}, undefined, admitted],
    ['quote-not-found', {}, { ...quote, ownerId: 'bob' }, admitted],
    ['quote-expired', {}, { ...quote, expiresAt: now - 1 }, admitted],
    ['quote-used', {}, { ...quote, transactionId: 'other' }, admitted],
    ['quote-mismatch', { amount: 999 }, quote, refused],
    ['limit-exceeded', {}, quote, refused],
    ['limit-exceeded', { fxQuoteId: null }, undefined, refused],
  ])('says why it would be declined: %s', (declineReason, more, of, admission) => {
    const expected = { fee: 0, declineReason, exchange: null };
    expect(rehearse({ ...transfer, ...more }, of, admission, now)).toEqual(expected);
  });
});
