import { randomUUID } from 'node:crypto';
import { isWellFormedApiKey } from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { type Answer, expectStatus } from '../../../test/story/http.js';
import { newApiKey } from './api-key-fixture.js';
import { type Any, admin, EdgeFixture } from './edge-fixture.js';

const hourMs = 3_600_000;
let edge: EdgeFixture;
beforeAll(async () => {
  edge = await EdgeFixture.create();
});
afterAll(() => edge.close());

const inMs = (ms: number): string => new Date(edge.clock.now() + ms).toISOString();

function create(body: object, token = admin): Promise<Answer<Any>> {
  return edge.call('POST', '/v1/api-keys', { token, body: { name: 'Partner', ...body } });
}

function rotate(id: string, body: object, token = admin): Promise<Answer<Any>> {
  return edge.call('POST', `/v1/api-keys/${id}/rotate`, { token, body });
}

const revoke = (id: string, token = admin) => edge.call('DELETE', `/v1/api-keys/${id}`, { token });
const statusWith = async (token: string): Promise<number> =>
  (await edge.call('GET', '/v1/customers?limit=1', { token })).status;
const codeOf = ({ status, body }: Answer<Any>) => [status, body.code];

describe('creating a key', () => {
  test('shows it once; then it opens what its scopes say and nothing else', async () => {
    const answer = await create({ scopes: ['customers:read', 'customers:read'], expiresAt: inMs(hourMs) });
    const { key, ...rest } = expectStatus(answer, 201);
    expect(isWellFormedApiKey(key)).toBe(true);
    expect(rest).toMatchObject({
      ...{ name: 'Partner', prefix: key.slice(0, 12), scopes: ['customers:read'], status: 'active' },
      ...{ lastUsedAt: null, revokedAt: null, previous: null, createdBy: expect.stringMatching(/^key:/) },
    });
    expect(answer.headers.get('location')).toBe(`/v1/api-keys/${rest.id}`);
    const again = await edge.call('GET', `/v1/api-keys/${rest.id}`, { token: admin });
    expect(expectStatus(again, 200)).toEqual(rest);
    const list = await edge.call('GET', `/v1/api-keys?id=${rest.id}`, { token: admin });
    expect(expectStatus(list, 200).data).toEqual([rest]);
    expect(await statusWith(key)).toBe(200);
    expect(codeOf(await edge.call('GET', '/ops/v1/topics', { token: key }))).toEqual([403, 'scope-missing']);
    expect(codeOf(await edge.call('GET', '/v1/api-keys', { token: key }))).toEqual([403, 'scope-missing']);
  });

  test('twice with the same Idempotency-Key makes one, and shows it again without having stored it', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { name: 'Repeated', scopes: ['customers:read'] };
    const calls = { token: admin, body, headers, idempotencyKey: null };
    const first = await edge.call('POST', '/v1/api-keys', calls);
    const repeat = await edge.call('POST', '/v1/api-keys', calls);
    expect([first.status, repeat.status, repeat.headers.get('idempotency-replayed')]).toEqual([
      201,
      201,
      'true',
    ]);
    expect(repeat.text).toBe(first.text);
    const secret = first.body.key.slice(12);
    const { rows } = await edge.pool.query(
      `SELECT 1 FROM keyed_calls WHERE position(convert_to($1, 'UTF8') IN answer) > 0`,
      [secret],
    );
    expect(rows).toEqual([]);
    const other = await edge.call('POST', '/v1/api-keys', { ...calls, body: { ...body, scopes: ['*'] } });
    expect(codeOf(other)).toEqual([422, 'idempotency-key-reused']);
  });

  test.each<[string, object, string]>([
    ['no scopes', { scopes: [] }, '/scopes'],
    ['an unknown scope', { scopes: ['customers:read', 'customers:own'] }, '/scopes/1'],
    ['a scope in other letters', { scopes: ['Customers:Read'] }, '/scopes/0'],
    ['an expiry that has passed', { scopes: ['ops:read'], expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
    ['an id of its own', { scopes: ['ops:read'], id: randomUUID() }, '/id'],
    ['a secret of its own', { scopes: ['ops:read'], key: 'flk_mine' }, '/key'],
  ])('with %s is refused', async (_what, body, pointer) => {
    const answer = await create(body);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, pointer]);
  });

  test('is not for customers', async () => {
    const { token } = await edge.newCustomer();
    expect(codeOf(await create({ scopes: ['ops:read'] }, token))).toEqual([403, 'forbidden']);
  });
});

