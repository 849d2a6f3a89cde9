import type { Database } from '@florin/database';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { lockWalletStandings } from '../src/db/lock-wallet-standings.js';
import { postBatch } from '../src/db/post-batch.js';
import { updateWalletStatus } from '../src/db/update-wallet-status.js';
import type { LedgerCommand } from '../src/domain/ledger-command.js';
import { decideWalletStatus } from '../src/domain/wallet-status.js';
import { bulk, capture, deposit, hold, reversal, transfer, voidHold } from './commands.js';
import { createLedgerFixture, dollars, type LedgerFixture } from './ledger-fixture.js';

/** What users of other ledgers reported, tried on this one. After each test the books are checked from the tables. */
let ledger: LedgerFixture;
let instances: Database[];

beforeAll(async () => {
  ledger = await createLedgerFixture();
  instances = [ledger.connect(), ledger.connect()];
});
afterEach(async () => {
  expect(await ledger.problems()).toEqual([]);
});
afterAll(() => ledger.close());

const verdictsOf = (outcomes: readonly { reason: string | null }[]) =>
  outcomes.map(({ reason }) => reason ?? 'posted');
const post = async (...commands: LedgerCommand[]) => verdictsOf(await ledger.post(...commands));
const walletOf = async (id: string) =>
  (await ledger.database.pool.query('SELECT posted, held, status FROM wallets WHERE id = $1', [id])).rows[0];

/** Closes a wallet as the service does. */
function close(instance: Database, walletId: string): Promise<string> {
  return instance.transaction(async (tx) => {
    const decision = decideWalletStatus((await lockWalletStandings(tx, [walletId])).get(walletId), 'closed');
    if (decision.kind === 'changed') await updateWalletStatus(tx, walletId, 'closed');
    return decision.kind === 'refused' ? decision.reason : decision.kind;
  });
}

async function postOn(instance: Database, command: LedgerCommand): Promise<string> {
  const { outcomes } = await instance.transaction((tx) =>
    postBatch(tx, [command], { now: Date.now(), shard: 0 }),
  );
  return outcomes[0]!.transfer.declineReason ?? 'posted';
}

// https://github.com/LerianStudio/midaz/issues/563: a balance with money on it was deleted.
test('a wallet is closed while money comes in: it is closed and empty, or open and paid', async () => {
  const seen = new Set<string>();
  for (let round = 0; round < 15; round++) {
    const wallet = await ledger.openWallet(0);
    const both = [() => close(instances[0]!, wallet), () => postOn(instances[1]!, deposit(wallet, 10))];
    const order = round % 2 === 0 ? both : [...both].reverse();
    const answers = await Promise.all(order.map((start) => start()));
    const [closing, paying] = round % 2 === 0 ? answers : [...answers].reverse();
    seen.add(`${closing} ${paying}`);
    const { posted, status } = await walletOf(wallet);
    expect({ closing, paying, posted, status }).toEqual(
      closing === 'changed'
        ? { closing, paying: 'wallet-not-active', posted: 0, status: 'closed' }
        : { closing: 'wallet-not-empty', paying: 'posted', posted: 10, status: 'active' },
    );
  }
  expect(seen.size).toBeGreaterThan(0);
});

// https://github.com/LerianStudio/midaz/pull/2317: a cancelled hold that drew on the overdraft left the overdraft used.
test('a hold on the overdraft that is voided leaves the wallet as it was', async () => {
  const type = { ...dollars, code: 'overdraft-usd', overdraftLimit: 500 };
  const wallet = await ledger.openWallet(100, type);
  const placed = hold(wallet, 550);
  expect(await post(placed, hold(wallet, 51))).toEqual(['posted', 'insufficient-funds']);
  expect(await post(voidHold(placed.transactionId))).toEqual(['posted']);
  expect(await walletOf(wallet)).toMatchObject({ posted: 100, held: 0 });
  expect(await post(hold(wallet, 600))).toEqual(['posted']);
});

// https://github.com/blnkfinance/blnk/issues/182: a hold that was rejected could be committed by its id.
test('a hold that was declined can be neither captured, nor voided, nor refunded', async () => {
  const [wallet, shop] = [await ledger.openWallet(10), await ledger.openWallet(0)];
  const tooMuch = hold(wallet, 11);
  expect(await post(tooMuch)).toEqual(['insufficient-funds']);
  const { transactionId: id } = tooMuch;
  expect(await post(capture(id, 1, shop), voidHold(id), reversal(id))).toEqual([
    'hold-not-found',
    'hold-not-found',
    'transaction-not-found',
  ]);
});

