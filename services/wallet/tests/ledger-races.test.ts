import type { Database } from '@florin/database';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { postBatch } from '../src/db/post-batch.js';
import type { LedgerCommand } from '../src/domain/ledger-command.js';
import { bulk, capture, deposit, hold, increment, reversal, transfer, voidHold } from './commands.js';
import { createLedgerFixture, dollars, type LedgerFixture } from './ledger-fixture.js';

/**
 * What has gone wrong in other ledgers, each as a race between two instances on a real PostgreSQL, many times over.
 * After each test the books are checked from the tables themselves.
 */
let ledger: LedgerFixture;
let instances: Database[];
const rounds = 12;

beforeAll(async () => {
  ledger = await createLedgerFixture();
  instances = [ledger.connect(), ledger.connect()];
});
afterEach(async () => {
  expect(await ledger.problems()).toEqual([]);
});
afterAll(() => ledger.close());

/** Posts in a transaction that is not run again: a deadlock would surface as error 40P01. */
async function postOnce(instance: Database, commands: readonly LedgerCommand[]): Promise<string[]> {
  const tx = await instance.pool.connect();
  try {
    await tx.query('BEGIN');
    const { outcomes } = await postBatch(tx, commands, { now: Date.now(), shard: 0 });
    await tx.query('COMMIT');
    return outcomes.map(({ transfer }) => transfer.declineReason ?? 'posted');
  } catch (error) {
    await tx.query('ROLLBACK');
    throw error;
  } finally {
    tx.release();
  }
}

/** Sends each command at once and by itself, by turns to one instance and the other; the verdicts, sorted. */
async function race(...commands: readonly LedgerCommand[]): Promise<string[]> {
  const verdicts = await Promise.all(commands.map((command, i) => postOnce(instances[i % 2]!, [command])));
  return verdicts.flat().sort();
}

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const count = (verdicts: readonly string[], verdict: string) =>
  verdicts.filter((one) => one === verdict).length;

describe('holds', () => {
  test('two commits of one hold: of captures at once no more is paid than was held', async () => {
    for (let round = 0; round < rounds; round++) {
      const [a, shop] = [await ledger.openWallet(1_000), await ledger.openWallet(0)];
      const placed = hold(a, 100);
      await ledger.post(placed);
      const verdicts = await race(...times(8, () => capture(placed.transactionId, 30, shop)));
      expect([count(verdicts, 'posted'), count(verdicts, 'hold-exceeded')]).toEqual([3, 5]);
      expect([await ledger.balance(a), await ledger.balance(shop)]).toEqual([910, 90]);
    }
  });

  test('a hold is resolved once: a final capture, a void and an increment at once', async () => {
    for (let round = 0; round < rounds; round++) {
      const [a, shop] = [await ledger.openWallet(1_000), await ledger.openWallet(0)];
      const placed = hold(a, 100);
      const id = placed.transactionId;
      await ledger.post(placed);
      const resolutions = [
        capture(id, 40, shop, true),
        voidHold(id),
        capture(id, 60, shop, true),
        voidHold(id),
      ];
      const verdicts = await race(...resolutions);
      expect(count(verdicts, 'posted')).toBe(1);
      const paid = await ledger.balance(shop);
      expect([0, 40, 60]).toContain(paid);
      expect(await ledger.balance(a)).toBe(1_000 - paid);
      expect(await race(increment(id, 1))).toEqual([expect.stringMatching(/^hold-(captured|voided)$/)]);
    }
  });

  test('hold not counted by a concurrent debit: what is held cannot be spent as well', async () => {
    for (let round = 0; round < rounds; round++) {
      const [a, b] = [await ledger.openWallet(100), await ledger.openWallet(0)];
      const verdicts = await race(...times(4, () => hold(a, 30)), ...times(4, () => transfer(a, b, 30)));
      expect([count(verdicts, 'posted'), count(verdicts, 'insufficient-funds')]).toEqual([3, 5]);
    }
  });

  test('the same hold placed twice at once sets money aside once', async () => {
    const a = await ledger.openWallet(100);
    for (let round = 0; round < rounds; round++) {
      const placed = hold(a, 1);
      expect(await race(...times(6, () => placed))).toEqual(['posted']);
    }
  });
});

