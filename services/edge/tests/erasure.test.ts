import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { admin, type Customer, EdgeFixture } from './edge-fixture.js';

let edge: EdgeFixture;
let secondUrl: string;
beforeAll(async () => {
  edge = await EdgeFixture.create();
  secondUrl = await edge.addEdge();
}, 180_000);
afterAll(() => edge.close());

const leave = (customer: Customer, headers: Record<string, string> = {}) =>
  edge.call('DELETE', '/v1/customers/me', { token: customer.token, headers });
const me = (customer: Customer, url = edge.url) =>
  edge.call('GET', `${url}/v1/customers/me`, { token: customer.token });

async function rowsAbout(customer: Customer): Promise<Record<string, number>> {
  const { rows } = await edge.pool.query(
    `SELECT (SELECT count(*) FROM customers WHERE id = $1) AS customers,
       (SELECT count(*) FROM credentials WHERE customer_id = $1) AS credentials,
       (SELECT count(*) FROM sessions WHERE customer_id = $1) AS sessions,
       (SELECT count(*) FROM notifications WHERE customer_id = $1) AS notifications,
       (SELECT count(*) FROM idempotency_keys WHERE caller = 'customer:' || $1) AS answers,
       (SELECT count(*) FROM wallets WHERE owner_id = $1 AND name <> '') AS names,
       (SELECT count(*) FROM scheduled_transfers WHERE owner_id = $1 AND description IS NOT NULL) AS texts`,
    [customer.id],
  );
  return Object.fromEntries(Object.entries(rows[0]).map(([name, count]) => [name, Number(count)]));
}

const nothing = {
  customers: 0,
  credentials: 0,
  sessions: 0,
  notifications: 0,
  answers: 0,
  names: 0,
  texts: 0,
};

