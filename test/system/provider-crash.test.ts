import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../story/eventually.js';
import { florin } from '../story/florin-command.js';
import { call, expectStatus } from '../story/http.js';
import { deposit, openWallet } from '../story/money.js';
import { backOffice, pendingDeadLetters } from '../story/operations.js';
import { signUp } from '../story/people.js';
import { type Customer, MoneyFlows, patientClient } from './money-flows.js';
import { query, type RunningPlatform, startTestPlatform } from './test-platform.js';

/**
 * `kill -9` at each step of what moves money through the payment provider, while the provider fails, hangs, resets
 * connections and calls back twice. Points are those of `die-at.ts` and `die-when-told.ts`: after a statement means before
 * its transaction has committed.
 */
const deaths = {
  transaction: [
    'after:insert-deposits',
    'sent:POST charges',
    'after:POST charges',
    'after:advance-deposits',
    'sent:POST refunds',
    'sent:POST payouts',
    'after:POST payouts',
    'after:complete-transactions',
    'after:end-unmoved-transactions',
    'after:send',
  ],
  wallet: ['after:write-decisions-and-holds', 'after:send'],
  edge: [
    'after:insert-new-pending-transactions',
    'before:store-answers',
    'after:store-answers',
    'after:insert-psp-callback',
  ],
} as const;
const faults = [
  { mode: 'error', rate: 0.2 },
  { mode: 'timeout', rate: 0.2 },
  { mode: 'reset', rate: 0.2 },
  { mode: 'slow', rate: 0.5, latencyMs: 100 },
] as const;
const workers = 12;
const opening = 1_000_000;
const capacity = 1_000;

let platform: RunningPlatform;
let flows: MoneyFlows;

beforeAll(async () => {
  platform = await startTestPlatform({ diesWhenTold: true, env: { PSP_TIMEOUT_MS: '300' } });
  const operator = backOffice(platform);
  const fullType = { code: 'full-usd', name: 'Full', currency: 'USD', maxBalance: capacity };
  await operator.createWalletType({ body: fullType }, { prefer: 20 });
  await operator.createTransactionType(
    { body: { code: 'withdrawal', name: 'Withdrawal', fee: { flat: 3 } } },
    { prefer: 20 },
  );
  const names = ['Ada Lovelace', 'Grace Hopper', 'Joan Clarke'];
  flows = new MoneyFlows(await Promise.all(names.map(customer)));
  await put('psp/callbacks', { copies: 2, pendingMs: 300 });
}, 240_000);
afterAll(() => platform?.stop());

async function customer(name: string): Promise<Customer> {
  const owner = await signUp(platform, name);
  const [wallet, fullWallet] = [await openWallet(owner), await openWallet(owner, 'full-usd')];
  expect(await deposit(owner, wallet, opening)).toMatchObject({ status: 'completed' });
  expect(await deposit(owner, fullWallet, capacity)).toMatchObject({ status: 'completed' });
  return { florin: patientClient(platform, owner), wallet, fullWallet };
}

async function put(path: string, body: object): Promise<void> {
  expectStatus(await call('PUT', `${platform.sandboxUrl}/${path}`, { body }), 200);
}

async function dieEverywhere(): Promise<void> {
  const lives = Object.entries(deaths).map(async ([service, points]) => {
    for (const [i, point] of points.entries()) {
      if (service === 'transaction') await put('faults/psp', faults[i % faults.length]!);
      await platform.dieAt(service, point);
    }
  });
  await Promise.all(lives);
}

test('every transaction ends as it has to, once, and the provider has moved what the wallets have', async () => {
  let everybodyHasDied = false;
  const dying = dieEverywhere().finally(() => {
    everybodyHasDied = true;
  });
  const work = async (): Promise<void> => {
    while (!everybodyHasDied) await flows.runNext();
  };
  await Promise.all([dying, ...Array.from({ length: workers }, work)]);
  await put('faults/psp', { mode: 'ok' });
  await Promise.all(Array.from({ length: flows.kinds }, () => flows.runNext()));

  const transactions = await allTransactions();
  expect(transactions.filter(({ status }) => status === 'pending')).toEqual([]);
  await expectEveryCallOnce(transactions);
  await expectSameAtProvider(transactions);
  await expectExactBooks(transactions);
  expect(await pendingDeadLetters(platform)).toEqual([]);
}, 600_000);