describe('refunds', () => {
  test('refunds exceeding the capture: at once they give back what was captured and no more', async () => {
    for (let round = 0; round < rounds; round++) {
      const [a, shop] = [await ledger.openWallet(1_000), await ledger.openWallet(1_000)];
      const placed = hold(a, 100);
      const captured = capture(placed.transactionId, 70, shop, true);
      await ledger.post(placed, captured);
      const verdicts = await race(...times(8, () => reversal(captured.transactionId, 20)));
      expect([count(verdicts, 'posted'), count(verdicts, 'reversal-exceeds-original')]).toEqual([3, 5]);
      expect(await race(reversal(captured.transactionId))).toEqual(['posted']);
      expect([await ledger.balance(a), await ledger.balance(shop)]).toEqual([1_000, 1_000]);
    }
  });
});

describe('transfers', () => {
  test('negative balance under concurrent debits: one balance is spent once', async () => {
    for (let round = 0; round < rounds; round++) {
      const [source, target] = [await ledger.openWallet(100), await ledger.openWallet(0)];
      const verdicts = await race(...times(8, () => transfer(source, target, 30)));
      expect(count(verdicts, 'posted')).toBe(3);
      expect([await ledger.balance(source), await ledger.balance(target)]).toEqual([10, 90]);
    }
  });

  test('deadlock on crossing transfers: two instances that name wallets in opposite order never wait in a circle', async () => {
    const wallets = await Promise.all(times(6, () => ledger.openWallet(10_000)));
    const lanes = instances.flatMap((instance, who) =>
      [0, 1].map(async (lane) => {
        let posted = 0;
        for (let round = 0; round < 40; round++) {
          const batch = wallets.map((from, i) => transfer(from, wallets[(i + 1 + lane) % 6]!, 3));
          posted += count(await postOnce(instance, who === 0 ? batch : batch.reverse()), 'posted');
        }
        return posted;
      }),
    );
    expect(await Promise.all(lanes)).toEqual([240, 240, 240, 240]);
  });

  test('duplicate key inside one batch, and in two batches at once: posted once', async () => {
    const [a, b] = [await ledger.openWallet(1_000), await ledger.openWallet(0)];
    for (let round = 0; round < rounds; round++) {
      const command = transfer(a, b, 1);
      expect((await ledger.post(command, transfer(a, b, 1), command)).map((one) => one.status)).toEqual([
        'posted',
        'posted',
      ]);
      const other = transfer(a, b, 1);
      const verdicts = await Promise.all(
        times(6, (i) => postOnce(instances[i % 2]!, [other, command, other])),
      );
      expect(verdicts.flat()).toEqual(['posted']);
    }
    expect(await ledger.balance(b)).toBe(rounds * 3);
  });

  test('interest posted twice: a bulk that arrives again and again is posted once', async () => {
    const bank = await ledger.openWallet(100_000);
    const savers = await Promise.all(times(5, () => ledger.openWallet(0)));
    for (const mode of ['atomic', 'independent'] as const) {
      for (let round = 0; round < rounds; round++) {
        const interest = bulk(
          mode,
          savers.map((saver) => transfer(bank, saver, 7)),
        );
        // Also somebody who sends one of its items alone.
        const [item] = interest.items;
        const verdicts = await race(...times(5, () => interest), item!);
        expect(count(verdicts, 'posted')).toBe(savers.length + 1);
      }
    }
    for (const saver of savers) expect(await ledger.balance(saver)).toBe(rounds * 2 * 7);
  });

  test('balance changed without an entry: a status change and an overdraft at once with postings lose nothing', async () => {
    const [a, b] = [await ledger.openWallet(1_000), await ledger.openWallet(0)];
    const edits = times(20, (i) =>
      instances[i % 2]!.pool.query(
        'UPDATE wallets SET overdraft_limit = $2, version = version + 1 WHERE id = $1',
        [a, i],
      ),
    );
    const posts = times(20, (i) => postOnce(instances[i % 2]!, [transfer(a, b, 10)]));
    const [verdicts] = await Promise.all([Promise.all(posts), Promise.all(edits)]);
    expect(count(verdicts.flat(), 'posted')).toBe(20);
    expect([await ledger.balance(a), await ledger.balance(b)]).toEqual([800, 200]);
  });
});

