import { randomUUID } from 'node:crypto';
import {
  type BodyOf,
  HoldDeclined,
  HoldPlaced,
  HoldVoided,
  type MessageDefinition,
  PlaceHold,
  PostTransfer,
  SubmitBulk,
  SubmitDeposit,
  SubmitTransfer,
  SubmitWithdrawal,
  TransactionDeclined,
  TransactionFailed,
  TransferDeclined,
  VoidHold,
} from '@florin/contracts';
import type { Service } from '@florin/runtime';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import type { TransactionContext } from '../src/context.js';
import { commandHandlers, createTransactionService } from '../src/service.js';
import {
  createTransactionFixture,
  depositBody,
  type TransactionFixture,
  transferBody,
} from './transaction-fixture.js';

let fixture: TransactionFixture;
let second: Service;
/** Noon in UTC, so that no test meets a midnight that it does not ask for. It never goes back. */
let now = Date.parse('2026-03-01T12:00:00Z');
const clock = { now: () => now };

beforeAll(async () => {
  fixture = await createTransactionFixture({ clock, env: { PSP_TIMEOUT_MS: '20000' } });
  second = createTransactionService(fixture.config, { clock });
  await second.start();
});
afterAll(async () => {
  await second?.stop();
  await fixture?.close();
});

const limited = async (more: Parameters<TransactionFixture['defineType']>[1]): Promise<string> => {
  const code = `t-${randomUUID().slice(0, 8)}`;
  await fixture.defineType(code, more);
  await fixture.allow(code, 'personal-usd', 'business-usd');
  await fixture.allow(code, 'savings-usd', 'business-usd');
  return code;
};

/** Submits transfers all at once, each from a wallet of its own so that they spread over the partitions. */
async function submit(transfers: readonly Partial<BodyOf<SubmitTransfer>>[]): Promise<string[]> {
  const bodies = transfers.map((transfer) => transferBody(transfer));
  await Promise.all(bodies.map((body) => fixture.peer.send(SubmitTransfer, body.sourceWalletId, body)));
  return bodies.map((body) => body.transactionId);
}

/** 'posted' when it went on to the ledger, otherwise the reason of its refusal. */
function outcomeOf(id: string): string | undefined {
  if (fixture.peer.heard(PostTransfer).some(({ value }) => value.transactionId === id)) return 'posted';
  return fixture.peer.heard(TransactionDeclined).find(({ value }) => value.transactionId === id)?.value
    .declineReason;
}
const outcomes = (ids: readonly string[]) =>
  Promise.all(ids.map((id) => eventually('an outcome', async () => outcomeOf(id))));
const count = (found: readonly string[], wanted: string) => found.filter((one) => one === wanted).length;