describe('a key that manages keys', () => {
  const scopes = ['api-keys:write', 'customers:read'];

  test('hands on what it holds, and nothing else', async () => {
    const { id, key } = await newApiKey(edge, scopes);
    expect(expectStatus(await create({ scopes: ['customers:read'] }, key), 201).createdBy).toBe(`key:${id}`);
    for (const wanted of [['*'], ['ops:read'], [...scopes, 'ops:replay']]) {
      expect(codeOf(await create({ scopes: wanted }, key))).toEqual([403, 'scope-not-held']);
    }
    const { data } = (await edge.call('GET', `/v1/api-keys?createdBy=key:${id}`, { token: admin })).body;
    expect(data).toHaveLength(1);
  });

  test('gives out no key that lasts longer than itself', async () => {
    const { key, expiresAt } = await newApiKey(edge, scopes, { expiresAt: inMs(hourMs) });
    const later = new Date(Date.parse(expiresAt) + 1).toISOString();
    for (const wanted of [undefined, null, later]) {
      const answer = await create({ scopes: ['customers:read'], expiresAt: wanted }, key);
      expect(codeOf(answer)).toEqual([403, 'expiry-not-held']);
    }
    expect((await create({ scopes: ['customers:read'], expiresAt }, key)).status).toBe(201);
  });

  test('neither rotates nor revokes one that may do more', async () => {
    const { key } = await newApiKey(edge, scopes);
    const strong = await newApiKey(edge, ['*']);
    expect(codeOf(await rotate(strong.id, { overlapSeconds: 0 }, key))).toEqual([403, 'scope-not-held']);
    expect(codeOf(await revoke(strong.id, key))).toEqual([403, 'scope-not-held']);
    expect(await statusWith(strong.key)).toBe(200);
    const weak = await newApiKey(edge, ['customers:read']);
    expect((await rotate(weak.id, { overlapSeconds: 0 }, key)).status).toBe(201);
    expect((await revoke(weak.id, key)).status).toBe(204);
  });

  test('cannot rotate itself to more', async () => {
    const { id, key } = await newApiKey(edge, scopes, { expiresAt: inMs(hourMs) });
    for (const body of [
      { overlapSeconds: 0, scopes: ['*'] },
      { overlapSeconds: 0, name: 'Admin' },
      { overlapSeconds: -1 },
      {},
    ]) {
      expect((await rotate(id, body, key)).status).toBe(400);
    }
    for (const expiresAt of [null, inMs(2 * hourMs)]) {
      const answer = await rotate(id, { overlapSeconds: 0, expiresAt }, key);
      expect(codeOf(answer)).toEqual([403, 'expiry-not-held']);
    }
    const rotated = expectStatus(await rotate(id, { overlapSeconds: 0 }, key), 201);
    expect(rotated.scopes).toEqual(scopes);
    expect(await statusWith(key)).toBe(401);
  });

  test('revokes itself, and that was its last call', async () => {
    const { id, key } = await newApiKey(edge, scopes);
    expect((await revoke(id, key)).status).toBe(204);
    expect(await statusWith(key)).toBe(401);
    expect((await revoke(id)).status).toBe(204);
    const shown = await edge.call('GET', `/v1/api-keys/${id}`, { token: admin });
    expect(shown.body).toMatchObject({ status: 'revoked', revokedAt: expect.any(String) });
    expect(codeOf(await rotate(id, { overlapSeconds: 0 }))).toEqual([409, 'api-key-not-active']);
  });
});

