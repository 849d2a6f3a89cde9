import { randomUUID } from 'node:crypto';
import { TransactionStalled } from '@florin/contracts';
import { createDatabase } from '@florin/database';
import { createLogger } from '@florin/observability';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { expireFxRates } from '../src/db/expire-fx-rates.js';
import { expireMovesJob } from '../src/jobs/expire-moves.js';
import { admin, type Customer, EdgeFixture } from './edge-fixture.js';

let edge: EdgeFixture;
let ada: Customer;
let grace: Customer;
let adas: string;
let graces: string;

beforeAll(async () => {
  edge = await EdgeFixture.create();
  [ada, grace] = await Promise.all([edge.newCustomer(), edge.newCustomer()]);
  adas = await edge.openWallet(ada);
  graces = await edge.openWallet(grace);
  await edge.deposit(ada, adas, 10_000);
});
afterAll(() => edge.close());

const balanceOf = async (owner: Customer, wallet: string) =>
  (await edge.call('GET', `/v1/wallets/${wallet}`, { token: owner.token })).body.balances.posted;

describe('a transfer', () => {
  test('answers 201 with its outcome, and its caller reads his own write', async () => {
    const answer = await edge.transfer(ada, adas, graces, 2_500, { more: { description: 'rent' } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/v1/transactions/${answer.body.id}`);
    expect(answer.body).toMatchObject({
      type: 'transfer',
      status: 'completed',
      amount: 2_500,
      fee: 0,
      currency: 'USD',
      sourceWalletId: adas,
      destinationWalletId: graces,
      description: 'rent',
    });
    expect(await balanceOf(ada, adas)).toBe(7_500);
    expect(await balanceOf(grace, graces)).toBe(2_500);
    const read = await edge.call('GET', `/v1/transactions/${answer.body.id}`, { token: grace.token });
    expect(read.body).toEqual(answer.body);
  });

  test('carries types and owners of both wallets, and the currency of the destination, in the command', () => {
    const command = edge.double.transfers.find((transfer) => transfer.sourceWalletId === adas);
    expect(command).toMatchObject({
      sourceWalletType: 'personal-usd',
      sourceOwnerId: ada.id,
      destinationWalletType: 'personal-usd',
      destinationOwnerId: grace.id,
      destinationCurrency: 'USD',
    });
    expect(command?.meta.actor).toBe(`customer:${ada.id}`);
  });

  test('that is a dry run says what would come of it, and moves nothing', async () => {
    const quote = (amount: number) =>
      edge.call('POST', '/v1/transactions', {
        token: ada.token,
        body: {
          type: 'transfer',
          sourceWalletId: adas,
          destinationWalletId: graces,
          amount,
          currency: 'USD',
          dryRun: true,
        },
      });
    const before = await balanceOf(ada, adas);
    const sent = edge.double.transfers.length;
    const answer = await quote(100);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      dryRun: true,
      type: 'transfer',
      status: 'completed',
      amount: 100,
      fee: 7,
      total: 107,
      currency: 'USD',
      sourceWalletId: adas,
      destinationWalletId: graces,
    });
    expect((await quote(before)).body).toMatchObject({
      status: 'declined',
      declineReason: 'insufficient-funds',
      total: before + 7,
    });
    expect((await quote(1_000_001)).body).toMatchObject({
      status: 'declined',
      declineReason: 'limit-exceeded',
    });
    expect(await balanceOf(ada, adas)).toBe(before);
    expect(edge.double.transfers).toHaveLength(sent);
  });

  test('has a timeline with every message that the edge knows of', async () => {
    const answer = await edge.transfer(ada, adas, graces, 1_000_000);
    const path = `/v1/transactions/${answer.body.id}/timeline`;
    const { body } = await edge.call('GET', path, { token: ada.token });
    expect(body).toMatchObject({ id: answer.body.id, status: 'declined' });
    expect(body.hops).toMatchObject([
      { service: 'edge', message: 'SubmitTransfer' },
      { service: 'transaction', message: 'TransactionDeclined' },
    ]);
    const command = edge.double.transfers.find((one) => one.transactionId === answer.body.id)!;
    expect(body.hops[0].messageId).toBe(command.meta.messageId);
    const stranger = await edge.newCustomer();
    expect((await edge.call('GET', path, { token: stranger.token })).status).toBe(404);
  });

  test('that is overdue for long keeps the first and the last messages of its timeline', async () => {
    edge.double.holdTransfers = true;
    const headers = { prefer: 'respond-async' };
    const { body } = await edge.transfer(ada, adas, graces, 2, { headers });
    await eventually('the command', async () => edge.double.transfers.find((t) => t.amount === 2));
    const hopAt = (at: number) => ({ service: 'transaction', message: 'PostTransfer', at, traceId: null });
    const last = uuidv7();
    await edge.double.messaging.transaction(async (unit) => {
      const at = Date.now();
      const repeated = Array.from({ length: 60 }, (_, i) => ({ ...hopAt(at + i), messageId: uuidv7() }));
      const hops = [...repeated, { ...hopAt(at + 60), messageId: last }];
      const stall = { transactionId: body.id, waitingFor: 'ledger', attempts: 61, since: at, hops };
      unit.send(TransactionStalled, body.id, stall);
    });
    await eventually('what is overdue', async () => {
      const { rows } = await edge.pool.query(
        'SELECT FROM transactions WHERE id = $1 AND stall_attempts = 61',
        [body.id],
      );
      return rows[0];
    });
    const answer = await edge.call('GET', `/v1/transactions/${body.id}/timeline`, { token: ada.token });
    expect(answer.body.hops).toHaveLength(21);
    expect(answer.body.hops[0]).toMatchObject({ service: 'edge', message: 'SubmitTransfer' });
    expect(answer.body.hops.map(({ messageId }: { messageId: string }) => messageId)).toContain(last);
    await edge.double.releaseTransfers();
    await eventually('the outcome', async () => {
      const read = await edge.call('GET', `/v1/transactions/${body.id}`, { token: ada.token });
      return read.body.status === 'completed' ? true : undefined;
    });
  });

  test('that is declined answers 201 as well, with the reason', async () => {
    const answer = await edge.transfer(ada, adas, graces, 1_000_000);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ status: 'declined', declineReason: 'insufficient-funds' });
    expect(await balanceOf(ada, adas)).toBe(7_498);
    const path = `/v1/transactions/${answer.body.id}`;
    expect((await edge.call('GET', path, { token: ada.token })).status).toBe(200);
    // That Ada is short of money is not Grace's business.
    expect((await edge.call('GET', path, { token: grace.token })).status).toBe(404);
    const seen = await edge.call('GET', '/v1/transactions', { token: grace.token });
    expect(seen.body.data.map(({ status }: { status: string }) => status)).not.toContain('declined');
  });

  test('with respond-async answers 202, and its resource is there at once and completes', async () => {
    edge.double.holdTransfers = true;
    const headers = { prefer: 'respond-async' };
    const answer = await edge.transfer(ada, adas, graces, 1, { headers });
    expect(answer.status).toBe(202);
    expect(answer.body.status).toBe('pending');
    const location = answer.headers.get('location') as string;
    const read = await edge.call('GET', location, { token: ada.token });
    expect(read.body).toEqual(answer.body);
    await eventually('the command', async () => edge.double.transfers.find((t) => t.amount === 1));
    await edge.double.releaseTransfers();
    await eventually('the outcome', async () => {
      const { body } = await edge.call('GET', location, { token: ada.token });
      return body.status === 'completed' ? true : undefined;
    });
  });

  test('that takes longer than the caller waits answers 202', async () => {
    edge.double.holdTransfers = true;
    const answer = await edge.transfer(ada, adas, graces, 2, { headers: { prefer: 'wait=1' } });
    expect(answer).toMatchObject({ status: 202, body: { status: 'pending' } });
    await eventually('the command', async () => edge.double.transfers.find((t) => t.amount === 2));
    await edge.double.releaseTransfers();
  });

  test.each([
    ['a wallet that does not exist as source', () => ['01890a5d-ac96-774b-bcce-b302099a8057', graces]],
    ['a wallet that does not exist as destination', () => [adas, '01890a5d-ac96-774b-bcce-b302099a8057']],
    ["another customer's wallet as source", () => [graces, adas]],
  ])('is refused with 404 given %s', async (_what, wallets) => {
    const [from, to] = wallets() as [string, string];
    const answer = await edge.transfer(ada, from, to, 1);
    expect(answer.status).toBe(404);
    expect(answer.body.code).toBe('not-found');
  });

  test.each([
    ['the same wallet twice', () => ({ destinationWalletId: adas.toUpperCase() }), '/destinationWalletId'],
    ['another currency', () => ({ currency: 'EUR' }), '/currency'],
    ['no currency of ISO 4217', () => ({ currency: 'XYZ' }), '/currency'],
    ['an amount of zero', () => ({ amount: 0 }), '/amount'],
    ['a fraction', () => ({ amount: 1.5 }), '/amount'],
    ['more than 2^53 − 1', () => ({ amount: 2 ** 53 }), '/amount'],
    ['a type with a call of its own', () => ({ type: 'deposit' }), '/type'],
    ['an unknown field', () => ({ surprise: 1 }), '/surprise'],
  ])('is refused with 400 given %s', async (_what, more, pointer) => {
    const before = edge.double.transfers.length;
    const answer = await edge.transfer(ada, adas, graces, 1, { more: more() });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect(edge.double.transfers).toHaveLength(before);
  });
});

describe('a deposit', () => {
  test('carries a reference of the funding token, never the token', async () => {
    const body = { walletId: adas, amount: 7, currency: 'USD', fundingToken: 'tok_very_secret' };
    const answer = await edge.call('POST', '/v1/deposits', { token: ada.token, body });
    expect(answer).toMatchObject({ status: 201, body: { status: 'completed', type: 'deposit' } });
    const command = edge.double.deposits.find((deposit) => deposit.amount === 7);
    expect(command?.fundingRef).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.stringify(command)).not.toContain('tok_very_secret');
    const { rows } = await edge.pool.query('SELECT * FROM idempotency_keys');
    expect(JSON.stringify(rows)).not.toContain('tok_very_secret');
  });

  test('in another currency than the wallet is refused before the provider is asked', async () => {
    const body = { walletId: adas, amount: 8, currency: 'EUR', fundingToken: 'tok_ok' };
    const answer = await edge.call('POST', '/v1/deposits', { token: ada.token, body });
    expect(answer.status).toBe(400);
    expect(edge.double.deposits.some((deposit) => deposit.amount === 8)).toBe(false);
  });

  test("into another customer's wallet is refused with 404", async () => {
    const body = { walletId: graces, amount: 9, currency: 'USD', fundingToken: 'tok_ok' };
    expect((await edge.call('POST', '/v1/deposits', { token: ada.token, body })).status).toBe(404);
  });
});

describe('what belongs to another customer', () => {
  test('is 404, and in no list', async () => {
    const mine = await edge.transfer(ada, adas, graces, 3);
    const stranger = await edge.newCustomer();
    for (const path of [
      `/v1/wallets/${adas}`,
      `/v1/wallets/${adas}/balance`,
      `/v1/wallets/${adas}/statement`,
      `/v1/transactions/${mine.body.id}`,
    ]) {
      expect((await edge.call('GET', path, { token: stranger.token })).status).toBe(404);
    }
    for (const path of ['/v1/wallets', '/v1/transactions', `/v1/transactions?sourceWalletId=${adas}`]) {
      expect((await edge.call('GET', path, { token: stranger.token })).body.data).toEqual([]);
    }
  });

  test('is seen by the back office', async () => {
    const answer = await edge.call('GET', `/v1/wallets?ownerId=${ada.id}`, { token: 'flk_local_admin' });
    expect(answer.body.data.map((wallet: { id: string }) => wallet.id)).toEqual([adas]);
  });
});

test('100 transfers at once all complete, sharing commits', async () => {
  const before = await balanceOf(grace, graces);
  const metrics = async () => (await fetch(`${edge.url}/metrics`)).text();
  // The first commit waits until others have come.
  const blocker = await edge.pool.connect();
  await blocker.query('BEGIN; LOCK TABLE idempotency_keys');
  const all = Promise.all(Array.from({ length: 100 }, () => edge.transfer(ada, adas, graces, 1)));
  await eventually('a commit that waits', async () => {
    const { rows } = await edge.pool.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows.length > 0 ? true : undefined;
  });
  await metrics();
  await blocker.query('COMMIT');
  blocker.release();
  const answers = await all;
  expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(201));
  expect(answers.every(({ body }) => body.status === 'completed')).toBe(true);
  expect(await balanceOf(grace, graces)).toBe(before + 100);
  const text = await metrics();
  const commits = Number(/florin_ingress_batch_size_count\{[^}]*\} (\d+)/.exec(text)?.[1]);
  const requests = Number(/florin_ingress_batch_size_sum\{[^}]*\} (\d+)/.exec(text)?.[1]);
  expect(requests).toBeGreaterThanOrEqual(100);
  expect(commits).toBeLessThan(requests);
});

test('the 101st open schedule of a customer is refused', async () => {
  const hal = await edge.newCustomer();
  const wallet = await edge.openWallet(hal);
  const ids = Array.from({ length: 100 }, () => uuidv7());
  await edge.pool.query(
    `INSERT INTO scheduled_transfers (id, owner_id, type, source_wallet_id, destination_wallet_id, amount, currency,
                                      missed_run_policy, status, created_at)
     SELECT id, $2, 'transfer', $3, $4, 5, 'USD', 'skip', 'active', now() FROM unnest($1::uuid[]) AS id`,
    [ids, hal.id, wallet, graces],
  );
  const schedule = (description = 'rent', idempotencyKey = uuidv7()) =>
    edge.call('POST', '/v1/scheduled-transfers', {
      token: hal.token,
      idempotencyKey,
      body: {
        description,
        type: 'transfer',
        sourceWalletId: wallet,
        destinationWalletId: graces,
        amount: 5,
        currency: 'USD',
        cron: '0 9 1 * *',
        timeZone: 'Europe/Berlin',
      },
    });
  expect(await schedule()).toMatchObject({ status: 409, body: { code: 'too-many-scheduled-transfers' } });
  await edge.pool.query(`UPDATE scheduled_transfers SET status = 'completed' WHERE id = $1`, [ids[0]]);
  expect((await schedule()).status).toBe(201);
  await edge.pool.query(`UPDATE scheduled_transfers SET status = 'completed' WHERE id = $1`, [ids[1]]);
  // The edge sees room, and the service that counts for good does not: others have come at the same time.
  const key = uuidv7();
  const refused = await schedule('one too many', key);
  expect(refused).toMatchObject({ status: 409, body: { code: 'too-many-scheduled-transfers' } });
  const { body, headers } = await schedule('one too many', key);
  expect([body, headers.get('idempotency-replayed')]).toEqual([refused.body, 'true']);
  const path = '/v1/scheduled-transfers?status=cancelled';
  expect((await edge.call('GET', path, { token: hal.token })).body.data).toMatchObject([
    { endReason: 'too-many-scheduled-transfers', nextRunAt: null },
  ]);
});

test('a schedule whose last transfer was made before its cancellation came is not said to be cancelled', async () => {
  const wallet = await edge.openWallet(ada);
  const { token } = ada;
  const made = async (description: string): Promise<string> => {
    const transfer = { type: 'transfer', sourceWalletId: wallet, destinationWalletId: graces, amount: 5 };
    const body = { ...transfer, currency: 'USD', description, runAt: '2096-01-01T00:00:00Z' };
    const headers = { 'idempotency-key': uuidv7() };
    return (await edge.call('POST', '/v1/scheduled-transfers', { token, headers, body })).body.id;
  };
  const path = `/v1/scheduled-transfers/${await made('made before')}`;
  const idempotencyKey = uuidv7();
  const answer = await edge.call('DELETE', path, { token, idempotencyKey });
  expect(answer).toMatchObject({ status: 409, body: { code: 'scheduled-transfer-ended' } });
  const later = await edge.call('DELETE', path, { token });
  expect([later.status, later.body.detail]).toEqual([409, answer.body.detail]);
  // An edge that has not answered, because it died, is asked again.
  const forget = 'UPDATE idempotency_keys SET status = NULL, body = NULL, location = NULL WHERE key = $1';
  await edge.pool.query(forget, [idempotencyKey]);
  edge.advanceClock(60_000);
  const repeated = await edge.call('DELETE', path, { token, idempotencyKey });
  expect([repeated.status, repeated.body.detail]).toEqual([409, answer.body.detail]);
  const other = `/v1/scheduled-transfers/${await made('in time')}`;
  expect((await edge.call('DELETE', other, { token })).status).toBe(204);
});

test('a schedule between currencies, or with a wallet that is closed, is refused', async () => {
  const euros = uuidv7();
  const closed = uuidv7();
  const usds = await edge.openWallet(ada);
  const open = `INSERT INTO wallets (id, owner_id, wallet_type, currency, name, status, version, created_at)
                SELECT id, $3, 'personal', currency, 'Mine', status, 9, now()
                  FROM (VALUES ($1::uuid, 'EUR', 'active'), ($2::uuid, 'USD', 'closed')) AS w (id, currency, status)`;
  await edge.pool.query(open, [euros, closed, ada.id]);
  const schedule = (sourceWalletId: string, destinationWalletId: string) =>
    edge.call('POST', '/v1/scheduled-transfers', {
      token: ada.token,
      headers: { 'idempotency-key': uuidv7() },
      body: {
        ...{ type: 'transfer', sourceWalletId, destinationWalletId, amount: 5, currency: 'USD' },
        ...{ cron: '0 9 1 * *', timeZone: 'Europe/Berlin' },
      },
    });
  const errors = [{ pointer: '/destinationWalletId' }];
  expect(await schedule(usds, euros)).toMatchObject({
    status: 400,
    body: { code: 'validation-failed', errors },
  });
  for (const answer of [await schedule(usds, closed), await schedule(closed, usds)]) {
    expect(answer).toMatchObject({ status: 409, body: { code: 'wallet-closed' } });
  }
});

test('quotes of days ago and occurrences of more than a year ago are forgotten', async () => {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const url = edge.databaseUrl;
  const database = createDatabase({ url, applicationName: 'expiry', maxConnections: 1, logger });
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
  const [old, fresh, scheduleId] = [uuidv7(), uuidv7(), uuidv7()];
  await edge.pool.query(
    `INSERT INTO fx_quotes (id, owner_id, source_currency, destination_currency, amount, status, created_at)
     SELECT id, id, 'USD', 'EUR', 5, 'pending', at FROM unnest($1::uuid[], $2::timestamptz[]) AS q (id, at)`,
    [
      [old, fresh],
      [ago(3), ago(1)],
    ],
  );
  await edge.pool.query(
    `INSERT INTO scheduled_occurrences (scheduled_transfer_id, occurs_at, outcome)
     SELECT $1, at, 'skipped' FROM unnest($2::timestamptz[]) AS at`,
    [scheduleId, [ago(401), ago(399)]],
  );
  const job = expireMovesJob({ database, clock: { now: Date.now }, logger });
  const occurrences = async () =>
    (
      await edge.pool.query<{ occurs_at: Date }>(
        'SELECT occurs_at FROM scheduled_occurrences WHERE scheduled_transfer_id = $1',
        [scheduleId],
      )
    ).rows;
  job.start();
  job.wake();
  // They go last.
  await eventually('the old occurrence to go', async () =>
    (await occurrences()).length < 2 ? true : undefined,
  );
  await job.stop();
  await database.close();
  const quotes = await edge.pool.query('SELECT id FROM fx_quotes WHERE id = ANY($1)', [[old, fresh]]);
  expect(quotes.rows).toEqual([{ id: fresh }]);
  expect(await occurrences()).toHaveLength(1);
});

test('a quote shows by which transfer it was used, also when that was declined, or that it has expired', async () => {
  const body = { sourceCurrency: 'USD', destinationCurrency: 'EUR', amount: 100 };
  const promised = async () => {
    const { body: quote } = await edge.call('POST', '/v1/fx-quotes', { token: ada.token, body });
    expect(quote).toMatchObject({ status: 'quoted', transactionId: null });
    return quote.id as string;
  };
  const shown = async (id: string) =>
    (await edge.call('GET', `/v1/fx-quotes/${id}`, { token: ada.token })).body;
  const expire = (id: string) =>
    edge.pool.query(`UPDATE fx_quotes SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]);

  for (const [amount, status] of [
    [100, 'completed'],
    [1_000_000, 'declined'],
  ] as const) {
    const quoteId = await promised();
    const { body: transfer } = await edge.transfer(ada, adas, graces, amount, { more: { quoteId } });
    expect(transfer.status).toBe(status);
    expect(await shown(quoteId)).toMatchObject({ status: 'used', transactionId: transfer.id });
    await expire(quoteId);
    expect(await shown(quoteId)).toMatchObject({ status: 'used' });
  }
  const unused = await promised();
  expect(await shown(unused)).toMatchObject({ status: 'quoted' });
  await expire(unused);
  expect(await shown(unused)).toMatchObject({ status: 'expired', transactionId: null });
});

test('a rate that is too old to be quoted is shown as expired, until another takes its place', async () => {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const database = createDatabase({
    url: edge.databaseUrl,
    applicationName: 'rates',
    maxConnections: 1,
    logger,
  });
  const [old, fresh] = [uuidv7(), uuidv7()];
  const now = Date.now();
  await edge.pool.query(
    `INSERT INTO fx_rates (id, source_currency, destination_currency, rate, margin_basis_points, status, version,
                           created_at, expires_at)
     SELECT id, 'AUD', to_currency, '0.9', 0, 'active', 1, $1, at
       FROM unnest($2::uuid[], $3::text[], $4::timestamptz[]) AS u (id, to_currency, at)`,
    [new Date(now - 5_000), [old, fresh], ['NZD', 'SGD'], [new Date(now), new Date(now + 3_600_000)]],
  );
  await expireFxRates(database, new Date(now));
  await database.close();
  const shown = async (query: string) => {
    const path = `/v1/fx-rates?sourceCurrency=AUD${query}`;
    return (await edge.call('GET', path, { token: ada.token })).body.data;
  };
  expect(await shown('')).toMatchObject([{ id: fresh, status: 'active' }]);
  const expiresAt = new Date(now).toISOString();
  expect(await shown('&status=expired')).toMatchObject([{ id: old, expiresAt }]);
  const body = { sourceCurrency: 'AUD', destinationCurrency: 'NZD', rate: '0.8' };
  await edge.call('POST', '/v1/fx-rates', { token: admin, body });
  expect(await shown('&status=expired')).toEqual([]);
  expect(await shown('&status=superseded')).toMatchObject([{ id: old }]);
});

test('batches of calls that wait follow the outcome of the one before, those of others do not', async () => {
  const heldBatches = async () => {
    const metrics = await (await fetch(`${edge.url}/metrics`)).text();
    return Number(/^florin_ingress_held_batches_total\S* (\d+)$/m.exec(metrics)![1]);
  };
  const customer = await edge.newCustomer();
  const [from, to] = [await edge.openWallet(customer), await edge.openWallet(customer)];
  await edge.deposit(customer, from, 10_000);
  const burst = (prefer: string) =>
    Array.from({ length: 10 }, () => edge.transfer(customer, from, to, 1, { headers: { prefer } }));
  const before = await heldBatches();
  edge.double.holdTransfers = true;
  const waiting: Promise<unknown>[] = [];
  await eventually('a batch that is held', async () => {
    waiting.push(...burst('wait=30'));
    return (await heldBatches()) > before ? true : undefined;
  });
  await edge.double.releaseTransfers();
  await Promise.all(waiting);
  const after = await heldBatches();
  await Promise.all(burst('respond-async'));
  expect(await heldBatches()).toBe(after);
});

test('the answer to a transfer is stored for repeats by the transaction that shows its outcome', async () => {
  const idempotencyKey = randomUUID();
  const answer = await edge.transfer(ada, adas, graces, 10, { idempotencyKey });
  const { rows } = await edge.pool.query(
    `SELECT k.status, k.body, k.xmin = t.xmin AS "isStoredTogether"
       FROM idempotency_keys k JOIN transactions t ON t.id = k.resource_id::uuid WHERE k.key = $1`,
    [idempotencyKey],
  );
  expect(rows).toEqual([{ status: 201, body: answer.text, isStoredTogether: true }]);
  const repeat = await edge.transfer(ada, adas, graces, 10, { idempotencyKey });
  expect(repeat).toMatchObject({ status: 201, text: answer.text });
});