describe('a daily limit', () => {
  test('lets exactly as much through as it says, however many come at once to two instances', async () => {
    const type = await limited({ limitDailyAmount: 1_000 });
    const sourceOwnerId = randomUUID();
    const found = await outcomes(
      await submit(Array.from({ length: 60 }, () => ({ type, sourceOwnerId, amount: 100 }))),
    );
    expect([count(found, 'posted'), count(found, 'limit-exceeded')]).toEqual([10, 50]);
  });

  test('counts transactions as well, and each customer by himself', async () => {
    const type = await limited({ limitDailyCount: 2 });
    const owners = [randomUUID(), randomUUID()];
    const found = await Promise.all(
      owners.map(async (sourceOwnerId) =>
        outcomes(await submit(Array.from({ length: 5 }, () => ({ type, sourceOwnerId, amount: 1 })))),
      ),
    );
    expect(found.map((one) => count(one, 'posted'))).toEqual([2, 2]);
  });

  test('of a wallet type is counted besides that of the customer', async () => {
    const none = { perTransaction: null, dailyCount: null };
    const walletTypeLimits = [{ walletType: 'personal-usd', ...none, dailyAmount: 30 }];
    const type = await limited({ limitDailyAmount: 100, walletTypeLimits });
    const sourceOwnerId = randomUUID();
    const pay = async (sourceWalletType: string, amount: number) =>
      (await outcomes(await submit([{ type, sourceOwnerId, sourceWalletType, amount }])))[0];
    expect([
      await pay('personal-usd', 31),
      await pay('personal-usd', 30),
      await pay('personal-usd', 1),
      await pay('savings-usd', 71),
      await pay('savings-usd', 70),
    ]).toEqual(['limit-exceeded', 'posted', 'limit-exceeded', 'limit-exceeded', 'posted']);
  });

  test('is given back by a transfer that the ledger refuses, once', async () => {
    const type = await limited({ limitDailyAmount: 100 });
    const sourceOwnerId = randomUUID();
    const [first] = await submit([{ type, sourceOwnerId, amount: 80 }]);
    expect(await outcomes([first!])).toEqual(['posted']);
    expect(await outcomes(await submit([{ type, sourceOwnerId, amount: 80 }]))).toEqual(['limit-exceeded']);
    const refusal = { transactionId: first!, reason: 'insufficient-funds' };
    await fixture.peer.send(TransferDeclined, first!, refusal);
    await fixture.peer.send(TransferDeclined, first!, refusal);
    await fixture.heard(TransactionDeclined, (event) => event.transactionId === first);
    expect(await outcomes(await submit([{ type, sourceOwnerId, amount: 101 }]))).toEqual(['limit-exceeded']);
    expect(await outcomes(await submit([{ type, sourceOwnerId, amount: 100 }]))).toEqual(['posted']);
    expect(await outcomes(await submit([{ type, sourceOwnerId, amount: 1 }]))).toEqual(['limit-exceeded']);
  });

  test('is given back by a transfer that failed, because the ledger was asked too late', async () => {
    const type = await limited({ limitDailyCount: 1 });
    const sourceOwnerId = randomUUID();
    const [late] = await submit([{ type, sourceOwnerId }]);
    expect(await outcomes([late!])).toEqual(['posted']);
    const refusal = { transactionId: late!, reason: 'deadline-exceeded' };
    await fixture.peer.send(TransferDeclined, late!, refusal);
    const failed = await fixture.heard(TransactionFailed, (event) => event.transactionId === late);
    expect(failed.failureReason).toBe('deadline-exceeded');
    expect(await outcomes(await submit([{ type, sourceOwnerId }]))).toEqual(['posted']);
  });

  test('is not taken twice by a transfer that is submitted again under another message id', async () => {
    const type = await limited({ limitDailyAmount: 100 });
    const body = transferBody({ type, amount: 60 });
    await fixture.peer.send(SubmitTransfer, body.sourceWalletId, body);
    await fixture.peer.send(SubmitTransfer, body.sourceWalletId, body);
    const { sourceOwnerId, sourceWalletId } = body;
    // The same key, so behind both.
    const last = transferBody({ type, sourceOwnerId, sourceWalletId, amount: 40 });
    await fixture.peer.send(SubmitTransfer, sourceWalletId, last);
    expect(await outcomes([body.transactionId, last.transactionId])).toEqual(['posted', 'posted']);
  });

  test('begins anew at midnight where the customer lives', async () => {
    const type = await limited({ limitDailyAmount: 100 });
    const [berlin, utc] = [randomUUID(), randomUUID()];
    const pay = async (sourceOwnerId: string, sourceTimeZone: string | null) =>
      (await outcomes(await submit([{ type, sourceOwnerId, sourceTimeZone, amount: 100 }])))[0];
    expect([await pay(berlin, 'Europe/Berlin'), await pay(utc, null)]).toEqual(['posted', 'posted']);
    now = Date.parse('2026-03-01T22:59:59Z');
    expect([await pay(berlin, 'Europe/Berlin'), await pay(utc, null)]).toEqual(
      Array(2).fill('limit-exceeded'),
    );
    // Moving to where it is tomorrow already does not end the day.
    expect(await pay(utc, 'Pacific/Kiritimati')).toBe('limit-exceeded');
    now = Date.parse('2026-03-01T23:00:00Z');
    expect([await pay(berlin, 'Europe/Berlin'), await pay(utc, null)]).toEqual(['posted', 'limit-exceeded']);
    now = Date.parse('2026-03-02T00:00:00Z');
    expect([await pay(berlin, 'Europe/Berlin'), await pay(utc, null)]).toEqual(['limit-exceeded', 'posted']);
  });
});

type Payment = BodyOf<SubmitDeposit>;

async function pay(definition: typeof SubmitDeposit | typeof SubmitWithdrawal, more: Partial<Payment>) {
  const body = { ...depositBody(await fixture.seal('tok_ok'), 100), ...more };
  await fixture.peer.send(definition as MessageDefinition<SubmitDeposit>, body.walletId, body);
  return body;
}

/** 'admitted', or the reason of the refusal. For payments that the provider does not refuse. */
const verdicts = (payments: readonly Payment[]): Promise<string[]> =>
  Promise.all(
    payments.map(({ transactionId }) =>
      eventually('a verdict', async () => {
        const { rows } = await fixture.pool.query<{ status: string; decline_reason: string | null }>(
          'SELECT status, decline_reason FROM transactions WHERE id = $1',
          [transactionId],
        );
        return rows[0] && (rows[0].decline_reason ?? 'admitted');
      }),
    ),
  );