describe('rotating a key', () => {
  test('keeps its id; both secrets work until the overlap ends', async () => {
    const old = await newApiKey(edge, ['customers:read']);
    const rotated = expectStatus(await rotate(old.id, { overlapSeconds: 60 }), 201);
    expect(rotated).toMatchObject({ id: old.id, previous: { prefix: old.prefix } });
    expect([await statusWith(old.key), await statusWith(rotated.key)]).toEqual([200, 200]);
    expect(codeOf(await rotate(old.id, { overlapSeconds: 60 }))).toEqual([409, 'rotation-in-progress']);
    edge.advanceClock(60_000);
    expect([await statusWith(old.key), await statusWith(rotated.key)]).toEqual([401, 200]);
    const shown = await edge.call('GET', `/v1/api-keys/${old.id}`, { token: admin });
    expect(shown.body.previous).toBeNull();
    expect((await rotate(old.id, { overlapSeconds: 60 })).status).toBe(201);
  });

  test('in an emergency ends everything from before at once', async () => {
    const first = await newApiKey(edge, ['customers:read']);
    const second = expectStatus(await rotate(first.id, { overlapSeconds: 60 }), 201);
    const third = expectStatus(await rotate(first.id, { overlapSeconds: 0 }), 201);
    const statuses = await Promise.all([first, second, third].map(({ key }) => statusWith(key)));
    expect(statuses).toEqual([401, 401, 200]);
  });

  test('leaves the old secret nothing that outlives the overlap', async () => {
    const old = await newApiKey(edge, ['api-keys:write', 'customers:read']);
    const current = expectStatus(await rotate(old.id, { overlapSeconds: 60 }), 201);
    // A thief of the old secret must not take over the key, nor make another.
    expect(codeOf(await rotate(old.id, { overlapSeconds: 0 }, old.key))).toEqual([403, 'expiry-not-held']);
    const lasting = { scopes: ['customers:read'], expiresAt: inMs(61_000) };
    expect(codeOf(await create(lasting, old.key))).toEqual([403, 'expiry-not-held']);
    expect((await create({ ...lasting, expiresAt: inMs(30_000) }, old.key)).status).toBe(201);
    expect((await create(lasting, current.key)).status).toBe(201);
  });

  test('at once by ten operators gives one of them a secret, and that one works', async () => {
    const old = await newApiKey(edge, ['customers:read']);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => rotate(old.id, { overlapSeconds: 60 })),
    );
    const winners = answers.filter(({ status }) => status === 201);
    expect(answers.filter(({ body }) => body.code === 'rotation-in-progress')).toHaveLength(9);
    expect(winners).toHaveLength(1);
    expect([await statusWith(winners[0]!.body.key), await statusWith(old.key)]).toEqual([200, 200]);
  });

  test('while it is revoked leaves no secret that works', async () => {
    for (let round = 0; round < 5; round++) {
      const { id, key } = await newApiKey(edge, ['customers:read']);
      const [rotation, revocation] = await Promise.all([rotate(id, { overlapSeconds: 60 }), revoke(id)]);
      expect(revocation.status).toBe(204);
      expect([201, 409]).toContain(rotation.status);
      const keys = [key, ...(rotation.status === 201 ? [rotation.body.key] : [])];
      for (const one of keys) expect(await statusWith(one)).toBe(401);
    }
  });

  test('or revoking one that is not there is a 404', async () => {
    expect((await rotate(randomUUID(), { overlapSeconds: 0 })).status).toBe(404);
    expect((await revoke(randomUUID())).status).toBe(404);
    expect((await edge.call('GET', `/v1/api-keys/${randomUUID()}`, { token: admin })).status).toBe(404);
    const usage = `/v1/api-keys/${randomUUID()}/usage`;
    expect((await edge.call('GET', usage, { token: admin })).status).toBe(404);
  });
});

describe('the list', () => {
  test('tells keys apart by status, scope and times, in pages', async () => {
    const { id: parent, key: token } = await newApiKey(edge, ['api-keys:write', 'cards:read']);
    const make = (expiresAt: string | null) => newApiKey(edge, ['cards:read'], { token, expiresAt });
    const [active, expired, revoked] = [await make(null), await make(inMs(1_000)), await make(null)];
    await revoke(revoked.id);
    edge.advanceClock(1_000);
    const list = async (query: string): Promise<Any> =>
      expectStatus(
        await edge.call('GET', `/v1/api-keys?createdBy=key:${parent}&${query}`, { token: admin }),
        200,
      );
    for (const [status, one] of Object.entries({ active, expired, revoked })) {
      expect((await list(`status=${status}`)).data).toMatchObject([{ id: one.id, status }]);
    }
    for (const one of [active, expired, revoked]) {
      expect((await list(`prefix=${one.prefix}`)).data).toMatchObject([{ id: one.id }]);
    }
    const isoNow = new Date(edge.clock.now()).toISOString();
    expect((await list(`expiresAt[lte]=${isoNow}`)).data).toMatchObject([{ id: expired.id }]);
    expect((await list('revokedAt[null]=true&sort=-expiresAt')).data).toHaveLength(2);
    expect((await list('scope=cards:read')).data).toHaveLength(3);
    expect((await list('scope=ops:read')).data).toHaveLength(0);
    const first = await list('limit=2&sort=createdAt');
    const second = await list(`limit=2&sort=createdAt&cursor=${first.nextCursor}`);
    const ids = [...first.data, ...second.data].map(({ id }: Any) => id);
    expect(ids).toEqual([active.id, expired.id, revoked.id]);
    const bad = await edge.call('GET', '/v1/api-keys?status=asleep', { token: admin });
    expect(bad.status).toBe(400);
  });
});

