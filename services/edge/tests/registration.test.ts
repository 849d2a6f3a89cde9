import { CustomerActivated, CustomerRegistered } from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { IdentityFixture } from './identity-fixture.js';

let edge: IdentityFixture;
beforeAll(async () => {
  edge = await IdentityFixture.create();
});
afterAll(() => edge.close());

describe('registration', () => {
  test('stores a customer, hides the password and tells the platform', async () => {
    const registration = edge.newRegistration();
    const { status, body } = await edge.call('POST', '/v1/customers', {
      body: { ...registration, email: registration.email.toUpperCase() },
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      fullName: registration.fullName,
      email: registration.email,
      phone: registration.phone,
      timeZone: 'UTC',
      status: 'pending_verification',
      createdAt: expect.stringMatching(/Z$/),
    });
    const { rows } = await edge.pool.query('SELECT password_hash FROM credentials WHERE customer_id = $1', [
      body.id,
    ]);
    expect(rows[0].password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const event = await eventually('CustomerRegistered', async () =>
      edge.peer.heard(CustomerRegistered).find(({ value }) => value.customerId === body.id),
    );
    expect(event.value).toMatchObject({ email: registration.email, meta: { actor: `customer:${body.id}` } });
  });

  test('points at everything that is wrong and stores nothing', async () => {
    const before = await edge.pool.query('SELECT count(*) AS n FROM customers');
    const { status, body } = await edge.call('POST', '/v1/customers', {
      body: { fullName: ' ', email: 'nobody', phone: '0123', password: 'short', role: 'admin' },
    });
    expect(status).toBe(400);
    expect(body.code).toBe('validation-failed');
    const pointers = body.errors.map((error: { pointer: string }) => error.pointer);
    expect(pointers.sort()).toEqual(['/email', '/fullName', '/password', '/phone', '/role']);
    const after = await edge.pool.query('SELECT count(*) AS n FROM customers');
    expect(after.rows).toEqual(before.rows);
  });

  test.each([
    ['a password of known breaches', '1Qaz2wsx3edc4rfv'],
    ['a common password with padding', 'Iloveyou1234!'],
    ['the own name with padding', 'Ada-Lovelace-1815'],
    ['a password of one character', 'aaaaaaaaaaaaaaa'],
    ['no password', undefined],
  ])('refuses %s', async (_what, password) => {
    const { status, body } = await edge.call('POST', '/v1/customers', {
      body: { ...edge.newRegistration(), password },
    });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ pointer: '/password' }]);
  });

  test.each([
    ['fullName', 'Eve\r\nBcc: mallory@example.com'],
    ['fullName', 'Eve\u0000'],
    ['email', 'eve@example.com\r\nBcc: mallory@example.com'],
    ['email', 'eve@example.com, mallory@example.com'],
    ['email', 'Eve <eve@example.com>'],
    ['phone', '+14155550123\r\nX-Admin: 1'],
  ])('refuses a header in the %s: %j', async (field, value) => {
    const { status, body } = await edge.call('POST', '/v1/customers', {
      body: { ...edge.newRegistration(), [field]: value },
    });
    expect(status).toBe(400);
    expect(new Set(body.errors.map(({ pointer }: { pointer: string }) => pointer))).toEqual(
      new Set([`/${field}`]),
    );
  });

  test.each(['email', 'phone'] as const)('refuses a taken %s', async (field) => {
    const first = await edge.register();
    const second = { ...edge.newRegistration(), [field]: first[field] };
    const { status, body } = await edge.call('POST', '/v1/customers', { body: second });
    expect([status, body.code]).toEqual([409, 'customer-exists']);
  });

  test('lets one of two simultaneous registrations of one address win', async () => {
    const registration = edge.newRegistration();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => edge.call('POST', '/v1/customers', { body: registration })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });
});

describe('email verification', () => {
  test('activates the customer once, however often the link is opened', async () => {
    const { id } = await edge.register();
    const token = await edge.verificationToken(id);
    const answers = await Promise.all(
      [1, 2, 3].map(() => edge.call('POST', '/v1/customers/verify-email', { body: { token } })),
    );
    for (const { status, body } of answers) expect([status, body]).toEqual([200, { status: 'active' }]);
    const activations = () =>
      edge.peer.heard(CustomerActivated).filter(({ value }) => value.customerId === id);
    await eventually('CustomerActivated', async () => activations()[0]);
    const { rows } = await edge.pool.query('SELECT status, version FROM customers WHERE id = $1', [id]);
    expect(rows).toEqual([{ status: 'active', version: 2 }]);
    expect(activations()).toHaveLength(1);
  });

  test('refuses tokens that are unknown or too old', async () => {
    const unknown = await edge.call('POST', '/v1/customers/verify-email', {
      body: { token: 'x'.repeat(43) },
    });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'verification-token-unknown']);
    const { id } = await edge.register();
    const token = await edge.verificationToken(id);
    edge.advanceClock(24 * 3_600_000);
    const late = await edge.call('POST', '/v1/customers/verify-email', { body: { token } });
    expect([late.status, late.body.code]).toEqual([410, 'verification-token-expired']);
  });

  test('stores only the hash of the token', async () => {
    const { id } = await edge.register();
    const token = await edge.verificationToken(id);
    const { rows } = await edge.pool.query(
      `SELECT count(*) FILTER (WHERE token_hash = sha256($1::bytea)) AS hashed FROM email_verifications`,
      [Buffer.from(token)],
    );
    expect(rows).toEqual([{ hashed: 1 }]);
  });
});
