import { randomUUID } from 'node:crypto';
import { WalletOpened, WalletStatusChanged } from '@florin/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { admin, type Customer, EdgeFixture } from './edge-fixture.js';

let edge: EdgeFixture;
let ada: Customer;
let wallet: string;
let card: string;

beforeAll(async () => {
  edge = await EdgeFixture.create();
  ada = await edge.newCustomer();
  wallet = await edge.openWallet(ada);
  const issued = await edge.call('POST', '/v1/cards', { token: ada.token, body: { walletId: wallet } });
  card = issued.body.id;
});
afterAll(() => edge.close());
afterEach(() => {
  edge.double.statusRefusal = undefined;
  edge.double.holdStatusChanges = false;
});

const post = (path: string, token = admin, headers: Record<string, string> = {}, body?: object) =>
  edge.call('POST', path, { token, headers, body });
const get = async (path: string) => (await edge.call('GET', path, { token: ada.token })).body;

describe('the status of a wallet', () => {
  test('is changed by the back office, and the call waits for it', async () => {
    for (const [verb, status] of [
      ['freeze', 'frozen'],
      ['unfreeze', 'active'],
    ]) {
      const answer = await post(`/v1/wallets/${wallet}/${verb}`, admin, {}, { reason: 'court order' });
      expect(answer).toMatchObject({ status: 201, body: { id: wallet, status } });
      expect(answer.headers.get('location')).toBe(`/v1/wallets/${wallet}`);
      expect(await get(`/v1/wallets/${wallet}`)).toEqual(answer.body);
    }
  });

  test('a closed wallet is still shown, with its statement', async () => {
    const closing = await edge.openWallet(ada);
    expect((await post(`/v1/wallets/${closing}/close`)).body.status).toBe('closed');
    expect((await get(`/v1/wallets?status=closed`)).data).toHaveLength(1);
    expect(await get(`/v1/wallets/${closing}/statement`)).toMatchObject({ closingBalance: 0, data: [] });
  });

  test('that the wallet service refuses is a problem, also for the repeat of the call', async () => {
    edge.double.statusRefusal = 'wallet-not-empty';
    const options = { token: admin, idempotencyKey: randomUUID() };
    const first = await edge.call('POST', `/v1/wallets/${wallet}/close`, options);
    expect(first).toMatchObject({ status: 409, body: { code: 'wallet-not-empty' } });
    expect(first.headers.get('content-type')).toContain('application/problem+json');
    const again = await edge.call('POST', `/v1/wallets/${wallet}/close`, options);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await get(`/v1/wallets/${wallet}`)).status).toBe('active');
  });

  test('needs the scope, a wallet, and a body that is known', async () => {
    expect((await post(`/v1/wallets/${wallet}/freeze`, ada.token)).status).toBe(403);
    expect((await post(`/v1/wallets/${uuidv7()}/freeze`)).status).toBe(404);
    expect((await post(`/v1/wallets/${wallet}/freeze`, admin, {}, { why: 'x' })).status).toBe(400);
  });

  test('is answered with 202 while nothing is known, and the wallet as it is', async () => {
    edge.double.holdStatusChanges = true;
    const answer = await post(`/v1/wallets/${wallet}/freeze`, admin, { prefer: 'respond-async' });
    expect(answer).toMatchObject({ status: 202, body: { id: wallet, status: 'active' } });
  });

  test('that overtakes the opening of its wallet waits for it, and an older one changes nothing', async () => {
    const walletId = uuidv7();
    const send = (status: string, aggregateVersion: number) =>
      edge.double.messaging.transaction(async (unit) => {
        const body = { changeId: uuidv7(), walletId, ownerId: ada.id, status, reason: null };
        unit.send(WalletStatusChanged, walletId, body, { aggregateVersion });
      });
    const shown = (status: string) =>
      eventually(status, async () =>
        (await get(`/v1/wallets/${walletId}`)).status === status ? true : undefined,
      );
    const walletType = await edge.walletType();
    await send('frozen', 3);
    await edge.double.messaging.transaction(async (unit) => {
      const balances = { posted: 0, held: 0, available: 0 };
      const body = { walletId, ownerId: ada.id, walletType, currency: 'USD', name: 'Late', ...balances };
      unit.send(WalletOpened, walletId, body, { aggregateVersion: 1 });
    });
    await shown('frozen');
    await send('active', 2);
    await send('closed', 4);
    await shown('closed');
    await send('frozen', 3);
    await post(`/v1/wallets/${wallet}/unfreeze`);
    expect((await get(`/v1/wallets/${walletId}`)).status).toBe('closed');
  });
});

describe('the status of a card', () => {
  test('is changed by its holder and by the back office', async () => {
    expect(await post(`/v1/cards/${card}/freeze`, ada.token)).toMatchObject({
      status: 201,
      body: { id: card, status: 'frozen' },
    });
    expect((await post(`/v1/cards/${card}/unfreeze`, admin)).body.status).toBe('active');
    expect((await get(`/v1/cards/${card}`)).status).toBe('active');
  });

  test('of another customer is nobody’s business', async () => {
    const eve = await edge.newCustomer();
    expect((await post(`/v1/cards/${card}/cancel`, eve.token)).status).toBe(404);
  });

  test('that the wallet service refuses is a problem', async () => {
    edge.double.statusRefusal = 'card-frozen-by-issuer';
    const answer = await post(`/v1/cards/${card}/unfreeze`, ada.token);
    expect(answer).toMatchObject({ status: 409, body: { code: 'card-frozen-by-issuer' } });
  });

  test('of a cancelled card is shown', async () => {
    expect((await post(`/v1/cards/${card}/cancel`, ada.token)).body.status).toBe('cancelled');
    expect((await get('/v1/cards?status=cancelled')).data.map(({ id }: { id: string }) => id)).toEqual([
      card,
    ]);
  });
});

test('requests for another status are forgotten with their idempotency keys', async () => {
  await post(`/v1/wallets/${wallet}/freeze`);
  const count = async () =>
    (await edge.pool.query('SELECT count(*)::int AS n FROM status_changes')).rows[0].n;
  expect(await count()).toBeGreaterThan(0);
  const { deleteStatusChanges } = await import('../src/db/delete-status-changes.js');
  const database = { pool: edge.pool } as Parameters<typeof deleteStatusChanges>[0];
  await deleteStatusChanges(database, new Date(Date.now() + 1_000));
  expect(await count()).toBe(0);
});
