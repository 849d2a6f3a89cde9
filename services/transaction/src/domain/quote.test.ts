import { describe, expect, test } from '@jest/globals';
import { type Quote, quoteFor, refuseQuote } from './quote.js';

const request = { amount: 1_000, sourceCurrency: 'USD', destinationCurrency: 'EUR' };
const inForce = { id: 'r', rate: '0.92', marginBasisPoints: 100, definedAt: 5_000 };
const at = { now: 6_000, maxAgeMs: 1_000 };

describe('a quote', () => {
  test('has the margin in its rate, and says what will arrive, rounded down', () => {
    expect(quoteFor(request, inForce, at)).toEqual({ rate: '0.9108', destinationAmount: 910 });
  });

  test.each([
    ['rate-unavailable', request, undefined],
    ['rate-unavailable', request, { ...inForce, definedAt: 4_999 }],
    ['rate-unavailable', request, { ...inForce, rate: '0.000000000001', marginBasisPoints: 9_999 }],
    ['amount-invalid', { ...request, amount: 1 }, { ...inForce, rate: '0.4' }],
    ['amount-invalid', { ...request, amount: Number.MAX_SAFE_INTEGER }, { ...inForce, rate: '2' }],
  ])('is refused: %s', (reason, of, rate) => {
    expect(quoteFor(of, rate, at)).toBe(reason);
  });
});

describe('a transfer at a quote', () => {
  const now = 1_000;
  const promised = { rate: '0.9', destinationAmount: 900, expiresAt: now };
  const quote: Quote = { ...request, ...promised, ownerId: 'ada', transactionId: null };
  const payer = { transactionId: 't', sourceOwnerId: 'ada', amount: 1_000, currency: 'USD' };
  const transfer = { ...payer, destinationCurrency: 'EUR' };

  test('is made up to the instant at which it expires', () => {
    expect(refuseQuote(quote, transfer, now)).toBeUndefined();
  });

  test('to a wallet whose currency is not known is left to the ledger', () => {
    expect(refuseQuote(quote, { ...transfer, destinationCurrency: null }, now)).toBeUndefined();
  });

  test('that has used it already is the same transfer again', () => {
    expect(refuseQuote({ ...quote, transactionId: 't' }, transfer, now + 1)).toBeUndefined();
  });

  test.each([
    ['quote-not-found', undefined, {}],
    ['quote-not-found', quote, { sourceOwnerId: 'bob' }],
    ['quote-mismatch', quote, { amount: 999 }],
    ['quote-mismatch', quote, { currency: 'EUR' }],
    ['quote-mismatch', quote, { destinationCurrency: 'USD' }],
    ['quote-mismatch', quote, { destinationCurrency: 'JPY' }],
    ['quote-used', { ...quote, transactionId: 'other' }, {}],
    ['quote-expired', { ...quote, expiresAt: now - 1 }, {}],
  ])('is declined: %s', (reason, of, more) => {
    expect(refuseQuote(of, { ...transfer, ...more }, now)).toBe(reason);
  });
});
