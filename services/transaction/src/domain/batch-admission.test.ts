import { describe, expect, test } from '@jest/globals';
import type { Terms } from './admission.js';
import { admitBatch, type Candidate } from './batch-admission.js';
import { BatchQuotes } from './batch-quotes.js';
import { allWallets, DailyCounters, noLimits } from './limits.js';
import { admitDeposit } from './provider-admission.js';
import type { Quote } from './quote.js';

const now = 500;
const limits = new Map([[allWallets, { ...noLimits, dailyAmount: 100 }]]);
const terms: Terms = { fee: { flat: 10, basisPoints: 0 }, limits, isBeneficiaryAllowed: true, version: 3 };
const key = { ownerId: 'ada', transactionType: 'transfer', currency: 'USD' };

function candidate(amount: number, more: Partial<Candidate> = {}): Candidate {
  const demand = { key, amount, limits, dayEndsAt: 1_000 };
  return { amount, deadlineAt: null, terms, demand, allOrNone: null, ...more };
}
function outcomes(candidates: readonly Candidate[], counters = new DailyCounters([])): (string | number)[] {
  const decided = admitBatch(candidates, counters, now);
  return decided.map((one) => (one.admitted ? one.limitShares.length : one.reason));
}

describe('a batch', () => {
  test('is decided in arrival order, and what is refused takes nothing', () => {
    const unknown = candidate(90, { terms: undefined });
    expect(outcomes([unknown, candidate(60), candidate(41), candidate(40)])).toEqual([
      'transaction-type-unknown',
      1,
      'limit-exceeded',
      1,
    ]);
  });

  test('leaves to those behind it what a group that is refused as a whole would have taken', () => {
    const counters = new DailyCounters([]);
    const group = [
      candidate(60, { allOrNone: 'a' }),
      candidate(30, { allOrNone: 'a' }),
      candidate(1, { allOrNone: 'a', terms: undefined }),
    ];
    expect(outcomes([...group, candidate(100)], counters)).toEqual([0, 0, 'transaction-type-unknown', 1]);
    expect(counters.moved).toMatchObject([{ amount: 100, count: 1 }]);
  });

  test('counts a group that is admitted as a whole, and each group by itself', () => {
    const whole = [candidate(60, { allOrNone: 'a' }), candidate(30, { allOrNone: 'a' })];
    const tooMuch = [candidate(10, { allOrNone: 'b' }), candidate(1, { allOrNone: 'b' })];
    expect(outcomes([...whole, ...tooMuch, candidate(10)])).toEqual([1, 1, 0, 'limit-exceeded', 1]);
  });

  test('gives a quote to the first transfer that is admitted, and counts nothing for those that find it used', () => {
    const promised = { destinationCurrency: 'EUR', rate: '0.9', destinationAmount: 54, expiresAt: now };
    const asked = { ownerId: 'ada', sourceCurrency: 'USD', amount: 60, transactionId: null };
    const quotes = new BatchQuotes(new Map<string, Quote>([['q', { ...asked, ...promised }]]));
    const at = (transactionId: string, more: Partial<Candidate> = {}) => {
      const payer = { sourceOwnerId: 'ada', amount: 60, currency: 'USD', destinationCurrency: 'EUR' };
      return candidate(60, { quote: quotes.namedBy({ transactionId, quoteId: 'q', ...payer }), ...more });
    };
    const batch = [
      at('unknown', { terms: undefined }),
      at('first'),
      at('second'),
      candidate(41),
      candidate(40),
    ];
    expect(outcomes(batch)).toEqual(['transaction-type-unknown', 1, 'quote-used', 'limit-exceeded', 1]);
  });

  test('counts nothing for what its own kind refuses', () => {
    const counters = new DailyCounters([]);
    // Nothing would be left of a deposit whose fee is its amount.
    const decided = admitBatch([candidate(10), candidate(100)], counters, now, admitDeposit);
    expect(decided).toMatchObject([
      { admitted: false, reason: 'amount-invalid', typeVersion: 3 },
      { admitted: true, fee: 10, typeVersion: 3 },
    ]);
  });
});