interface Row {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly amount: string;
  readonly fee: string;
  readonly source: string | null;
  readonly destination: string | null;
}

const columns = 'id, type, status, amount::text, fee::text';

function allTransactions(): Promise<Row[]> {
  return query<Row>(
    platform.databaseUrls.transaction,
    `SELECT ${columns}, source_wallet_id AS source, destination_wallet_id AS destination
       FROM transactions ORDER BY id`,
  );
}

const hasMoved = ({ status }: Row): boolean => status === 'completed' || status === 'reversed';

/** Repeats of calls whose edge had died have made nothing twice, and customers see what has happened. */
async function expectEveryCallOnce(transactions: readonly Row[]): Promise<void> {
  const openings = transactions.slice(0, transactions.length - flows.asked.size);
  expect(openings.map(({ type }) => type)).toEqual(openings.map(() => 'deposit'));
  expect(openings).toHaveLength(6);
  expect(transactions.slice(openings.length).every(({ id }) => flows.asked.has(id))).toBe(true);
  const facts = transactions.map(({ source, destination, ...rest }) => rest);
  await eventually('the edge to know the same', async () => {
    const seen = await query(platform.databaseUrls.edge, `SELECT ${columns} FROM transactions ORDER BY id`);
    return JSON.stringify(seen) === JSON.stringify(facts) || undefined;
  });
}

interface Payment {
  readonly reference: string;
  readonly amount: number;
  readonly status: string;
  readonly refunds?: readonly { readonly amount: number }[];
}

/** Charges less refunds are the completed deposits, and payouts the completed withdrawals, one by one. */
async function expectSameAtProvider(transactions: readonly Row[]): Promise<void> {
  for (const [collection, type] of [
    ['charges', 'deposit'],
    ['payouts', 'withdrawal'],
  ] as const) {
    const { body } = await call<Payment[]>('GET', `${platform.sandboxUrl}/psp/${collection}`);
    const kept = body
      .filter(({ status }) => status === 'succeeded')
      .map(({ reference, amount, refunds = [] }) => ({
        id: reference,
        amount: refunds.reduce((left, refund) => left - refund.amount, amount),
      }))
      .filter(({ amount }) => amount !== 0)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const completed = transactions.filter((one) => one.type === type && hasMoved(one));
    expect(kept).toEqual(completed.map(({ id, amount }) => ({ id, amount: Number(amount) })));
  }
}

async function expectExactBooks(transactions: readonly Row[]): Promise<void> {
  const balances = new Map<string, number>();
  const add = (wallet: string | null, amount: number): void => {
    if (wallet !== null) balances.set(wallet, (balances.get(wallet) ?? 0) + amount);
  };
  for (const { source, destination, amount, fee, type } of transactions.filter(hasMoved)) {
    // The fee of a deposit, which has none here, would be taken from what comes in.
    add(source, -Number(amount) - Number(fee));
    add(destination, Number(amount) - (type === 'deposit' ? Number(fee) : 0));
  }
  const wallets = await query<{ id: string; posted: number; held: number }>(
    platform.databaseUrls.wallet,
    `SELECT id, posted, held FROM wallets WHERE kind = 'customer' ORDER BY id`,
  );
  expect(wallets).toEqual(
    [...balances.keys()].sort().map((id) => ({ id, posted: balances.get(id), held: 0 })),
  );
  expect(await query(platform.databaseUrls.wallet, `SELECT id FROM holds WHERE status = 'open'`)).toEqual([]);
  expect(await platform.ledgerImbalances()).toEqual([]);
  for (const check of ['audit', 'verify']) {
    const checked = await florin(platform, 'ledger', check);
    expect(checked).toMatchObject({ exitCode: 0, output: expect.stringContaining('passed') });
  }
}