// https://github.com/tigerbeetle/tigerbeetle/pull/2000: a capture that came too late was recorded before it was refused.
test('a capture after the end of its hold leaves nothing behind, before the clock has expired it and after', async () => {
  const [wallet, shop] = [await ledger.openWallet(100), await ledger.openWallet(0)];
  const now = Date.now();
  const placed = hold(wallet, 60, { expiresAt: now + 1_000 });
  const at = (time: number, ...commands: LedgerCommand[]) =>
    ledger.database.transaction(async (tx) =>
      (await postBatch(tx, commands, { now: time, shard: 0 })).outcomes.map(
        ({ transfer: { declineReason } }) => declineReason ?? 'posted',
      ),
    );
  const id = placed.transactionId;
  expect(await at(now, placed)).toEqual(['posted']);
  expect(await at(now + 1_000, capture(id, 60, shop))).toEqual(['hold-expired']);
  expect(await walletOf(wallet)).toMatchObject({ posted: 100, held: 60 });
  const expiry: LedgerCommand = { ...voidHold(id), kind: 'expiry', deadlineAt: null };
  expect(await at(now + 1_001, expiry, capture(id, 60, shop))).toEqual(['posted', 'hold-expired']);
  expect(await walletOf(wallet)).toMatchObject({ posted: 100, held: 0 });
});

// https://github.com/LerianStudio/midaz/issues/1265: the revert of a committed outflow failed and restored nothing.
test('a capture that has left the platform is given back, in its batch and later', async () => {
  const wallet = await ledger.openWallet(100);
  const placed = hold(wallet, 40);
  const [first, second] = [capture(placed.transactionId, 30), capture(placed.transactionId, 10)];
  expect(await post(placed, first, reversal(first.transactionId, 5), second)).toEqual(
    Array(4).fill('posted'),
  );
  expect(await post(reversal(first.transactionId), reversal(second.transactionId))).toEqual([
    'posted',
    'posted',
  ]);
  expect(await walletOf(wallet)).toMatchObject({ posted: 100, held: 0 });
  expect(await post(reversal(first.transactionId, 1))).toEqual(['already-reversed']);
});

// https://github.com/blnkfinance/blnk/issues/183: of an atomic bulk the items before the one that failed were applied.
test('an atomic bulk that fails at its end moves nothing, whatever its first items may draw on', async () => {
  const rich = await ledger.openWallet(0, { ...dollars, code: 'credit-usd', overdraftLimit: 1_000 });
  const [poor, to] = [await ledger.openWallet(0), await ledger.openWallet(0)];
  const items = [transfer(rich, to, 900), transfer(poor, to, 1)];
  expect(await post(bulk('atomic', items))).toEqual(['bulk-declined', 'insufficient-funds', 'bulk-declined']);
  for (const id of [rich, poor, to]) expect(await walletOf(id)).toMatchObject({ posted: 0, held: 0 });
});

// https://github.com/formancehq/ledger/issues/364: concurrent requests broke on a duplicate id of the ledger's own making.
test('many postings at once from two instances never collide on a number or an id', async () => {
  const [a, b] = [await ledger.openWallet(1_000), await ledger.openWallet(1_000)];
  for (let round = 0; round < 6; round++) {
    const commands = Array.from({ length: 10 }, (_, i) => (i % 2 ? transfer(a, b, 1) : transfer(b, a, 1)));
    const verdicts = await Promise.all(commands.map((command, i) => postOn(instances[i % 2]!, command)));
    expect(new Set(verdicts)).toEqual(new Set(['posted']));
  }
  expect([await ledger.balance(a), await ledger.balance(b)]).toEqual([1_000, 1_000]);
});

// https://github.com/formancehq/stack/issues/1464: the webhook of a provider comes twice.
test('a deposit that a provider reports twice at once, to two instances, is credited once', async () => {
  for (let round = 0; round < 10; round++) {
    const wallet = await ledger.openWallet(0);
    const money = deposit(wallet, 25);
    const results = await Promise.all(
      instances.map((instance, shard) =>
        instance.transaction(
          async (tx) => (await postBatch(tx, [money], { now: Date.now(), shard })).outcomes.length,
        ),
      ),
    );
    expect(results.sort()).toEqual([0, 1]);
    expect(await ledger.balance(wallet)).toBe(25);
  }
});
