import { readdirSync, readFileSync } from 'node:fs';
import { CustomerErased, WalletOpened } from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../../test/story/eventually.js';
import { expectStatus } from '../../../../test/story/http.js';
import { admin, type Customer, EdgeFixture } from '../edge-fixture.js';

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
  await edge.deposit(ada, adas, 1_000);
});
afterAll(() => edge.close());

const get = (path: string, token: string) => edge.call('GET', path, { token });

async function hits(object: string): Promise<number> {
  const text = await (await fetch(`${edge.url}/metrics`)).text();
  const line = new RegExp(`florin_read_cache_reads_total\\{object="${object}",outcome="hit".*\\} (\\d+)`);
  return Number(line.exec(text)?.[1] ?? 0);
}

/** Reads until an answer has come from the cache. */
const cached = (object: 'wallet' | 'transaction', id: string, token: string) =>
  eventually('an answer of the cache', async () => {
    const before = await hits(object);
    const answer = await get(`/v1/${object}s/${id}`, token);
    return (await hits(object)) > before ? answer : undefined;
  });

describe('what comes from the cache', () => {
  test('is what the database would have said, with the same tag', async () => {
    const first = await get(`/v1/wallets/${adas}`, ada.token);
    const hit = await cached('wallet', adas, ada.token);
    expect([hit.status, hit.body]).toEqual([200, first.body]);
    expect(hit.headers.get('etag')).toBe(first.headers.get('etag'));
    const balance = await get(`/v1/wallets/${adas}/balance`, ada.token);
    expect(balance.body).toMatchObject(first.body.balances);
  });

  test('is for its viewers alone', async () => {
    await cached('wallet', adas, ada.token);
    expect((await get(`/v1/wallets/${adas}`, grace.token)).status).toBe(404);
    expect((await get(`/v1/wallets/${adas}/balance`, grace.token)).status).toBe(404);
    expect((await get(`/v1/wallets/${adas}`, admin)).status).toBe(200);
    const declined = (await edge.transfer(ada, adas, graces, 99_999_999)).body;
    expect(declined.status).toBe('declined');
    await cached('transaction', declined.id, ada.token);
    expect((await get(`/v1/transactions/${declined.id}`, grace.token)).status).toBe(404);
  });

  test('is never older than what a caller has done', async () => {
    for (let i = 0; i < 10; i++) {
      await cached('wallet', adas, ada.token);
      const before = (await get(`/v1/wallets/${adas}`, ada.token)).body.balances.posted;
      const { body } = await edge.transfer(ada, adas, graces, 1);
      expect((await get(`/v1/wallets/${adas}`, ada.token)).body.balances.posted).toBe(before - 1);
      expect((await get(`/v1/transactions/${body.id}`, ada.token)).body).toEqual(body);
      expect((await get(`/v1/transactions/${body.id}`, grace.token)).body).toEqual(body);
    }
  });

  test('is not what was pending when it is done', async () => {
    edge.double.holdTransfers = true;
    const headers = { prefer: 'respond-async' };
    const { body } = await edge.transfer(ada, adas, graces, 1, { headers });
    expect((await cached('transaction', body.id, ada.token)).body.status).toBe('pending');
    await edge.double.releaseTransfers();
    await eventually('the outcome', async () => {
      const { rows } = await edge.pool.query('SELECT status FROM transactions WHERE id = $1', [body.id]);
      return rows[0].status === 'completed' ? true : undefined;
    });
    expect((await get(`/v1/transactions/${body.id}`, ada.token)).body.status).toBe('completed');
  });

  test('follows the status of a wallet', async () => {
    for (const [action, status] of [
      ['freeze', 'frozen'],
      ['unfreeze', 'active'],
    ]) {
      await cached('wallet', graces, grace.token);
      const path = `/v1/wallets/${graces}/${action}`;
      expectStatus(await edge.call('POST', path, { token: admin, body: {} }), 201);
      expect((await get(`/v1/wallets/${graces}`, grace.token)).body.status).toBe(status);
    }
  });

  test('does not outlive an erasure, nor is it kept that there is nothing', async () => {
    const [walletId, customerId] = [uuidv7(), uuidv7()];
    expect((await get(`/v1/wallets/${walletId}`, admin)).status).toBe(404);
    await edge.double.messaging.transaction(async (unit) => {
      unit.send(WalletOpened, walletId, {
        walletId,
        ownerId: customerId,
        walletType: 'personal-usd',
        currency: 'USD',
        name: 'Savings of Ada',
        posted: 0,
        held: 0,
        available: 0,
      });
    });
    await eventually('the wallet', async () =>
      (await get(`/v1/wallets/${walletId}`, admin)).status === 200 ? true : undefined,
    );
    expect((await cached('wallet', walletId, admin)).body.name).toBe('Savings of Ada');
    await edge.double.messaging.transaction(async (unit) => {
      unit.send(CustomerErased, customerId, { customerId });
    });
    await eventually('the erasure', async () => {
      const { rows } = await edge.pool.query('SELECT name FROM wallets WHERE id = $1', [walletId]);
      return rows[0].name === '' ? true : undefined;
    });
    expect((await get(`/v1/wallets/${walletId}`, admin)).body.name).toBe('');
  });
});

/**
 * Whoever adds a statement that changes what is cached has to tell the cache, which no other test can know. The second
 * column says how it is told, or why it need not be.
 */
const statements: Record<string, string> = {
  'complete-transfers.ts': 'by `onCompletions`',
  'erase-read-models.ts': 'by its callers',
  'finish-timelines.ts': 'what it changes is not in the resource',
  'insert-pending-transactions.ts': 'what is not there is not cached',
  'insert-pending-wallets.ts': 'what is not there is not cached',
  'project-opened-wallets.ts': 'uncaching',
  'project-outcomes.ts': 'uncaching, and by `onCompletions`',
  'project-refused-wallets.ts': 'uncaching',
  'project-reversals.ts': 'uncaching',
  'project-stalls.ts': 'what it changes is not in the resource',
  'project-wallet-statuses.ts': 'uncaching',
  'update-balances.ts': 'uncaching, and by `onCompletions`',
};

test('every statement that changes wallets or transactions is known here', () => {
  const folder = new URL('../../src/db/', import.meta.url);
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .filter((name) =>
      /(INSERT INTO|UPDATE|DELETE FROM)\s+(public\.)?(wallets|transactions)\b/.test(
        readFileSync(new URL(name, folder), 'utf8'),
      ),
    );
  expect(found.sort()).toEqual(Object.keys(statements));
});
