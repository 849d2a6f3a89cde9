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
let mallory: SignedIn;
let adas: Wallet;
let graces: Wallet;

beforeAll(async () => {
  platform = await startTestPlatform();
  backOffice = createFlorin({ baseUrl: platform.edgeUrl, token: platform.adminKey });
  const names = ['Ada Lovelace', 'Grace Hopper', 'Mallory'];
  const people = await Promise.all(names.map((name) => signUp(platform, name)));
  [ada, grace, mallory] = people as [SignedIn, SignedIn, SignedIn];
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
    expect(await attempt(mallory.token)).toMatchObject({ status: 404, body: { code: 'not-found' } });
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

describe('a scheduled transfer', () => {
  const transferOf = (amount: number) => ({
    type: 'transfer',
    sourceWalletId: adas.id,
    destinationWalletId: graces.id,
    amount,
    currency: 'USD',
  });
  const historyOf = async (id: string) => (await ada.florin.listOccurrences({ id })).data;

  /** Far enough for a busy machine to take the call; by then it may be over, so nothing is asserted of the time before. */
  const soon = () => new Date(Date.now() + 5_000).toISOString();

  test('is active until its time has come', async () => {
    const runAt = new Date(Date.now() + 86_400_000).toISOString();
    const made = await ada.florin.createScheduledTransfer({ body: { ...transferOf(11), runAt } }, patience);
    expect(made).toMatchObject({ status: 'active', runAt, nextRunAt: runAt, missedRunPolicy: 'run-once' });
    await ada.florin.cancelScheduledTransfer({ id: made.id }, patience);
  });

  test('is made when its time has come, and tells what became of it', async () => {
    const before = await available(grace, graces);
    const body = { ...transferOf(11), runAt: soon() };
    const made = await ada.florin.createScheduledTransfer({ body }, patience);
    const [occurrence] = await eventually('the occurrence', async () => {
      const history = await historyOf(made.id);
      return history.some(({ status }) => status === 'completed') ? history : undefined;
    });
    const sent = await ada.florin.getTransaction({ id: occurrence!.transactionId! });
    expect(sent).toMatchObject({ amount: 11, origin: { kind: 'scheduled-transfer', id: made.id } });
    expect(await available(grace, graces)).toBe(before + 11);
    expect(await ada.florin.getScheduledTransfer({ id: made.id })).toMatchObject({
      status: 'completed',
      nextRunAt: null,
    });
  });

  test('that is declined says why', async () => {
    const runAt = soon();
    const body = { ...transferOf(100_000_000), runAt };
    const { id } = await ada.florin.createScheduledTransfer({ body }, patience);
    const [occurrence] = await eventually('the occurrence', async () => {
      const history = await historyOf(id);
      return history.some(({ status }) => status === 'declined') ? history : undefined;
    });
    expect(occurrence).toMatchObject({ occursAt: runAt, declineReason: 'insufficient-funds' });
  });

  test('that recurs can be listed and cancelled, once', async () => {
    const times = { cron: '0 9 1 * *', timeZone: 'Europe/Berlin', missedRunPolicy: 'skip' } as const;
    const body = { ...transferOf(5), ...times };
    const made = await ada.florin.createScheduledTransfer({ body }, patience);
    expect(Date.parse(made.nextRunAt!)).toBeGreaterThan(Date.now());
    const { data } = await ada.florin.listScheduledTransfers({ query: { status: 'active' } });
    expect(data).toContainEqual(made);
    const url = `${platform.edgeUrl}/v1/scheduled-transfers/${made.id}`;
    expect((await call('GET', url, { token: grace.token })).status).toBe(404);
    expect((await call('DELETE', url, { token: grace.token })).status).toBe(404);
    await ada.florin.cancelScheduledTransfer({ id: made.id }, patience);
    expect(await ada.florin.getScheduledTransfer({ id: made.id })).toMatchObject({
      status: 'cancelled',
      endReason: 'by-customer',
      nextRunAt: null,
    });
    const again = await call('DELETE', url, { token: ada.token });
    expect(again).toMatchObject({ status: 409, body: { code: 'scheduled-transfer-ended' } });
  });

  test.each([
    ['/cron', { cron: '61 9 * * *', timeZone: 'UTC' }],
    ['/cron', { cron: '0 0 30 2 *', timeZone: 'UTC' }],
    ['/timeZone', { cron: '0 9 * * *', timeZone: 'Nowhere/Here' }],
    ['/timeZone', { cron: '0 9 * * *' }],
    ['/endsAt', { cron: '0 9 * * *', timeZone: 'UTC', endsAt: '2020-01-01T00:00:00Z' }],
    ['/runAt', { runAt: '2020-01-01T00:00:00Z' }],
    ['/runAt', {}],
  ])('is refused for %s: %p', async (pointer, times) => {
    const url = `${platform.edgeUrl}/v1/scheduled-transfers`;
    const answer = await call('POST', url, { token: ada.token, body: { ...transferOf(5), ...times } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation-failed', errors: [{ pointer }] } });
  });
});

describe('a transfer between currencies', () => {
  let euros: Wallet;
  const pair = { sourceCurrency: 'USD', destinationCurrency: 'EUR' };
  const promised = (amount: number) => ada.florin.createFxQuote({ body: { ...pair, amount } }, patience);
  const asked = (amount: number, quoteId?: string, dryRun?: true) =>
    ada.florin.createTransaction(
      {
        body: {
          type: 'transfer',
          sourceWalletId: adas.id,
          destinationWalletId: euros.id,
          amount,
          currency: 'USD',
          ...(quoteId === undefined ? {} : { quoteId }),
          ...(dryRun === undefined ? {} : { dryRun }),
        },
      },
      patience,
    );
  async function send(amount: number, quoteId?: string): Promise<Transaction> {
    const made = await asked(amount, quoteId);
    if ('dryRun' in made) throw new Error('a transfer was answered as a dry run');
    return made;
  }

  test('is made at the rate that was promised, once, whatever the rate is by then', async () => {
    euros = await openWallet(grace, 'personal-eur');
    await backOffice.createTransactionRule(
      {
        body: {
          transactionType: 'transfer',
          sourceWalletType: 'personal-usd',
          destinationWalletType: 'personal-eur',
        },
      },
      patience,
    );
    const none = await call('POST', `${platform.edgeUrl}/v1/fx-quotes`, {
      token: ada.token,
      body: { sourceCurrency: 'USD', destinationCurrency: 'CHF', amount: 100 },
      headers: { prefer: 'wait=20' },
    });
    expect(none).toMatchObject({ status: 422, body: { code: 'rate-unavailable' } });
    const rate = { ...pair, rate: '0.92', marginBasisPoints: 100 };
    await backOffice.createFxRate({ body: rate }, patience);
    const quote = await promised(1_000);
    expect(quote).toMatchObject({ status: 'quoted', rate: '0.9108', destinationAmount: 910 });
    const later = await backOffice.createFxRate({ body: { ...rate, rate: '0.5' } }, patience);
    const { data } = await ada.florin.listFxRates({ query: { sourceCurrency: 'USD', status: 'active' } });
    expect(data).toEqual([later]);

    const before = await available(ada, adas);
    const exchange = { currency: 'EUR', amount: 910, rate: '0.9108' };
    expect(await asked(1_000, quote.id, true)).toMatchObject({ dryRun: true, status: 'completed', exchange });
    expect(await asked(1_000, undefined, true)).toMatchObject({ declineReason: 'currency-mismatch' });
    const sent = await send(1_000, quote.id);
    expect(sent).toMatchObject({ status: 'completed', exchange });
    const used = { status: 'used', transactionId: sent.id };
    expect(await ada.florin.getFxQuote({ id: quote.id })).toMatchObject(used);
    expect(await available(ada, adas)).toBe(before - 1_000);
    expect(await available(grace, euros)).toBe(910);
    expect(await send(1_000, quote.id)).toMatchObject({ status: 'declined', declineReason: 'quote-used' });

    // At the old rate, which who has received it would choose when it suits him.
    expect(await reverse(grace.florin, sent)).toMatchObject({ declineReason: 'not-reversible' });
    expect(await reverse(backOffice, sent)).toMatchObject({ status: 'completed' });
    expect(await available(ada, adas)).toBe(before);
    expect(await available(grace, euros)).toBe(0);
    expect(await platform.ledgerImbalances()).toEqual([]);
  });

  test('is declined without a quote, with that of another amount or with one of somebody else', async () => {
    expect((await send(10)).declineReason).toBe('currency-mismatch');
    const other = await promised(11);
    expect((await send(10, other.id)).declineReason).toBe('quote-mismatch');
    expect(await ada.florin.getFxQuote({ id: other.id })).toMatchObject({ status: 'quoted' });
    const hers = await grace.florin.createFxQuote({ body: { ...pair, amount: 10 } }, patience);
    expect((await send(10, hers.id)).declineReason).toBe('quote-not-found');
  });

  test('is declined at a quote for another currency or by a limit, which leaves the quote', async () => {
    const { id } = await promised(12);
    const toDollars = { destinationWalletId: graces.id, declineReason: 'quote-mismatch' };
    const unknown = {
      destinationWalletId: euros.id,
      type: 'barter',
      declineReason: 'transaction-type-unknown',
    };
    for (const { declineReason, ...more } of [toDollars, unknown]) {
      const order = { type: 'transfer', sourceWalletId: adas.id, amount: 12, currency: 'USD', quoteId: id };
      for (const dryRun of [{ dryRun: true as const }, {}]) {
        const answer = await ada.florin.createTransaction(
          { body: { ...order, ...more, ...dryRun } },
          patience,
        );
        expect(answer).toMatchObject({ status: 'declined', declineReason });
      }
    }
    expect(await ada.florin.getFxQuote({ id })).toMatchObject({ status: 'quoted' });
    expect(await send(12, id)).toMatchObject({ status: 'completed' });
  });

  test('of which many name one quote at once is made once', async () => {
    const { id } = await promised(100);
    const answers = await Promise.all(Array.from({ length: 12 }, () => send(100, id)));
    const outcomes = answers.map(({ status, declineReason }) => declineReason ?? status).sort();
    expect(outcomes).toEqual(['completed', ...Array.from({ length: 11 }, () => 'quote-used')]);
  });
});

/** Bulks of transfers from Ada to Grace. */
const items = (...amounts: number[]) =>
  amounts.map((amount) => ({
    type: 'transfer',
    sourceWalletId: adas.id,
    destinationWalletId: graces.id,
    amount,
    currency: 'USD',
  }));

describe('a bulk', () => {
  test('that is independent completes what it can, item by item, in order', async () => {
    const before = await available(ada, adas);
    const body = { mode: 'independent', items: items(10, 100_000_000, 30) } as const;
    const bulk = await ada.florin.createBulk({ body }, patience);
    expect(bulk).toMatchObject({
      mode: 'independent',
      status: 'partially-completed',
      items: [
        { amount: 10, status: 'completed', origin: { kind: 'bulk', id: bulk.id } },
        { amount: 100_000_000, status: 'declined', declineReason: 'insufficient-funds' },
        { amount: 30, status: 'completed' },
      ],
    });
    expect(await available(ada, adas)).toBe(before - 40);
    expect(await ada.florin.getBulk({ id: bulk.id })).toEqual(bulk);
    expect(await ada.florin.getTransaction({ id: bulk.items[0]!.id })).toEqual(bulk.items[0]);
  });

  test('that is atomic moves nothing when one item is declined, by a rule or by the ledger', async () => {
    const before = await available(ada, adas);
    const poor = { mode: 'atomic', items: items(10, 100_000_000) } as const;
    expect(await ada.florin.createBulk({ body: poor }, patience)).toMatchObject({
      status: 'declined',
      items: [{ declineReason: 'bulk-declined' }, { declineReason: 'insufficient-funds' }],
    });
    const unknown = [...items(10), { ...items(20)[0]!, type: 'barter' }];
    const ruled = await ada.florin.createBulk({ body: { mode: 'atomic', items: unknown } }, patience);
    expect(ruled).toMatchObject({
      status: 'declined',
      items: [{ declineReason: 'bulk-declined' }, { declineReason: 'transaction-type-unknown' }],
    });
    expect(await available(ada, adas)).toBe(before);
  });

  test('is refused as a whole when a wallet is missing, and says which', async () => {
    const [first] = items(1);
    const body = { mode: 'independent', items: [first!, { ...first!, destinationWalletId: randomUUID() }] };
    const url = `${platform.edgeUrl}/v1/transactions/bulk`;
    const { status, body: problem } = await call('POST', url, { token: ada.token, body });
    expect({ status, problem }).toMatchObject({
      status: 404,
      problem: { code: 'not-found', errors: [{ pointer: '/items/1/destinationWalletId' }] },
    });
  });

  test('that comes again under its key is the same, and with fewer items or another mode refused', async () => {
    const before = await available(ada, adas);
    const idempotencyKey = randomUUID();
    const options = { ...patience, idempotencyKey };
    const body = { mode: 'atomic', items: items(1, 2, 3) } as const;
    const bulk = await ada.florin.createBulk({ body }, options);
    expect(bulk.status).toBe('completed');
    expect(await ada.florin.createBulk({ body }, options)).toEqual(bulk);
    for (const other of [
      { ...body, items: items(1, 2) },
      { ...body, mode: 'independent' },
    ]) {
      const url = `${platform.edgeUrl}/v1/transactions/bulk`;
      const answer = await call('POST', url, { token: ada.token, body: other, idempotencyKey });
      expect(answer).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    }
    expect(await available(ada, adas)).toBe(before - 6);
  });

  test('has up to 500 items, and several of them at once leave the books balanced', async () => {
    const [adaBefore, graceBefore] = [await available(ada, adas), await available(grace, graces)];
    const body = { items: items(...Array.from({ length: 500 }, () => 1)) };
    const modes = ['atomic', 'independent', 'atomic', 'independent'] as const;
    const bulks = await Promise.all(
      modes.map((mode) => ada.florin.createBulk({ body: { mode, ...body } }, patience)),
    );
    const ended = await Promise.all(
      bulks.map(({ id }) =>
        eventually(`bulk ${id}`, async () => {
          const bulk = await ada.florin.getBulk({ id });
          return bulk.status === 'pending' ? undefined : bulk;
        }),
      ),
    );
    expect(ended.map(({ status, items: { length } }) => [status, length])).toEqual(
      modes.map(() => ['completed', 500]),
    );
    expect(await available(ada, adas)).toBe(adaBefore - 2_000);
    expect(await available(grace, graces)).toBe(graceBefore + 2_000);
    expect(await platform.ledgerImbalances()).toEqual([]);
  });
});

describe('a timeline has every message of', () => {
  const fund = (wallet: Wallet, fundingToken: string) => ({
    walletId: wallet.id,
    amount: 10,
    currency: 'USD',
    fundingToken,
  });

  test.each<[string, () => Promise<Transaction>, readonly string[]]>([
    [
      'a transfer',
      () => transfer(ada, adas, graces, 10),
      [
        'edge SubmitTransfer',
        'transaction PostTransfer',
        'wallet TransferPosted',
        'transaction TransactionCompleted',
      ],
    ],
    [
      'a transfer that the ledger declines',
      () => transfer(ada, adas, graces, 100_000_000),
      [
        'edge SubmitTransfer',
        'transaction PostTransfer',
        'wallet TransferDeclined',
        'transaction TransactionDeclined',
      ],
    ],
    [
      'a deposit',
      () => deposit(ada, adas, 10),
      [
        'edge SubmitDeposit',
        'transaction PostDeposit',
        'wallet TransferPosted',
        'transaction TransactionCompleted',
      ],
    ],
    [
      'a deposit that the provider declines',
      () => deposit(ada, adas, 10, 'tok_declined'),
      ['edge SubmitDeposit', 'transaction TransactionDeclined'],
    ],
    [
      'a withdrawal',
      () => ada.florin.createWithdrawal({ body: fund(adas, 'tok_ok') }, patience),
      [
        'edge SubmitWithdrawal',
        'transaction PlaceHold',
        'wallet HoldPlaced',
        'transaction CaptureHold',
        'wallet HoldCaptured',
        'transaction TransactionCompleted',
      ],
    ],
    [
      'a withdrawal that the provider declines',
      () => ada.florin.createWithdrawal({ body: fund(adas, 'tok_declined') }, patience),
      [
        'edge SubmitWithdrawal',
        'transaction PlaceHold',
        'wallet HoldPlaced',
        'transaction VoidHold',
        'wallet HoldVoided',
        'transaction TransactionDeclined',
      ],
    ],
    [
      'a withdrawal that nothing covers',
      async () => {
        const empty = await openWallet(ada);
        return ada.florin.createWithdrawal({ body: fund(empty, 'tok_ok') }, patience);
      },
      [
        'edge SubmitWithdrawal',
        'transaction PlaceHold',
        'wallet HoldDeclined',
        'transaction TransactionDeclined',
      ],
    ],
    [
      'a reversal',
      async () => reverse(grace.florin, await transfer(ada, adas, graces, 10)),
      [
        'edge SubmitReversal',
        'transaction ReverseTransfer',
        'wallet TransferReversed',
        'transaction TransactionCompleted',
      ],
    ],
    [
      'a reversal that nothing covers',
      async () => {
        const emptied = await openWallet(grace);
        const sent = await transfer(ada, adas, emptied, 10);
        await transfer(grace, emptied, graces, 10);
        return reverse(backOffice, sent);
      },
      [
        'edge SubmitReversal',
        'transaction ReverseTransfer',
        'wallet ReversalDeclined',
        'transaction TransactionDeclined',
      ],
    ],
    [
      'an item of a bulk',
      async () => {
        const body = { mode: 'atomic', items: items(10) } as const;
        const { id } = await ada.florin.createBulk({ body }, patience);
        const { data } = await ada.florin.listTransactions({ query: { originId: id } });
        return data[0]!;
      },
      [
        'edge SubmitBulk',
        'transaction PostBulk',
        'wallet TransferPosted',
        'transaction TransactionCompleted',
      ],
    ],
  ])('%s', async (_, make, way) => {
    const { id } = await make();
    const { hops } = await eventually('the outcome', async () => {
      const timeline = await backOffice.getTransactionTimeline({ id });
      return timeline.status === 'pending' ? undefined : timeline;
    });
    expect(hops.map(({ service, message }) => `${service} ${message}`)).toEqual(way);
    expect(new Set(hops.map(({ traceId }) => traceId)).size).toBe(1);
  });
});
