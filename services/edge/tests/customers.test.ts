import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { localAdminKey } from '../src/auth/local-api-keys.js';
import { storeApiKey } from './api-key-fixture.js';
import { IdentityFixture, type Registration } from './identity-fixture.js';

let edge: IdentityFixture;
const customers: (Registration & { id: string })[] = [];
beforeAll(async () => {
  edge = await IdentityFixture.create();
  for (let i = 0; i < 5; i++) customers.push(await edge.register());
});
afterAll(() => edge.close());

function asAdmin(path: string) {
  return edge.call('GET', path, { token: localAdminKey });
}

describe('the list of customers', () => {
  test('is walked page by page without gap or repetition', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { status, body } = await asAdmin(`/v1/customers?limit=2${cursor && `&cursor=${cursor}`}`);
      expect(status).toBe(200);
      seen.push(...body.data.map((customer: { id: string }) => customer.id));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(customers.map(({ id }) => id).reverse());
  });

  test.each(['id', 'email', 'phone'] as const)('is filtered by %s', async (field) => {
    const wanted = customers[2]!;
    const { body } = await asAdmin(`/v1/customers?${field}=${encodeURIComponent(wanted[field])}`);
    expect(body.data).toMatchObject([{ id: wanted.id }]);
  });

  test('is filtered by status and time', async () => {
    expect((await asAdmin('/v1/customers?status=active')).body.data).toEqual([]);
    expect((await asAdmin('/v1/customers?status=pending_verification')).body.data).toHaveLength(5);
    const { createdAt } = (await asAdmin(`/v1/customers/find?id=${customers[1]?.id}`)).body;
    const { body } = await asAdmin(`/v1/customers?createdAt[gte]=${createdAt}&sort=createdAt`);
    expect(body.data).toHaveLength(4);
    expect(body.data[0].id).toBe(customers[1]?.id);
  });

  test.each(['limit=0', 'limit=201', 'limit=x', 'cursor=garbage', 'sort=password', 'pasword=x', 'id=1'])(
    'refuses ?%s',
    async (query) => {
      const { status, body } = await asAdmin(`/v1/customers?${query}`);
      expect([status, body.code]).toEqual([400, 'validation-failed']);
    },
  );

  test('is for API keys with the scope, not for customers', async () => {
    const ada = await edge.registerAndVerify();
    const { accessToken } = await edge.signIn(ada);
    const customer = await edge.call('GET', '/v1/customers', { token: accessToken });
    expect([customer.status, customer.body.code]).toEqual([403, 'forbidden']);
    expect(customer.body.detail).toBe('This call is for API keys with the scope customers:read.');
    const { key } = await storeApiKey(edge.pool, ['wallets:read']);
    const narrow = await edge.call('GET', '/v1/customers', { token: key });
    expect([narrow.status, narrow.body.code]).toEqual([403, 'scope-missing']);
  });
});

describe('finding a customer', () => {
  test.each(['id', 'email', 'phone'] as const)('by %s', async (field) => {
    const wanted = customers[3]!;
    const { status, body } = await asAdmin(
      `/v1/customers/find?${field}=${encodeURIComponent(wanted[field])}`,
    );
    expect([status, body.id]).toEqual([200, wanted.id]);
    expect(Object.keys(body)).not.toContain('passwordHash');
  });

  test('who does not exist', async () => {
    const { status, body } = await asAdmin('/v1/customers/find?email=nobody@example.com');
    expect([status, body.code]).toEqual([404, 'not-found']);
  });

  test.each(['', '?email=a@example.com&id=01a1fc54-526c-75de-8e39-8754441f9757', '?name=Ada'])(
    'needs exactly one unique field: %p',
    async (query) => {
      expect((await asAdmin(`/v1/customers/find${query}`)).status).toBe(400);
    },
  );
});

describe('an API key', () => {
  test.each([
    ['revoked', { revokedAt: new Date() }],
    ['expired', { expiresAt: new Date(Date.now() - 1_000) }],
  ])('that is %s does not work', async (_what, end) => {
    const { key } = await storeApiKey(edge.pool, ['*'], end);
    expect((await edge.call('GET', '/v1/customers', { token: key })).status).toBe(401);
  });

  test('is no customer', async () => {
    const { status, body } = await asAdmin('/v1/customers/me');
    expect([status, body.code]).toEqual([403, 'forbidden']);
  });
});

describe('the own customer', () => {
  test('is shown and can change the name, nothing else', async () => {
    const ada = await edge.registerAndVerify();
    const { accessToken: token } = await edge.signIn(ada);
    const changed = await edge.call('PATCH', '/v1/customers/me', {
      token,
      body: { fullName: 'Countess Ada' },
    });
    expect([changed.status, changed.body.fullName]).toEqual([200, 'Countess Ada']);
    const { body } = await edge.call('GET', '/v1/customers/me', { token });
    expect(body).toMatchObject({ id: ada.id, fullName: 'Countess Ada', email: ada.email, status: 'active' });
    const refused = await edge.call('PATCH', '/v1/customers/me', { token, body: { status: 'active' } });
    expect([refused.status, refused.body.errors]).toMatchObject([400, [{ pointer: '/status' }]]);
  });
});

describe('documentation', () => {
  test('describes the identity routes and is served with Swagger UI', async () => {
    const { body } = await edge.call('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/v1/customers', '/v1/sessions/{id}']));
    const page = await fetch(`${edge.url}/docs/`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('swagger-ui')]);
  });
});
