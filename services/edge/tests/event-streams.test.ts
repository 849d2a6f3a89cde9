import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { cloudEventSchema } from '../src/events/streamed-event.js';
import { type Any, admin, type Customer, EdgeFixture } from './edge-fixture.js';
import { EventStreamClient } from './event-stream-client.js';

let edge: EdgeFixture;
let second: string;
let ada: Customer;
let grace: Customer;
let adas: string;
let graces: string;
const clients: EventStreamClient[] = [];

beforeAll(async () => {
  edge = await EdgeFixture.create();
  second = await edge.addEdge();
  [ada, grace] = await Promise.all([edge.newCustomer(), edge.newCustomer()]);
  adas = await edge.openWallet(ada);
  graces = await edge.openWallet(grace);
  await edge.deposit(ada, adas, 1_000_000);
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
afterAll(() => edge.close());

async function listen(
  who: { token: string },
  options: { url?: string; lastEventId?: string | undefined; query?: string } = {},
): Promise<EventStreamClient> {
  const client = await EventStreamClient.connect(options.url ?? edge.url, { token: who.token, ...options });
  clients.push(client);
  return client;
}

const seen = (client: EventStreamClient, count: number, type = 'transaction.completed') =>
  eventually(`${count} × ${type}`, async () =>
    client.ofType(type).length >= count ? client.ofType(type) : undefined,
  );

describe('a stream of events', () => {
  test('tells both parties of a transfer what GET gives, on either instance', async () => {
    const [first, other] = [await listen(ada), await listen(grace, { url: second })];
    const { body } = await edge.transfer(ada, adas, graces, 100);
    const [told] = await seen(first, 1);
    expect(told).toMatchObject({
      specversion: '1.0',
      source: '/v1/events',
      type: 'transaction.completed',
      subject: `/v1/transactions/${body.id}`,
      datacontenttype: 'application/json',
      data: body,
    });
    for (const event of first.events) expect(cloudEventSchema.parse(event)).toEqual(event);
    expect((await seen(other, 1))[0].data).toEqual(body);
    const [balance] = await seen(other, 1, 'wallet.balance-changed');
    const wallet = await edge.call('GET', `/v1/wallets/${graces}`, { token: grace.token });
    expect(balance.data).toEqual(wallet.body);
  });

  test('never tells what belongs to others, nor why a payment to one failed', async () => {
    const [of, to, all] = [await listen(ada), await listen(grace), await listen({ token: admin })];
    await edge.transfer(ada, adas, graces, 99_999_999);
    const stranger = await edge.newCustomer();
    await edge.openWallet(stranger);
    const { body } = await edge.transfer(ada, adas, graces, 1);
    await seen(of, 1, 'transaction.declined');
    await seen(to, 1);
    await seen(all, 1);
    await seen(all, 2, 'wallet.balance-changed');
    expect(to.ofType('transaction.declined')).toEqual([]);
    const owners = (client: EventStreamClient) =>
      new Set(client.events.flatMap(({ data }) => data.ownerId ?? data.customerId ?? []));
    expect(owners(of)).toEqual(new Set([ada.id]));
    expect(owners(to)).toEqual(new Set([grace.id]));
    expect(owners(all)).toContain(stranger.id);
    // A transfer has two parties, and who hears of everything hears of it once.
    expect(all.subjects.filter((id) => id === body.id)).toHaveLength(1);
  });

  test('narrows down to types, and for an API key to a customer', async () => {
    const balances = await listen(ada, { query: '?types=wallet.balance-changed' });
    const ofGrace = await listen({ token: admin }, { query: `?ownerId=${grace.id}` });
    const asGrace = await listen(ada, { query: `?ownerId=${grace.id}&types=wallet.balance-changed` });
    await edge.transfer(ada, adas, graces, 5);
    await seen(balances, 1, 'wallet.balance-changed');
    await seen(ofGrace, 1, 'wallet.balance-changed');
    await seen(asGrace, 1, 'wallet.balance-changed');
    expect(balances.ofType('transaction.completed')).toEqual([]);
    expect(ofGrace.ofType('wallet.balance-changed').map(({ data }) => data.id)).toEqual([graces]);
    expect(asGrace.subjects).toEqual([adas]);
  });

  test.each([
    ['?types=nonsense', undefined],
    ['?unknown=1', undefined],
    ['?lastEventId=x', undefined],
    ['', 'nonsense'],
  ])('refuses %j with the id %j', async (query, lastEventId) => {
    await expect(listen(ada, { query, lastEventId })).rejects.toMatchObject({
      status: 400,
      body: { code: 'validation-failed' },
    });
  });

  test('refuses who may not listen', async () => {
    await expect(listen({ token: 'v4.public.nobody' })).rejects.toMatchObject({ status: 401 });
  });
});

describe('a client that comes back', () => {
  test('has lost nothing and gets nothing twice, whichever instance it finds', async () => {
    const count = 150;
    const listener = await listen(grace);
    const got: string[] = [];
    const sent: Promise<Any>[] = [];
    const transfers = async (): Promise<void> => {
      for (let i = 0; i < count; i++) {
        sent.push(edge.transfer(ada, adas, graces, 1, { url: i % 2 === 0 ? edge.url : second }));
        if (i % 10 === 9) await Promise.all(sent);
      }
    };
    let client = listener;
    const collect = async (): Promise<void> => {
      for (let round = 0; got.length < count; round++) {
        const enough = Math.min(count - got.length, 7);
        await seen(client, enough);
        client.disconnect();
        got.push(...client.ofType('transaction.completed').map(({ data }) => data.id));
        const { lastEventId } = client;
        client = await listen(grace, { url: round % 2 === 0 ? second : edge.url, lastEventId });
      }
    };
    await Promise.all([transfers(), collect()]);
    const ids = (await Promise.all(sent)).map(({ body }) => body.id);
    expect(got).toHaveLength(count);
    expect(new Set(got)).toEqual(new Set(ids));
  });

  test('before the first event resumes as well', async () => {
    const customer = await edge.newCustomer();
    const first = await listen(customer);
    first.disconnect();
    const wallet = await edge.openWallet(customer);
    const again = await listen(customer, { query: `?lastEventId=${first.lastEventId}` });
    expect((await seen(again, 1, 'wallet.opened'))[0].data.id).toBe(wallet);
  });

  test('with an id that is not known any more is told so', async () => {
    const stranger = await edge.newCustomer();
    await expect(listen(stranger, { lastEventId: '0' })).rejects.toMatchObject({
      status: 410,
      body: { code: 'events-gone' },
    });
    await expect(listen(ada, { lastEventId: '999999999' })).rejects.toMatchObject({ status: 410 });
  });

  test.each(['', 'last', '-1', '1, 2'])('with %j, which is no id, is refused', async (lastEventId) => {
    await expect(listen(ada, { lastEventId })).rejects.toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/headers/Last-Event-ID' }] },
    });
  });
});

