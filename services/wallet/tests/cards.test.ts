import { randomUUID } from 'node:crypto';
import {
  CardIssued,
  CardRefused,
  CardStatusChanged,
  CardStatusChangeRefused,
  ChangeCardStatus,
  IssueCard,
  type MessageDefinition,
} from '@florin/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { createWalletFixture, type WalletFixture } from './wallet-fixture.js';

let wallets: WalletFixture;
const events = [CardIssued, CardRefused, CardStatusChanged, CardStatusChangeRefused] as MessageDefinition[];

beforeAll(async () => {
  wallets = await createWalletFixture(events, { ISSUER_CONCURRENCY: '4' });
});
afterAll(() => wallets?.close());
beforeEach(() => wallets.setIssuerFault('ok'));

async function request(walletId: string, ownerId: string): Promise<string> {
  const cardId = uuidv7();
  await wallets.peer.send(IssueCard, walletId, { cardId, walletId, ownerId });
  return cardId;
}

const issued = (cardId: string) => wallets.heard(CardIssued, (value) => value.cardId === cardId);
const refused = (cardId: string) => wallets.heard(CardRefused, (value) => value.cardId === cardId);

async function newCard(): Promise<CardIssued> {
  const ownerId = randomUUID();
  return issued(await request(await wallets.openWallet(ownerId), ownerId));
}

describe('cards', () => {
  test('are made by the issuer, two of one wallet on one account, and no full number is anywhere', async () => {
    const ownerId = randomUUID();
    const walletId = await wallets.openWallet(ownerId);
    const [first, second] = await Promise.all(
      [await request(walletId, ownerId), await request(walletId, ownerId)].map(issued),
    );
    expect(first).toMatchObject({
      walletId,
      ownerId,
      branch: '0001',
      cardToken: expect.stringMatching(/^crd_/),
    });
    expect(first!.last4).toMatch(/^\d{4}$/);
    expect(first!.accountNumber).toBe(second!.accountNumber);
    expect(first!.cardToken).not.toBe(second!.cardToken);
    expect(first!.meta.aggregateVersion).toBe(1);

    const made = await (await fetch(`${wallets.sandbox.url}/issuer/cards`)).text();
    const stored = await wallets.pool.query('SELECT to_jsonb(cards)::text AS text FROM cards');
    const everything = [made, JSON.stringify([first, second]), ...stored.rows.map((row) => row.text)].join();
    // Tokens and ids are random and may hold digits; a number of a card is 15 to 19 of them in a row.
    const withoutRandom = everything.replaceAll(
      /crd_[\w-]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
      '',
    );
    expect(withoutRandom).toContain(first!.last4);
    expect(withoutRandom).not.toMatch(/\d{15,19}/);
  });

  test("on somebody else's wallet are refused as if it did not exist", async () => {
    const cardId = await request(await wallets.openWallet(), randomUUID());
    expect((await refused(cardId)).reason).toBe('wallet-not-found');
  });

  test('that are asked for twice are made once', async () => {
    const ownerId = randomUUID();
    const walletId = await wallets.openWallet(ownerId);
    const cardId = await request(walletId, ownerId);
    await wallets.peer.send(IssueCard, walletId, { cardId, walletId, ownerId });
    await issued(cardId);
    await issued(await request(walletId, ownerId));
    expect(wallets.peer.heard(CardIssued).filter(({ value }) => value.cardId === cardId)).toHaveLength(1);
  });

  test.each(['error', 'timeout', 'reset'])(
    'come when the issuer is back from %s, and money moves meanwhile',
    async (mode) => {
      await wallets.setIssuerFault(mode);
      const ownerId = randomUUID();
      const walletId = await wallets.openWallet(ownerId);
      // More than may be ordered at once.
      const ids = await Promise.all(Array.from({ length: 6 }, () => request(walletId, ownerId)));
      await eventually('a call to the issuer that failed', async () => {
        const { rows } = await wallets.pool.query(
          'SELECT 1 FROM card_orders WHERE attempts > 0 AND card_id = ANY($1)',
          [ids],
        );
        return rows.length > 0 ? true : undefined;
      });
      await wallets.deposit(walletId, 5);
      expect(wallets.peer.heard(CardIssued).some(({ value }) => ids.includes(value.cardId))).toBe(false);
      const metrics = await (await fetch(`${wallets.url}/metrics`)).text();
      expect(metrics).toMatch(/card_orders_open\{[^}]*\} 6\n/);

      await wallets.setIssuerFault('ok');
      await Promise.all(ids.map(issued));
      const { rows } = await wallets.pool.query('SELECT count(*)::int AS open FROM card_orders');
      expect(rows[0].open).toBe(0);
    },
  );

  test('whose order was lost with a process that died are ordered when its lease ends', async () => {
    const ownerId = randomUUID();
    const walletId = await wallets.openWallet(ownerId);
    await wallets.setIssuerFault('error');
    const cardId = await request(walletId, ownerId);
    await eventually('the order', async () => {
      const { rowCount } = await wallets.pool.query('SELECT 1 FROM card_orders WHERE card_id = $1', [cardId]);
      return rowCount === 1 ? true : undefined;
    });
    // What a dead process leaves: an attempt that was counted, and a lease that has run out.
    await wallets.pool.query(
      "UPDATE card_orders SET attempts = attempts + 1, next_attempt_at = now() - interval '1 s' WHERE card_id = $1",
      [cardId],
    );
    await wallets.setIssuerFault('ok');
    expect((await issued(cardId)).cardId).toBe(cardId);
  });
});

describe('the status of a card', () => {
  let card: CardIssued;
  beforeEach(async () => {
    card = await newCard();
  });

  async function change(status: string, requestedBy = 'holder', cardId = card.cardId): Promise<string> {
    const changeId = uuidv7();
    const body = { changeId, cardId, walletId: card.walletId, status, requestedBy, reason: null };
    await wallets.peer.send(ChangeCardStatus, card.walletId, body);
    return changeId;
  }
  const changed = (changeId: string) =>
    wallets.heard(CardStatusChanged, (value) => value.changeId === changeId);
  const unchanged = (changeId: string) =>
    wallets.heard(CardStatusChangeRefused, (value) => value.changeId === changeId);

  test('is frozen, unfrozen and cancelled for ever, in the order asked for', async () => {
    const changes: string[] = [];
    for (const status of ['frozen', 'active', 'cancelled', 'cancelled']) changes.push(await change(status));
    const done = await Promise.all(changes.map(changed));
    expect(done.map(({ status, meta }) => [status, meta.aggregateVersion])).toEqual([
      ['frozen', 2],
      ['active', 3],
      ['cancelled', 4],
      ['cancelled', 4],
    ]);
    expect((await unchanged(await change('active', 'issuer'))).reason).toBe('card-cancelled');
  });

  test('that the issuer has frozen is not for the holder to lift', async () => {
    await changed(await change('frozen', 'issuer'));
    expect((await unchanged(await change('active'))).reason).toBe('card-frozen-by-issuer');
    expect((await changed(await change('active', 'issuer'))).status).toBe('active');
  });

  test('of an unknown card, or of one the issuer has not made, is refused', async () => {
    expect((await unchanged(await change('frozen', 'holder', uuidv7()))).reason).toBe('card-not-found');
    await wallets.setIssuerFault('error');
    const requested = await request(card.walletId, card.ownerId);
    expect((await unchanged(await change('frozen', 'holder', requested))).reason).toBe('card-not-found');
    await wallets.setIssuerFault('ok');
    await issued(requested);
  });
});