const declined = (id: string) => fixture.heard(TransactionDeclined, (event) => event.transactionId === id);

describe('daily limits of deposits', () => {
  const deposit = (more: Partial<Payment>) => pay(SubmitDeposit, more);
  beforeAll(async () => {
    const none = { perTransaction: null, dailyCount: null };
    const walletTypeLimits = [{ walletType: 'savings-usd', ...none, dailyAmount: 150 }];
    await fixture.defineType('deposit', { limitDailyAmount: 500, walletTypeLimits });
  });

  test('let exactly as much through as they say, however many come at once to two instances', async () => {
    const ownerId = randomUUID();
    const all = await Promise.all(Array.from({ length: 30 }, () => deposit({ ownerId })));
    const found = await verdicts(all);
    expect([count(found, 'admitted'), count(found, 'limit-exceeded')]).toEqual([5, 25]);
  });

  test('hold for the wallet type as well, and come back when the provider takes no money', async () => {
    const owner = { ownerId: randomUUID(), walletType: 'savings-usd' };
    const refused = await deposit({ ...owner, fundingRef: await fixture.seal('tok_declined') });
    expect(await declined(refused.transactionId)).toMatchObject({ declineReason: 'payment-declined' });
    expect(await verdicts([await deposit({ ...owner, amount: 150 })])).toEqual(['admitted']);
    expect(await verdicts([await deposit({ ...owner, amount: 1 })])).toEqual(['limit-exceeded']);
    const others = await deposit({ ...owner, walletType: 'personal-usd', amount: 350 });
    expect(await verdicts([others])).toEqual(['admitted']);
  });
});

describe('daily limits of withdrawals', () => {
  const withdraw = (more: Partial<Payment>) => pay(SubmitWithdrawal, more);
  const holdOf = ({ walletId }: Payment) => fixture.heard(PlaceHold, (hold) => hold.walletId === walletId);
  beforeAll(async () => {
    const none = { dailyAmount: null, dailyCount: null };
    const walletTypeLimits = [{ walletType: 'savings-usd', ...none, perTransaction: 10 }];
    await fixture.defineType('withdrawal', { limitDailyAmount: 100, walletTypeLimits });
  });

  test('hold, those of the wallet type included, until midnight where the customer lives', async () => {
    const owner = { ownerId: randomUUID(), ownerTimeZone: 'Asia/Kathmandu' };
    const one = async (more: Partial<Payment>) =>
      (await verdicts([await withdraw({ ...owner, ...more })]))[0];
    expect(await one({ walletType: 'savings-usd', amount: 11 })).toBe('limit-exceeded');
    expect(await one({ walletType: 'savings-usd', amount: 10 })).toBe('admitted');
    now = Date.parse('2026-03-02T18:14:59Z');
    expect([await one({ amount: 91 }), await one({ amount: 90 })]).toEqual(['limit-exceeded', 'admitted']);
    now = Date.parse('2026-03-02T18:15:00Z');
    expect([await one({ amount: 100 }), await one({ amount: 1 })]).toEqual(['admitted', 'limit-exceeded']);
  });

  test('come back when nothing is held, and when the provider has refused and the hold has ended', async () => {
    const ownerId = randomUUID();
    const poor = await withdraw({ ownerId });
    const { holdId } = await holdOf(poor);
    await fixture.peer.send(HoldDeclined, holdId, {
      holdId,
      walletId: poor.walletId,
      reason: 'insufficient-funds',
    });
    await declined(poor.transactionId);

    const refused = await withdraw({ ownerId, fundingRef: await fixture.seal('tok_declined') });
    const hold = await holdOf(refused);
    expect(await verdicts([await withdraw({ ownerId, amount: 1 })])).toEqual(['limit-exceeded']);
    const posting = { currency: 'USD', postedAt: now, entries: [] };
    const { walletId, amount, expiresAt } = hold;
    await fixture.peer.send(HoldPlaced, hold.holdId, {
      holdId: hold.holdId,
      walletId,
      amount,
      expiresAt,
      ...posting,
    });
    const { transactionId } = refused;
    await fixture.heard(VoidHold, (command) => command.transactionId === transactionId);
    await fixture.peer.send(HoldVoided, hold.holdId, {
      transactionId,
      holdId: hold.holdId,
      released: 100,
      ...posting,
    });
    await declined(transactionId);
    expect(await verdicts([await withdraw({ ownerId })])).toEqual(['admitted']);
    expect(await verdicts([await withdraw({ ownerId, amount: 1 })])).toEqual(['limit-exceeded']);
  });
});

