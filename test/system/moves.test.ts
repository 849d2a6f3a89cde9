import { randomUUID } from 'node:crypto';
import { createFlorin, type Florin, type Transaction } from '@florin/sdk';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../story/eventually.js';
import { call } from '../story/http.js';
import { deposit, openWallet, statementOf, transfer, type Wallet, walletOf } from '../story/money.js';
import { type SignedIn, signUp } from '../story/people.js';
import { type RunningPlatform, startTestPlatform } from './test-platform.js';

let platform: RunningPlatform;
let backOffice: Florin;
let ada: SignedIn;
let grace: SignedIn;
let adas: Wallet;
let graces: Wallet;

beforeAll(async () => {
  platform = await startTestPlatform();
  backOffice = createFlorin({ baseUrl: platform.edgeUrl, token: platform.adminKey });
  [ada, grace] = await Promise.all([signUp(platform, 'Ada Lovelace'), signUp(platform, 'Grace Hopper')]);
  [adas, graces] = await Promise.all([openWallet(ada), openWallet(grace)]);
  await deposit(ada, adas, 1_000_000);
}, 180_000);
afterAll(() => platform?.stop());

const patience = { prefer: 20 } as const;
const available = async (owner: SignedIn, wallet: Wallet) =>
  (await walletOf(owner, wallet.id)).balances.available;

function reverse(florin: Florin, original: Transaction, amount?: number): Promise<Transaction> {
  const body = { reason: 'Not delivered', ...(amount === undefined ? {} : { amount }) };
  return florin.createReversal({ id: original.id, body }, patience);
}

/** The original as the reversals that have ended have left it. */
function reversedBy(original: Transaction, amount: number): Promise<Transaction> {
  return eventually(`${amount} given back`, async () => {
    const now = await ada.florin.getTransaction({ id: original.id });
    return now.reversedAmount === amount ? now : undefined;
  });
}

describe('a reversal', () => {
  test('gives back a part and then all that is left, and the original ends reversed', async () => {
    const before = await available(ada, adas);
    const sent = await transfer(ada, adas, graces, 1_000);
    const part = await reverse(grace.florin, sent, 300);
    expect(part).toMatchObject({
      type: 'reversal',
      status: 'completed',
      amount: 300,
      fee: 0,
      sourceWalletId: graces.id,
      destinationWalletId: adas.id,
      description: 'Not delivered',
      origin: { kind: 'transaction', id: sent.id },
    });
    expect(await reversedBy(sent, 300)).toMatchObject({ status: 'completed' });
    const rest = await reverse(backOffice, sent);
    expect(rest).toMatchObject({ status: 'completed', amount: 700 });
    expect(await reversedBy(sent, 1_000)).toMatchObject({ status: 'reversed', amount: 1_000 });
    expect(await available(ada, adas)).toBe(before);
    expect(await reverse(backOffice, sent)).toMatchObject({
      status: 'declined',
      declineReason: 'already-reversed',
    });
    const { data } = await ada.florin.listTransactions({ query: { originId: sent.id, status: 'completed' } });
    expect(data.map(({ amount }) => amount).sort()).toEqual([300, 700]);
  });

  test('is for who has received the money, and nobody else', async () => {
    const sent = await transfer(ada, adas, graces, 10);
    const path = `${platform.edgeUrl}/v1/transactions/${sent.id}/reversals`;
    const attempt = (token: string) => call('POST', path, { token, body: { reason: 'Mine' } });
    expect(await attempt(ada.token)).toMatchObject({ status: 403, body: { code: 'reversal-not-allowed' } });
    const stranger = await signUp(platform, 'Mallory');
    expect(await attempt(stranger.token)).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect((await grace.florin.getTransaction({ id: sent.id })).reversedAmount).toBe(0);
  });

  test('is declined for deposits, reversals and more than there was', async () => {
    const deposited = await deposit(ada, adas, 50);
    expect((await reverse(backOffice, deposited)).declineReason).toBe('not-reversible');
    const sent = await transfer(ada, adas, graces, 10);
    expect((await reverse(backOffice, sent, 11)).declineReason).toBe('reversal-exceeds-original');
    const reversal = await reverse(backOffice, sent);
    expect((await reverse(backOffice, reversal)).declineReason).toBe('not-reversible');
  });

  test('of which forty run at once never gives back more than there was', async () => {
    const sent = await transfer(ada, adas, graces, 1_000);
    const [adaBefore, graceBefore] = [await available(ada, adas), await available(grace, graces)];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => reverse(i % 2 ? backOffice : grace.florin, sent, 70)),
    );
    const completed = answers.filter(({ status }) => status === 'completed');
    expect(completed).toHaveLength(14);
    const reasons = new Set(answers.flatMap(({ declineReason }) => declineReason ?? []));
    expect([...reasons]).toEqual(['reversal-exceeds-original']);
    expect(await reversedBy(sent, 980)).toMatchObject({ status: 'completed' });
    expect(await reverse(backOffice, sent)).toMatchObject({ status: 'completed', amount: 20 });
    expect(await available(ada, adas)).toBe(adaBefore + 1_000);
    expect(await available(grace, graces)).toBe(graceBefore - 1_000);
    expect(await platform.ledgerImbalances()).toEqual([]);
  });

  test('shows on both statements, and its repeat is the same reversal', async () => {
    const sent = await transfer(ada, adas, graces, 40);
    const key = { ...patience, idempotencyKey: randomUUID() };
    const body = { amount: 15, reason: 'Twice' };
    const first = await grace.florin.createReversal({ id: sent.id, body }, key);
    expect(await grace.florin.createReversal({ id: sent.id, body }, key)).toEqual(first);
    const lines = (await statementOf(grace, graces.id)).data.filter(
      ({ transactionId }) => transactionId === first.id,
    );
    expect(lines.map(({ amount }) => amount)).toEqual([-15]);
  });
});
