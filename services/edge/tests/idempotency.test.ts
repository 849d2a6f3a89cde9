import { randomUUID } from 'node:crypto';
import { WalletTypeDefined } from '@florin/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { admin, type Customer, EdgeFixture } from './edge-fixture.js';

let edge: EdgeFixture;
let second: string;
let ada: Customer;
let grace: Customer;
let adas: string;
let graces: string;

beforeAll(async () => {
  edge = await EdgeFixture.create();
  second = await edge.addEdge();
  [ada, grace] = await Promise.all([edge.newCustomer(), edge.newCustomer()]);
  adas = await edge.openWallet(ada);
  graces = await edge.openWallet(grace);
  await edge.deposit(ada, adas, 1_000_000);
});
afterAll(() => edge.close());
afterEach(() => edge.double.releaseTransfers());

const commandsOf = (amount: number) => edge.double.transfers.filter((transfer) => transfer.amount === amount);

describe('an Idempotency-Key', () => {
  test('used 50 times at once, on two edges, moves money once and has one answer', async () => {
    for (const amount of [11, 12, 13]) {
      const idempotencyKey = randomUUID();
      const send = (url: string) => edge.transfer(ada, adas, graces, amount, { idempotencyKey, url });
      const racing = await Promise.all(
        Array.from({ length: 50 }, (_, i) => send(i % 2 === 0 ? edge.url : second)),
      );
      const answered = racing.filter(({ status }) => status === 201);
      const refusals = racing
        .filter(({ status }) => status !== 201)
        .map(({ status, body }) => `${status} ${body.code}`);
      expect(refusals).toEqual(refusals.map(() => '409 idempotency-key-in-flight'));
      expect(answered.length).toBeGreaterThan(0);
      expect(answered.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
      const repeats = await Promise.all([send(edge.url), send(second)]);
      expect(repeats.map(({ status }) => status)).toEqual([201, 201]);
      expect(new Set([...answered, ...repeats].map(({ text }) => text)).size).toBe(1);
      expect(commandsOf(amount)).toHaveLength(1);
    }
  });

  test('gives a repeat the first problem, too, whichever edge hears of the refusal', async () => {
    const definitions = Array.from({ length: 6 }, (_, i) => ({
      url: `${i % 2 === 0 ? edge.url : second}/v1/application-types`,
      idempotencyKey: randomUUID(),
      body: {
        ...{ code: `c-${randomUUID().slice(0, 8)}`, name: 'Loan', schema: {} },
        workflow: { steps: [{ name: 'review', kind: 'magic' }] },
      },
    }));
    const send = () =>
      Promise.all(
        definitions.map(({ url, ...options }) => edge.call('POST', url, { token: admin, ...options })),
      );
    const [firsts, repeats] = [await send(), await send()];
    for (const [i, first] of firsts.entries()) {
      expect(first).toMatchObject({ status: 422, body: { code: 'application-type-invalid' } });
      const repeat = repeats[i]!;
      expect(repeat).toMatchObject({ status: 422, text: first.text });
      expect(repeat.headers.get('content-type')).toBe(first.headers.get('content-type'));
      expect(first.headers.get('idempotency-replayed')).toBeNull();
      expect(repeat.headers.get('idempotency-replayed')).toBe('true');
    }
  });

  test('gives a repeat the first status, body and location, byte for byte, and says so', async () => {
    edge.double.holdTransfers = true;
    const options = { idempotencyKey: randomUUID(), headers: { prefer: 'respond-async' } };
    const first = await edge.transfer(ada, adas, graces, 21, options);
    expect(first.status).toBe(202);
    await eventually('the command', async () => commandsOf(21)[0]);
    await edge.double.releaseTransfers();
    await eventually('the outcome', async () => {
      const { body } = await edge.call('GET', `/v1/transactions/${first.body.id}`, { token: ada.token });
      return body.status === 'completed' ? true : undefined;
    });
    const repeat = await edge.transfer(ada, adas, graces, 21, options);
    expect(repeat).toMatchObject({ status: 202, text: first.text });
    expect(repeat.headers.get('location')).toBe(first.headers.get('location'));
    expect(repeat.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
  });

  test('in flight answers 409, with another body 422 at any time', async () => {
    edge.double.holdTransfers = true;
    const idempotencyKey = randomUUID();
    const waiting = edge.transfer(ada, adas, graces, 31, { idempotencyKey });
    await eventually('the command', async () => commandsOf(31)[0]);
    const early = await edge.transfer(ada, adas, graces, 31, { idempotencyKey });
    expect(early).toMatchObject({ status: 409, body: { code: 'idempotency-key-in-flight' } });
    const other = await edge.transfer(ada, adas, graces, 32, { idempotencyKey });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    await edge.double.releaseTransfers();
    const first = await waiting;
    expect(first.status).toBe(201);
    const late = await edge.transfer(ada, adas, graces, 32, { idempotencyKey });
    expect(late.status).toBe(422);
    expect((await edge.transfer(ada, adas, graces, 31, { idempotencyKey })).text).toBe(first.text);
    expect(commandsOf(32)).toHaveLength(0);
  });

  test('belongs to its caller and its route', async () => {
    const idempotencyKey = randomUUID();
    const mine = await edge.transfer(ada, adas, graces, 41, { idempotencyKey });
    expect(mine.status).toBe(201);
    const body = { walletId: adas, amount: 41, currency: 'USD', fundingToken: 'tok_ok' };
    const deposit = await edge.call('POST', '/v1/deposits', { token: ada.token, body, idempotencyKey });
    expect(deposit.status).toBe(201);
    const theirs = await edge.transfer(grace, graces, adas, 41, { idempotencyKey });
    expect(theirs.status).toBe(201);
    expect(new Set([mine.body.id, deposit.body.id, theirs.body.id]).size).toBe(3);
  });

  test('is needed by every call that moves money or issues a card', async () => {
    const deposit = { walletId: adas, amount: 1, currency: 'USD', fundingToken: 'tok_ok' };
    const options = { token: ada.token, idempotencyKey: null };
    for (const answer of [
      await edge.transfer(ada, adas, graces, 1, { idempotencyKey: null }),
      await edge.call('POST', '/v1/deposits', { ...options, body: deposit }),
      await edge.call('POST', '/v1/cards', { ...options, body: { walletId: adas } }),
    ]) {
      expect(answer).toMatchObject({ status: 400, body: { code: 'idempotency-key-missing' } });
    }
    const wallet = await edge.call('POST', '/v1/wallets', {
      ...options,
      body: { walletType: 'personal-usd' },
    });
    expect(wallet.status).toBe(201);
  });

  test('of 255 characters is fine, a longer one is refused', async () => {
    const fits = await edge.transfer(ada, adas, graces, 1, { idempotencyKey: 'k'.repeat(255) });
    expect(fits.status).toBe(201);
    const tooLong = await edge.transfer(ada, adas, graces, 1, { idempotencyKey: 'k'.repeat(256) });
    expect(tooLong).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
  });

  test('is not burnt by a refusal', async () => {
    const idempotencyKey = randomUUID();
    const unknown = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect((await edge.transfer(ada, adas, graces, 0, { idempotencyKey })).status).toBe(400);
    expect((await edge.transfer(ada, adas, unknown, 51, { idempotencyKey })).status).toBe(404);
    const good = await edge.transfer(ada, adas, graces, 51, { idempotencyKey });
    expect(good).toMatchObject({ status: 201, body: { status: 'completed' } });
    const code = `t-${randomUUID().slice(0, 8)}`;
    const define = (key: string) =>
      edge.call('POST', '/v1/wallet-types', {
        token: 'flk_local_admin',
        body: { code, name: 'Twice', currency: 'USD' },
        idempotencyKey: key,
      });
    const created = await define('first');
    expect(created.status).toBe(201);
    expect(await define('other')).toMatchObject({ status: 409, body: { code: 'wallet-type-exists' } });
    const { rows } = await edge.pool.query(
      `SELECT key FROM idempotency_keys WHERE key IN ('first', 'other')`,
    );
    expect(rows).toEqual([{ key: 'first' }]);
    expect((await define('first')).text).toBe(created.text);
  });
});

describe('a claim whose process died before it answered', () => {
  test('is in flight until its time is up, then answered from the state of its resource', async () => {
    const idempotencyKey = randomUUID();
    const first = await edge.transfer(ada, adas, graces, 61, { idempotencyKey });
    await edge.pool.query(
      'UPDATE idempotency_keys SET status = NULL, body = NULL, location = NULL WHERE key = $1',
      [idempotencyKey],
    );
    const early = await edge.transfer(ada, adas, graces, 61, { idempotencyKey });
    expect(early).toMatchObject({ status: 409, body: { code: 'idempotency-key-in-flight' } });
    edge.advanceClock(60_000);
    const repeats = await Promise.all(
      Array.from({ length: 10 }, () => edge.transfer(ada, adas, graces, 61, { idempotencyKey })),
    );
    expect(repeats.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect(new Set(repeats.map(({ text }) => text))).toEqual(new Set([first.text]));
    expect(repeats.every(({ headers }) => headers.get('idempotency-replayed') === 'true')).toBe(true);
    expect(commandsOf(61)).toHaveLength(1);
  });
});

test('what is refused under the key of another request leaves the answer of that one alone, whatever happens meanwhile', async () => {
  const [mine, other] = ['a', 'b'].map((prefix) => `${prefix}-${randomUUID().slice(0, 8)}`) as [
    string,
    string,
  ];
  const idempotencyKey = randomUUID();
  const define = (code: string, url: string) =>
    edge.call('POST', `${url}/v1/wallet-types`, {
      token: admin,
      body: { code, name: 'Held', currency: 'USD' },
      idempotencyKey,
    });
  expect((await define(mine, edge.url)).status).toBe(201);
  await edge.pool.query(
    'UPDATE idempotency_keys SET status = NULL, body = NULL, location = NULL WHERE key = $1',
    [idempotencyKey],
  );
  // Whichever edge projects the other type: calls for it wait in both, and are not judged before the table is free.
  const lock = await edge.pool.connect();
  await lock.query('BEGIN; LOCK TABLE idempotency_keys IN SHARE MODE');
  const refused = [edge.url, second].map((url) => define(other, url));
  await eventually('calls that are not judged yet', async () => {
    const { rows } = await lock.query(
      "SELECT FROM pg_locks WHERE relation = 'idempotency_keys'::regclass AND NOT granted",
    );
    return rows.length === 2 ? true : undefined;
  });
  await edge.double.messaging.transaction(async (unit) => {
    unit.send(WalletTypeDefined, other, {
      code: other,
      name: 'Held',
      currency: 'USD',
      maxBalance: null,
      overdraftLimit: 0,
    });
  });
  try {
    await eventually('the other type', async () => {
      const { rows } = await lock.query("SELECT FROM wallet_types WHERE code = $1 AND status = 'active'", [
        other,
      ]);
      return rows.length === 1 ? true : undefined;
    });
  } finally {
    await lock.query('ROLLBACK');
    lock.release();
  }
  for (const { status, body } of await Promise.all(refused)) {
    expect([status, body.code]).toEqual([422, 'idempotency-key-reused']);
  }
  const { rows } = await edge.pool.query('SELECT status, body FROM idempotency_keys WHERE key = $1', [
    idempotencyKey,
  ]);
  expect(rows).toEqual([{ status: null, body: null }]);
});

test('an answer that stands already is the answer of the call that still waits', async () => {
  edge.double.holdTransfers = true;
  const idempotencyKey = randomUUID();
  const waiting = edge.transfer(ada, adas, graces, 81, { idempotencyKey, headers: { prefer: 'wait=30' } });
  await eventually('the command', async () => commandsOf(81)[0]);
  const standing = JSON.stringify({ id: commandsOf(81)[0]!.transactionId, status: 'pending' });
  await edge.pool.query('UPDATE idempotency_keys SET status = 202, body = $2 WHERE key = $1', [
    idempotencyKey,
    standing,
  ]);
  await edge.double.releaseTransfers();
  expect(await waiting).toMatchObject({ status: 202, text: standing });
  expect(await edge.transfer(ada, adas, graces, 81, { idempotencyKey })).toMatchObject({ text: standing });
});

test('a call is woken by whichever edge projected its event', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      edge.transfer(ada, adas, graces, 71, {
        url: i % 2 === 0 ? edge.url : second,
        headers: { prefer: 'wait=30' },
      }),
    ),
  );
  // A lost wake-up would show as a call that took its full wait.
  expect(answers.every(({ status, body }) => status === 201 && body.status === 'completed')).toBe(true);
}, 28_000);
