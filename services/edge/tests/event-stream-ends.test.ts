import { createDatabase } from '@florin/database';
import { createLogger } from '@florin/observability';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ServiceProcess } from '../../../test/env/service-process.js';
import { eventually } from '../../../test/story/eventually.js';
import { expireClientEventsJob } from '../src/jobs/expire-client-events.js';
import { admin, type Customer, EdgeFixture } from './edge-fixture.js';
import { EventStreamClient } from './event-stream-client.js';

let edge: EdgeFixture;
let ada: Customer;
let adas: string;
let graces: string;
const clients: EventStreamClient[] = [];

beforeAll(async () => {
  edge = await EdgeFixture.create();
  ada = await edge.newCustomer();
  adas = await edge.openWallet(ada);
  graces = await edge.openWallet(await edge.newCustomer());
  await edge.deposit(ada, adas, 1_000_000);
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
afterAll(() => edge.close());

async function listen(
  who: { token: string },
  options: { url?: string; lastEventId?: string | undefined } = {},
): Promise<EventStreamClient> {
  const client = await EventStreamClient.connect(options.url ?? edge.url, { token: who.token, ...options });
  clients.push(client);
  return client;
}

const ended = (client: EventStreamClient) =>
  eventually('the end of the stream', async () => (client.ended ? true : undefined));
const seen = (client: EventStreamClient, count: number, type = 'transaction.completed') =>
  eventually(`${count} × ${type}`, async () =>
    client.ofType(type).length >= count ? client.ofType(type) : undefined,
  );

describe('a stream ends', () => {
  test('when its session is revoked', async () => {
    const [customer, other] = [await edge.newCustomer(), await listen(ada)];
    const client = await listen(customer);
    await edge.call('DELETE', '/v1/sessions/current', { token: customer.token });
    await ended(client);
    expect(client.notices).toEqual([{ name: 'closed', data: { code: 'unauthenticated' } }]);
    expect(other.ended).toBe(false);
  });

  test('when its token expires', async () => {
    const fixture = await EdgeFixture.create();
    try {
      const client = await listen(await fixture.newCustomer(), { url: fixture.url });
      fixture.advanceClock(16 * 60_000);
      await ended(client);
      expect(client.notices).toEqual([{ name: 'closed', data: { code: 'unauthenticated' } }]);
    } finally {
      await fixture.close();
    }
  });

  test('with a time to come back when its instance stops, and goes on with another', async () => {
    const second = await edge.addEdge();
    const client = await listen(ada);
    const startedAt = performance.now();
    await edge.stopFirst();
    expect(performance.now() - startedAt).toBeLessThan(9_000);
    await ended(client);
    expect(client.retryMs).toBeGreaterThanOrEqual(1_000);
    expect(client.notices).toEqual([]);
    const { body } = await edge.transfer(ada, adas, graces, 7);
    const again = await listen(ada, { url: second, lastEventId: client.lastEventId });
    await seen(again, 1);
    expect(again.ofType('transaction.completed').map(({ data }) => data)).toEqual([body]);
  });
});

test('the crash of an instance loses no event and repeats none', async () => {
  const crashing = await ServiceProcess.start('edge', edge.environment);
  await eventually('the other instance', async () => {
    const ready = await fetch(`${crashing.url}/health/ready`).catch(() => undefined);
    return ready?.status === 200 ? true : undefined;
  });
  const client = await listen(ada, { url: crashing.url });
  const transfers = Array.from({ length: 40 }, () => edge.transfer(ada, adas, graces, 1));
  await seen(client, 1);
  await crashing.kill();
  await ended(client);
  const before = client.ofType('transaction.completed').map(({ data }) => data.id);
  const again = await listen(ada, { lastEventId: client.lastEventId });
  const ids = (await Promise.all(transfers)).map(({ body }) => body.id);
  await seen(again, ids.length - before.length);
  const all = [...before, ...again.ofType('transaction.completed').map(({ data }) => data.id)];
  expect(all).toHaveLength(ids.length);
  expect(new Set(all)).toEqual(new Set(ids));
});

test('a caller holds no more streams than he may, and another is not concerned', async () => {
  const customer = await edge.newCustomer();
  const held = await Promise.all(Array.from({ length: 10 }, () => listen(customer)));
  await expect(listen(customer)).rejects.toMatchObject({ status: 429, body: { code: 'too-many-streams' } });
  await listen(ada);
  held[0]!.disconnect();
  await eventually('a free place', () => listen(customer).catch(() => undefined));
});

test('a client that takes nothing gets everything once it does, and costs no memory meanwhile', async () => {
  const customer = await edge.newCustomer();
  const slow = await listen(customer);
  slow.pause();
  const rows = 3_000;
  await edge.pool.query(
    `INSERT INTO client_events (owner_id, repeated, type, subject_id, occurred_at, data)
     SELECT $1, false, 'card.issued', $1, now(), jsonb_build_object('n', i, 'filler', repeat('x', 4000))
     FROM generate_series(1, $2::int) AS i`,
    [customer.id, rows],
  );
  await edge.transfer(ada, adas, graces, 1);
  slow.resume();
  await seen(slow, rows, 'card.issued');
  expect(slow.events.map(({ data }) => data.n)).toEqual(Array.from({ length: rows }, (_, i) => i + 1));
});

test('events are deleted when they are too old, and who resumes behind them is told', async () => {
  const client = await listen(ada);
  await edge.transfer(ada, adas, graces, 1);
  await seen(client, 1);
  const stale = client.events[0].id;
  const fresh = client.lastEventId;
  const keptMs = 7 * 86_400_000;
  const logger = createLogger({ service: 'test', level: 'silent' });
  const database = createDatabase({
    url: edge.databaseUrl,
    applicationName: 'expiry',
    maxConnections: 1,
    logger,
  });
  const kept = async () =>
    (await edge.pool.query<{ kept: number }>('SELECT count(*)::int AS kept FROM client_events')).rows[0]!
      .kept;
  const before = await kept();
  const expire = async (nowMs: number, keeps: number): Promise<void> => {
    const job = expireClientEventsJob({ database, logger, keptMs, clock: { now: () => nowMs } });
    job.start();
    job.wake();
    await eventually('the old events to go', async () => ((await kept()) <= keeps ? true : undefined));
    await job.stop();
  };
  await expire(Date.now(), before);
  await expect(listen(ada, { lastEventId: stale })).resolves.toBeDefined();
  await expire(Date.now() + keptMs + 60_000, 0);
  await expect(listen(ada, { lastEventId: stale })).rejects.toMatchObject({ status: 410 });
  expect(Number(fresh)).toBeGreaterThanOrEqual(Number(stale));
  expect((await listen({ token: admin })).lastEventId).toBeDefined();
  await database.close();
});