test('a batch of several kinds locks its quotes and counters, and loads its terms, before any handler', async () => {
  const kinds = [SubmitTransfer, SubmitBulk, SubmitDeposit, SubmitWithdrawal].map(({ name }) => name);
  const handlers = commandHandlers({ clock } as TransactionContext).filter(({ definition }) =>
    kinds.includes(definition.name),
  );
  const [prepare, ...others] = new Set(handlers.map((handler) => handler.prepare));
  expect([handlers.length, others]).toEqual([4, []]);

  const type = await limited({ limitDailyAmount: 100 });
  const meta = { messageId: randomUUID(), correlationId: randomUUID(), causationId: null, occurredAt: now };
  const head = { ...meta, actor: null, deadlineAt: null, aggregateVersion: 1 };
  const quoteId = randomUUID();
  await fixture.pool.query(
    `WITH rate AS (
       INSERT INTO fx_rates (id, source_currency, destination_currency, rate, margin_basis_points, version, defined_at)
       VALUES ($1, 'USD', 'EUR', '0.9', 0, 1, now()) RETURNING id)
     INSERT INTO fx_quotes (id, owner_id, source_currency, destination_currency, amount, destination_amount, rate,
                            fx_rate_id, expires_at)
     SELECT $1, $1, 'USD', 'EUR', 10, 9, '0.9', id, now() FROM rate`,
    [quoteId],
  );
  const [transfer, item] = [transferBody({ type, quoteId }), transferBody({ type })];
  const bulk = { bulkId: randomUUID(), mode: 'atomic', items: [item], sourceTimeZone: null };
  const owner = { sourceOwnerId: item.sourceOwnerId };
  const messages = [
    { definition: SubmitTransfer as MessageDefinition, value: { meta: head, ...transfer } },
    { definition: SubmitBulk as MessageDefinition, value: { meta: head, ...bulk, ...owner } },
  ].map((message) => ({ ...message, key: randomUUID(), traceparent: undefined, attempt: 1 }));
  const [holder, rival] = await Promise.all([fixture.pool.connect(), fixture.pool.connect()]);
  try {
    await holder.query('BEGIN');
    const asked: string[] = [];
    const query = (config: { name: string; text: string }) => {
      asked.push(config.name);
      return holder.query(config);
    };
    const tx = new Proxy(holder, {
      get: (target, property) => (property === 'query' ? query : Reflect.get(target, property)),
    });
    const unit = {
      tx,
      expectsNew: false,
      pending: () => undefined,
      send: () => '',
      afterCommit: () => undefined,
    };
    await prepare!(unit, messages);
    await holder.query('COMMIT; BEGIN');
    await prepare!(unit, messages);
    const sql = 'SELECT owner_id FROM limit_counters WHERE transaction_type = $1';
    expect((await rival.query(sql, [type])).rowCount).toBe(2);
    expect((await rival.query(`${sql} FOR UPDATE SKIP LOCKED`, [type])).rowCount).toBe(0);
    const free = 'SELECT id FROM fx_quotes WHERE id = $1 FOR UPDATE SKIP LOCKED';
    expect((await rival.query(free, [quoteId])).rowCount).toBe(0);
    asked.length = 0;
    for (const message of messages) {
      const handler = handlers.find(({ definition }) => definition === message.definition)!;
      await handler.apply(unit, [{ message, result: undefined }]);
    }
    expect(asked).toContain('lock-counters');
    expect(asked).not.toContain('load-terms');
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
    rival.release();
  }
});

describe('a new version of a type', () => {
  test('is in force on every instance with its event, and the old ones are kept', async () => {
    const type = await limited({ limitPerTransaction: 10 });
    const submitMany = () => submit(Array.from({ length: 12 }, () => ({ type, amount: 20 })));
    expect(count(await outcomes(await submitMany()), 'limit-exceeded')).toBe(12);
    await fixture.redefineType(type, { limitPerTransaction: 20, feeFlat: 1 });
    const after = await submitMany();
    expect(count(await outcomes(after), 'posted')).toBe(12);
    const { rows } = await fixture.pool.query(
      `SELECT v.version, v.limit_per_transaction AS "limit", (SELECT count(*)::int FROM transactions t
          WHERE t.type = v.code AND t.type_version = v.version) AS used
         FROM transaction_type_versions v WHERE code = $1 ORDER BY version`,
      [type],
    );
    expect(rows).toEqual([
      { version: 1, limit: 10, used: 12 },
      { version: 2, limit: 20, used: 12 },
    ]);
  });
});
