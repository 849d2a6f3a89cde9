import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { expectStatus } from '../../../test/story/http.js';
import { deleteSecurityEvents } from '../src/db/delete-security-events.js';
import { eraseSecurityEventOrigins } from '../src/db/erase-security-event-origins.js';
import { insertSecurityEvents } from '../src/db/insert-security-events.js';
import { noOrigin } from '../src/domain/security-event.js';
import { type Any, admin, EdgeFixture } from './edge-fixture.js';

let edge: EdgeFixture;
beforeAll(async () => {
  edge = await EdgeFixture.create();
});
afterAll(() => edge.close());

async function events(query: string): Promise<Any[]> {
  const path = `/v1/security-events?${query}`;
  return expectStatus(await edge.call('GET', path, { token: admin }), 200).data;
}

/** Waits until the log holds what was noted off the hot path. */
function noted(query: string): Promise<Any> {
  return eventually('the event', async () => (await events(query))[0]);
}

describe('the security log', () => {
  test('tells of a key that does not work: when, from where and at which route, but not the key', async () => {
    const headers = { 'x-request-id': randomUUID(), 'user-agent': `Curl ${'é'.repeat(9)}${'x'.repeat(500)}` };
    const token = `flk_${randomUUID()}`;
    const answer = await edge.call('GET', '/v1/wallets', { token, headers });
    expect(answer.status).toBe(401);
    const event = await noted(`requestId=${headers['x-request-id']}`);
    expect(event).toMatchObject({
      event: 'authentication.failed',
      outcome: 'refused',
      reason: 'unauthenticated',
      actor: 'anonymous',
      callerKind: 'anonymous',
      address: '127.0.0.1',
      detail: { method: 'GET', route: '/v1/wallets' },
      traceId: answer.body.traceId,
      occurrences: 1,
    });
    expect(event.userAgent).toMatch(/^Curl x+$/);
    expect(event.userAgent).toHaveLength(120);
    const { rows } = await edge.pool.query('SELECT to_jsonb(s)::text AS text FROM security_events AS s');
    expect(rows.filter(({ text }) => text.includes(token.slice(4)))).toEqual([]);
  });

  test('tells of a customer who calls the back office, to the customer as well', async () => {
    const [ada, bob] = [await edge.newCustomer(), await edge.newCustomer()];
    expect((await edge.call('GET', '/v1/customers', { token: ada.token })).status).toBe(403);
    const event = await noted(`actor=customer:${ada.id}`);
    expect(event).toMatchObject({ event: 'authorization.failed', reason: 'forbidden', customerId: ada.id });
    const own = await edge.call('GET', '/v1/customers/me/security-events', { token: ada.token });
    expect(expectStatus(own, 200).data).toEqual([
      expect.objectContaining({ id: event.id, event: 'authorization.failed', callerKind: 'customer' }),
    ]);
    expect(own.body.data[0]).not.toHaveProperty('requestId');
    const others = await edge.call('GET', '/v1/customers/me/security-events', { token: bob.token });
    expect(expectStatus(others, 200).data).toEqual([]);
  });

  test('is for the back office, and for keys that may read it', async () => {
    const { token } = await edge.newCustomer();
    expect((await edge.call('GET', '/v1/security-events', { token })).status).toBe(403);
    expect((await edge.call('GET', '/v1/customers/me/security-events', { token: admin })).status).toBe(403);
  });

  test('counts a flood instead of writing it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => edge.call('GET', '/v1/cards', { token: `flk_${randomUUID()}` })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    edge.advanceClock(61_000);
    const rows = await eventually('the count', async () => {
      const found = await events('event=authentication.failed&limit=200');
      return found.some(({ occurrences }) => occurrences > 1) ? found : undefined;
    });
    // The test above has called once, too.
    expect(rows).toHaveLength(11);
    expect(rows.reduce((sum, { occurrences }) => sum + occurrences, 0)).toBe(101);
  });

  test('pages, filters and sorts like other lists', async () => {
    const actor = `key:${randomUUID()}`;
    const event = { event: 'operator.called', outcome: 'succeeded', actor, origin: noOrigin } as const;
    const at = (i: number) => new Date(Date.parse('2026-01-01T00:00:00Z') + i * 1_000);
    await insertSecurityEvents(
      edge.pool,
      Array.from({ length: 5 }, (_, i) => ({ ...event, occurredAt: at(i), occurrences: i + 1 })),
    );
    const first = await edge.call('GET', `/v1/security-events?actor=${actor}&limit=2`, { token: admin });
    expect(first.body.data.map(({ occurrences }: Any) => occurrences)).toEqual([5, 4]);
    const next = `/v1/security-events?actor=${actor}&limit=2&cursor=${first.body.nextCursor}`;
    const second = await edge.call('GET', next, { token: admin });
    expect(second.body.data.map(({ occurrences }: Any) => occurrences)).toEqual([3, 2]);
    const range = `occurrences[gte]=2&occurredAt[lt]=${at(3).toISOString()}&sort=occurredAt`;
    const ranged = await events(`actor=${actor}&${range}`);
    expect(ranged.map(({ occurrences }) => occurrences)).toEqual([2, 3]);
  });
});

describe('the table', () => {
  async function inserted(ageDays: number, customerId: string): Promise<void> {
    const occurredAt = new Date(Date.now() - ageDays * 86_400_000);
    const origin = { ...noOrigin, address: '192.0.2.1', userAgent: 'Browser' };
    const actor = `customer:${customerId}`;
    const event = { event: 'login.succeeded', outcome: 'succeeded', actor, customerId } as const;
    await insertSecurityEvents(edge.pool, [{ ...event, origin, occurredAt, occurrences: 1 }]);
  }

  test('keeps what is young from everybody', async () => {
    await inserted(29, randomUUID());
    for (const statement of [
      `UPDATE security_events SET actor = 'anonymous'`,
      `UPDATE security_events SET address = '192.0.2.9'`,
      'DELETE FROM security_events',
      'TRUNCATE security_events',
    ]) {
      await expect(edge.pool.query(statement)).rejects.toThrow('append-only');
    }
  });

  test('loses what is old', async () => {
    const customerId = randomUUID();
    for (const days of [100, 90, 40, 1]) await inserted(days, customerId);
    const before = new Date(Date.now() - 60 * 86_400_000);
    const database = { pool: edge.pool } as Parameters<typeof deleteSecurityEvents>[0];
    let deleted = 0;
    for (let last = 1; last === 1; deleted += last) last = await deleteSecurityEvents(database, before, 1);
    expect(deleted).toBeGreaterThanOrEqual(2);
    expect(await events(`customerId=${customerId}`)).toHaveLength(2);
  });

  test('forgets from where an erased customer came, and nothing else', async () => {
    const [erased, other] = [randomUUID(), randomUUID()];
    await inserted(1, erased);
    await inserted(1, other);
    const client = await edge.pool.connect();
    await eraseSecurityEventOrigins(client, erased);
    client.release();
    expect(await events(`customerId=${erased}`)).toMatchObject([
      { event: 'login.succeeded', actor: `customer:${erased}`, address: null, userAgent: null },
    ]);
    expect(await events(`customerId=${other}`)).toMatchObject([{ address: '192.0.2.1' }]);
  });
});