describe('leaving', () => {
  test('without wallets erases at once, and the token is worth nothing on any instance', async () => {
    const ada = await edge.newCustomer();
    expect((await me(ada)).status).toBe(200);
    expect((await me(ada, secondUrl)).status).toBe(200);
    expect((await leave(ada)).status).toBe(204);
    expect((await me(ada)).status).toBe(401);
    await eventually('the other instance to hear of it', async () =>
      (await me(ada, secondUrl)).status === 401 ? true : undefined,
    );
    const found = await edge.call('GET', `/v1/customers/find?id=${ada.id}`, { token: admin });
    expect(found.status).toBe(404);
    const { rows } = await edge.pool.query('SELECT erased_at FROM customer_erasures WHERE customer_id = $1', [
      ada.id,
    ]);
    expect(rows[0].erased_at).not.toBeNull();
  });

  test('closes empty wallets, erases everything that names the customer, and keeps the ledger', async () => {
    const [ada, bob] = [await edge.newCustomer(), await edge.newCustomer()];
    const [from, to] = [await edge.openWallet(ada), await edge.openWallet(bob)];
    await edge.deposit(ada, from, 700);
    expect(
      (await edge.transfer(ada, from, to, 700, { headers: { 'idempotency-key': uuidv7() } })).status,
    ).toBe(201);
    await eventually('the wallet to show that it is empty', async () => {
      const { body } = await edge.call('GET', `/v1/wallets/${from}`, { token: ada.token });
      return body.balances.posted === 0 ? true : undefined;
    });
    await edge.pool.query(
      `INSERT INTO notifications (id, customer_id, channel, template, subject, status, created_at)
       VALUES ($1, $2, 'email', 'card-issued', 'Dear Ada', 'delivered', now())`,
      [uuidv7(), ada.id],
    );
    await edge.pool.query(
      `INSERT INTO scheduled_transfers (id, owner_id, type, source_wallet_id, destination_wallet_id, amount, currency,
                                        description, missed_run_policy, status, created_at)
       VALUES ($1, $2, 'transfer', $3, $4, 5, 'USD', 'For Bob, from Ada', 'skip', 'active', now())`,
      [uuidv7(), ada.id, from, to],
    );
    expect((await leave(ada)).status).toBe(204);
    await eventually('everything to be erased', async () => {
      const left = await rowsAbout(ada);
      return JSON.stringify(left) === JSON.stringify(nothing) ? true : undefined;
    });
    const wallet = await edge.call('GET', `/v1/wallets/${from}`, { token: admin });
    expect(wallet.body).toMatchObject({ id: from, ownerId: ada.id, status: 'closed', name: '' });
    const { body } = await edge.call('GET', `/v1/transactions?sourceWalletId=${from}`, { token: admin });
    expect(body.data).toHaveLength(1);
  });

  test('with money in a wallet is refused, and nothing has changed', async () => {
    const ada = await edge.newCustomer();
    const wallet = await edge.openWallet(ada);
    await edge.deposit(ada, wallet, 1);
    const refused = await leave(ada);
    expect([refused.status, refused.body.code]).toEqual([409, 'wallets-not-empty']);
    expect((await me(ada)).status).toBe(200);
    const { body } = await edge.call('GET', `/v1/wallets/${wallet}`, { token: ada.token });
    expect(body.status).toBe('active');
  });

  test('while a transaction is pending is refused', async () => {
    const [ada, bob] = [await edge.newCustomer(), await edge.newCustomer()];
    const [from, to] = [await edge.openWallet(ada), await edge.openWallet(bob)];
    edge.double.holdTransfers = true;
    try {
      const headers = { 'idempotency-key': uuidv7(), prefer: 'respond-async' };
      expect((await edge.transfer(ada, from, to, 5, { headers })).status).toBe(202);
      for (const customer of [ada, bob]) {
        const refused = await leave(customer);
        expect([refused.status, refused.body.code]).toEqual([409, 'wallets-not-empty']);
      }
    } finally {
      await edge.double.releaseTransfers();
    }
  });

  test('when the ledger knows of money that the read model does not show yet, is refused', async () => {
    const ada = await edge.newCustomer();
    const wallet = await edge.openWallet(ada);
    edge.double.statusRefusal = 'wallet-not-empty';
    try {
      const refused = await leave(ada);
      expect([refused.status, refused.body.code]).toEqual([409, 'wallets-not-empty']);
    } finally {
      edge.double.statusRefusal = undefined;
    }
    expect((await me(ada)).status).toBe(200);
    const { body } = await edge.call('GET', `/v1/wallets/${wallet}`, { token: ada.token });
    expect(body.status).toBe('active');
    // And it can be tried again.
    expect((await leave(ada)).status).toBe(204);
  });

  test('says which wallets were closed when money came into another one meanwhile', async () => {
    const ada = await edge.newCustomer();
    const [empty, full] = [await edge.openWallet(ada), await edge.openWallet(ada)];
    edge.double.statusRefusal = 'wallet-not-empty';
    edge.double.refusingWallet = full;
    try {
      const { status, body } = await leave(ada);
      expect([status, body.code]).toEqual([409, 'wallets-not-empty']);
      expect(body.detail).toContain(`closed for good: ${empty}.`);
    } finally {
      edge.double.statusRefusal = undefined;
      edge.double.refusingWallet = undefined;
    }
    const statuses = await Promise.all(
      [empty, full].map((id) => edge.call('GET', `/v1/wallets/${id}`, { token: ada.token })),
    );
    expect(statuses.map(({ body }) => body.status)).toEqual(['closed', 'active']);
  });

  test('twice at once erases once', async () => {
    const ada = await edge.newCustomer();
    await edge.openWallet(ada);
    const answers = await Promise.all([leave(ada), leave(ada), leave(ada)]);
    for (const { status } of answers) expect([204, 401, 404]).toContain(status);
    expect(answers.some(({ status }) => status === 204)).toBe(true);
    const { rows } = await edge.pool.query(
      'SELECT count(*)::int AS n FROM customer_erasures WHERE customer_id = $1',
      [ada.id],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('goes on by itself when the call that began it is over', async () => {
    const ada = await edge.newCustomer();
    const wallet = await edge.openWallet(ada);
    edge.double.holdStatusChanges = true;
    const begun = await leave(ada, { prefer: 'respond-async' });
    expect([begun.status, begun.body]).toEqual([202, { status: 'closing' }]);
    // Until then the customer exists.
    expect((await me(ada)).status).toBe(200);
    await edge.double.releaseStatusChanges();
    await eventually(
      'the customer to be gone',
      async () => ((await me(ada)).status === 401 ? true : undefined),
      20_000,
    );
    const { body } = await edge.call('GET', `/v1/wallets/${wallet}`, { token: admin });
    expect(body.status).toBe('closed');
  });

  test('a wallet that was being opened meanwhile is closed afterwards', async () => {
    const ada = await edge.newCustomer();
    const walletType = await edge.walletType();
    expect((await leave(ada)).status).toBe(204);
    const walletId = await edge.double.openLate(ada.id, walletType);
    await eventually(
      'the late wallet to be closed',
      async () => {
        const { status, body } = await edge.call('GET', `/v1/wallets/${walletId}`, { token: admin });
        return status === 200 && body.status === 'closed' ? true : undefined;
      },
      20_000,
    );
  });
});

test('leaving asks each wallet to close once and tells the platform once', async () => {
  const ada = await edge.newCustomer();
  await edge.openWallet(ada);
  await edge.openWallet(ada);
  expect((await leave(ada)).status).toBe(204);
  const closings = edge.double.statusChanges.filter(({ meta }) => meta.actor === `customer:${ada.id}`);
  expect(closings).toHaveLength(2);
  expect(closings.every(({ status }) => status === 'closed')).toBe(true);
  const erased = await eventually('CustomerErased', async () =>
    edge.double.erased.find(({ customerId }) => customerId === ada.id),
  );
  expect(erased.meta.actor).toBe(`customer:${ada.id}`);
  expect(edge.double.erased.filter(({ customerId }) => customerId === ada.id)).toHaveLength(1);
});
