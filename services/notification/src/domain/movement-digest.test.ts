import { describe, expect, test } from '@jest/globals';
import { afterDigest, type Digest, decideNotices, mailIntervalMs, mailsAtOnce } from './movement-digest.js';
import type { AddressedNotice } from './movement-notice.js';

const now = Date.UTC(2026, 0, 5);
const fresh: Digest = { customerId: 'ada', fullAt: now, dueAt: null, eventId: null, movements: 0 };

const notices = (count: number, from = 0): AddressedNotice[] =>
  Array.from({ length: count }, (_, i) => ({
    customerId: 'ada',
    eventId: `e${from + i}`,
    notice: {
      kind: 'sent',
      transactionId: `t${from + i}`,
      amount: 1,
      fee: 0,
      currency: 'USD',
      counterparty: 'Bob',
      description: null,
    },
  }));

/** Ten mails are spent, and two movements wait. */
const busy = () => decideNotices(fresh, notices(mailsAtOnce + 2), now).digest;

describe('the notices of a customer', () => {
  test('given few, are told at once', () => {
    const decided = decideNotices(fresh, notices(mailsAtOnce), now);
    expect(decided.now).toHaveLength(mailsAtOnce);
    expect(decided.digest).toMatchObject({ dueAt: null, eventId: null, movements: 0 });
    expect(decided.lines).toEqual([]);
  });

  test('given too many, those beyond wait for the next mail that may be sent', () => {
    const decided = decideNotices(fresh, notices(mailsAtOnce + 2), now);
    expect(decided.now.map(({ eventId }) => eventId)).toEqual(
      notices(mailsAtOnce).map(({ eventId }) => eventId),
    );
    expect(decided.digest).toMatchObject({
      dueAt: now + mailIntervalMs,
      eventId: `e${mailsAtOnce}`,
      movements: 2,
    });
    expect(decided.lines).toMatchObject([
      { transactionId: `t${mailsAtOnce}` },
      { transactionId: `t${mailsAtOnce + 1}` },
    ]);
  });

  test('given some that wait, later ones wait behind them, although a mail could be sent again', () => {
    const later = now + 5 * mailIntervalMs;
    const decided = decideNotices(busy(), notices(1, 50), later);
    expect(decided.now).toEqual([]);
    expect(decided.digest).toMatchObject({
      dueAt: now + mailIntervalMs,
      eventId: `e${mailsAtOnce}`,
      movements: 3,
    });
    expect(decided.lines).toMatchObject([{ transactionId: 't50' }]);
  });

  test('given thousands, all are counted and the first are kept', () => {
    const decided = decideNotices(fresh, notices(5_000), now);
    expect(decided.digest.movements).toBe(5_000 - mailsAtOnce);
    expect(decided.lines).toHaveLength(20);
    expect(decided.lines[0]).toMatchObject({ transactionId: `t${mailsAtOnce}` });
    expect(decideNotices(decided.digest, notices(10, 5_000), now).lines).toEqual([]);
  });

  test('given a mail about several, it counts as one', () => {
    const dueAt = now + mailIntervalMs;
    const rested = afterDigest(busy(), dueAt);
    expect(rested).toMatchObject({ dueAt: null, eventId: null, movements: 0 });
    expect(decideNotices(rested, notices(1), dueAt).now).toEqual([]);
    expect(decideNotices(rested, notices(2), dueAt + mailIntervalMs).now).toHaveLength(1);
  });

  test('given a long rest, the whole allowance is there again', () => {
    const rested = afterDigest(busy(), now + mailIntervalMs);
    const decided = decideNotices(rested, notices(mailsAtOnce), now + 100 * mailIntervalMs);
    expect(decided.now).toHaveLength(mailsAtOnce);
  });
});