describe('keys', () => {
  test('a denied request that burns its key: what failed for a technical reason can be sent again', async () => {
    const [a, b] = [await ledger.openWallet(100), await ledger.openWallet(0)];
    const good = transfer(a, b, 10);
    const poison = transfer(a, b, 1);
    await ledger.post(poison);
    // The whole batch fails for one command; nothing of it may be remembered.
    await expect(ledger.post(good, { ...poison, amount: 2 })).rejects.toMatchObject({
      code: 'transaction-id-conflict',
    });
    expect(await race(good)).toEqual(['posted']);
  });

  test('a decline is an answer and stays one; a new key may try again', async () => {
    const [a, b] = [await ledger.openWallet(0), await ledger.openWallet(0)];
    const early = transfer(a, b, 10);
    expect(await race(early)).toEqual(['insufficient-funds']);
    await ledger.post(deposit(a, 10));
    expect(await race(early)).toEqual([]);
    expect(await race({ ...early, transactionId: transfer(a, b, 1).transactionId })).toEqual(['posted']);
  });
});

describe('amounts that lose precision', () => {
  const max = Number.MAX_SAFE_INTEGER;

  test('2^53 − 1 is held, captured and refunded to the last unit', async () => {
    const wide = { ...dollars, code: 'wide-xau', currency: 'XAU' };
    const xau = { currency: 'XAU' };
    const [a, b] = [await ledger.openWallet(max, wide), await ledger.openWallet(0, wide)];
    const placed = hold(a, max, xau);
    const captured = capture(placed.transactionId, max, b);
    expect((await ledger.post(placed, transfer(a, b, 1, xau), captured)).map((one) => one.reason)).toEqual([
      null,
      'insufficient-funds',
      null,
    ]);
    const verdicts = await race(
      reversal(captured.transactionId, max - 1),
      reversal(captured.transactionId, max - 1),
    );
    expect(verdicts).toEqual(['posted', 'reversal-exceeds-original']);
    expect([await ledger.balance(a), await ledger.balance(b)]).toEqual([max - 1, 1]);
  });

  test('yen have no hundredths and dinars have thousandths', async () => {
    const yen = { ...dollars, code: 'yen', currency: 'JPY' };
    const dinars = { ...dollars, code: 'dinar', currency: 'KWD' };
    const usd = await ledger.openWallet(100_000);
    const [jpy, kwd] = [await ledger.openWallet(0, yen), await ledger.openWallet(0, dinars)];
    const toYen = transfer(usd, jpy, 100, { exchange: { currency: 'JPY', rate: '149.35' } });
    const toDinars = transfer(usd, kwd, 100, { exchange: { currency: 'KWD', rate: '0.30765' } });
    expect(await race(toYen, toDinars)).toEqual(['posted', 'posted']);
    expect([await ledger.balance(jpy), await ledger.balance(kwd)]).toEqual([149, 307]);
    const back = [reversal(toYen.transactionId), reversal(toDinars.transactionId)];
    expect(await race(...back, ...back)).toEqual(['posted', 'posted']);
    expect(await Promise.all([usd, jpy, kwd].map((id) => ledger.balance(id)))).toEqual([100_000, 0, 0]);
    expect(await race(transfer(usd, jpy, 100))).toEqual(['currency-mismatch']);
  });
});