describe('events that commit late', () => {
  test('are not stepped over', async () => {
    const client = await listen(grace);
    const before = Number(client.lastEventId);
    const slow = await edge.pool.connect();
    await slow.query('BEGIN');
    await slow.query('SELECT announce_client_events()');
    const { rows } = await slow.query(
      `INSERT INTO client_events (owner_id, repeated, type, subject_id, occurred_at, data)
       VALUES ($1, false, 'card.issued', $1, now(), '{"id":"late"}') RETURNING sequence`,
      [grace.id],
    );
    await edge.transfer(ada, adas, graces, 3);
    const committed = await eventually('a later event', async () => {
      const later = await edge.pool.query('SELECT 1 FROM client_events WHERE sequence > $1', [
        rows[0].sequence,
      ]);
      return later.rowCount ? true : undefined;
    });
    expect(committed).toBe(true);
    expect(Number(client.lastEventId)).toBeLessThanOrEqual(Number(rows[0].sequence));
    expect(client.events).toEqual([]);
    expect(before).toBeLessThan(Number(rows[0].sequence));
    await slow.query('COMMIT');
    slow.release();
    await seen(client, 1);
    expect(client.events[0].data.id).toBe('late');
  });

  test('of a transaction that has not seen a new listener are waited for', async () => {
    const customer = await edge.newCustomer();
    const writer = await edge.pool.connect();
    await writer.query('BEGIN');
    await writer.query('SELECT announce_client_events()');
    let begun = false;
    const connecting = listen(customer).then((client) => {
      begun = true;
      return client;
    });
    await eventually('the listener to be noted', async () => {
      const noted = await edge.pool.query('SELECT 1 FROM event_listeners WHERE owner_id = $1', [customer.id]);
      return noted.rowCount ? true : undefined;
    });
    expect(begun).toBe(false);
    await writer.query('COMMIT');
    writer.release();
    await connecting;
  });
});
