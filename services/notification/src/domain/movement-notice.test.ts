import { describe, expect, test } from '@jest/globals';
import { type Movement, mailAbout, mailAboutSeveral, noticesOf, partiesOf } from './movement-notice.js';
import type { Recipient } from './recipient.js';

const ada: Recipient = { customerId: 'ada', fullName: 'Ada', email: 'ada@example.com', phone: '+15550001' };
const bob: Recipient = { customerId: 'bob', fullName: 'Bob', email: 'bob@example.com', phone: '+15550002' };
const recipients = new Map([ada, bob].map((recipient) => [recipient.customerId, recipient]));

const transfer: Movement = {
  transactionId: 't1',
  type: 'transfer',
  sourceWalletId: 'w1',
  sourceOwnerId: 'ada',
  destinationWalletId: 'w2',
  destinationOwnerId: 'bob',
  amount: 1_050,
  fee: 20,
  currency: 'USD',
  description: 'Lunch',
  createdAt: 0,
  completedAt: 0,
  entries: [],
  exchange: null,
  origin: null,
  hops: [],
};

const mailsOf = (movement: Movement) =>
  noticesOf('e1', movement, recipients).map(({ eventId, customerId, notice }) =>
    mailAbout(eventId, notice, recipients.get(customerId)!),
  );

describe('the mails of a transaction', () => {
  test('given a transfer, tell both parties of each other', () => {
    const drafts = mailsOf(transfer);
    expect(drafts).toMatchObject([
      { customerId: 'ada', address: 'ada@example.com', subject: 'You sent 10.50 USD to Bob' },
      { customerId: 'bob', address: 'bob@example.com', subject: 'You received 10.50 USD from Ada' },
    ]);
    expect(drafts.every((draft) => draft.eventId === 'e1' && draft.secretRef === null)).toBe(true);
  });

  test('given a transfer between currencies, tell each party what has moved in his wallet', () => {
    const exchange = { currency: 'EUR', amount: 966, rate: '0.92' };
    expect(mailsOf({ ...transfer, exchange })).toMatchObject([
      { customerId: 'ada', subject: 'You sent 10.50 USD to Bob' },
      { customerId: 'bob', subject: 'You received 9.66 EUR from Ada' },
    ]);
    const back = { sourceOwnerId: 'bob', destinationOwnerId: 'ada' };
    expect(mailsOf({ ...transfer, ...back, type: 'reversal', exchange })).toMatchObject([
      { customerId: 'bob', subject: 'You sent 9.66 EUR to Ada' },
      { customerId: 'ada', subject: 'You received 10.50 USD from Bob' },
    ]);
  });

  test('given a transfer between own wallets, tell the owner once', () => {
    const own = { ...transfer, destinationOwnerId: 'ada' };
    expect(partiesOf(own)).toEqual(['ada']);
    expect(mailsOf(own)).toMatchObject([
      { customerId: 'ada', subject: 'You sent 10.50 USD to your other wallet' },
    ]);
  });

  test('given a deposit, tell the owner only', () => {
    const deposit = {
      ...transfer,
      type: 'deposit',
      sourceOwnerId: null,
      sourceWalletId: null,
      destinationOwnerId: 'bob',
    };
    expect(partiesOf(deposit)).toEqual(['bob']);
    expect(mailsOf(deposit)).toMatchObject([
      { customerId: 'bob', subject: 'Your deposit of 10.50 USD has arrived' },
    ]);
  });

  test('given somebody who has left, tell the other party only', () => {
    const withoutBob = new Map([['ada', ada]]);
    expect(noticesOf('e1', transfer, withoutBob)).toMatchObject([
      { customerId: 'ada', notice: { kind: 'sent', counterparty: 'an external account' } },
    ]);
  });

  test('given many, list the first of them in one', () => {
    const { notice } = noticesOf('e1', transfer, recipients)[0]!;
    const lines = Array.from({ length: 30 }, () => notice);
    const draft = mailAboutSeveral('e1', { count: 70, lines }, ada);
    expect(draft).toMatchObject({
      subject: '70 movements in your wallets',
      parameters: { count: 70, lines: { length: 20 } },
    });
  });
});