describe('the use of a key', () => {
  test('is counted by day, with what was refused, and dated', async () => {
    const { id, key } = await newApiKey(edge, ['customers:read']);
    const before = edge.clock.now();
    await Promise.all(Array.from({ length: 20 }, () => statusWith(key)));
    await Promise.all(Array.from({ length: 3 }, () => edge.call('GET', '/ops/v1/topics', { token: key })));
    const path = `/v1/api-keys/${id}`;
    const usage = await eventually('the count', async () => {
      const { body } = await edge.call('GET', `${path}/usage`, { token: admin });
      return body.data[0]?.requests === 23 ? body : undefined;
    });
    const date = new Date(before).toISOString().slice(0, 10);
    expect(usage).toEqual({ data: [{ date, requests: 23, refused: 3 }], nextCursor: null });
    const { lastUsedAt } = (await edge.call('GET', path, { token: admin })).body;
    expect(Date.parse(lastUsedAt)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(lastUsedAt)).toBeLessThanOrEqual(edge.clock.now());
  });

  test('is shown for a bounded range of days', async () => {
    const { id } = await newApiKey(edge, ['customers:read']);
    for (const [query, status] of [
      ['from=2026-01-01&to=2026-12-31', 200],
      ['from=2026-01-02&to=2026-01-01', 400],
      ['from=2020-01-01&to=2026-01-01', 400],
      ['from=yesterday', 400],
    ] as const) {
      const answer = await edge.call('GET', `/v1/api-keys/${id}/usage?${query}`, { token: admin });
      expect(answer.status).toBe(status);
    }
  });

  test('is in the metrics, without a label for each key', async () => {
    const { key, id } = await newApiKey(edge, ['customers:read']);
    await statusWith(key);
    const { text } = await edge.call('GET', '/metrics');
    expect(text).toMatch(/florin_api_key_requests_total\{outcome="admitted".*\} \d+/);
    expect(text).not.toContain(id);
  });
});

describe('the security log', () => {
  test('tells who created, rotated and revoked a key, and from where', async () => {
    const { id } = await newApiKey(edge, ['customers:read']);
    await rotate(id, { overlapSeconds: 5 });
    await revoke(id);
    const { body } = await edge.call('GET', `/v1/security-events?subject=${id}&sort=occurredAt`, {
      token: admin,
    });
    expect(body.data.map(({ event }: Any) => event)).toEqual([
      'api-key.created',
      'api-key.rotated',
      'api-key.revoked',
    ]);
    for (const event of body.data) {
      expect(event).toMatchObject({
        ...{ outcome: 'succeeded', callerKind: 'api-key', actor: expect.stringMatching(/^key:/) },
        address: '127.0.0.1',
      });
    }
    expect(body.data[0].detail).toMatchObject({ scopes: ['customers:read'], expiresAt: null });
  });

  test('has what an operator calls before it is carried out', async () => {
    const headers = { 'x-request-id': randomUUID() };
    const unknown = randomUUID();
    const path = `/v1/wallets/${unknown}/freeze`;
    expect((await edge.call('POST', path, { token: admin, headers, body: {} })).status).toBe(404);
    const query = `/v1/security-events?requestId=${headers['x-request-id']}`;
    const { body } = await edge.call('GET', query, { token: admin });
    expect(body.data).toMatchObject([
      { event: 'operator.called', subject: unknown, detail: { operation: 'freezeWallet' } },
    ]);
  });
});
