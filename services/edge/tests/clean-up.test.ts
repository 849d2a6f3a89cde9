import { CustomerErased } from '@florin/contracts';
import { createRuntime, type Runtime } from '@florin/runtime';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { readConfig } from '../src/config.js';
import { cleanUpIdentity } from '../src/jobs/clean-up-identity.js';
import { IdentityFixture } from './identity-fixture.js';

const day = 24 * 3_600_000;

let edge: IdentityFixture;
let runtime: Runtime;
let offsetMs = 0;
beforeAll(async () => {
  edge = await IdentityFixture.create();
  runtime = createRuntime({
    service: 'edge',
    config: readConfig(edge.env),
    databaseUrl: edge.env.EDGE_DATABASE_URL!,
    clock: { now: () => Date.now() + offsetMs },
  });
  await runtime.messaging.start();
}, 180_000);
afterAll(async () => {
  await runtime.messaging.stop();
  await runtime.database.close();
  await edge.close();
});

async function cleanUp(afterMs: number): Promise<void> {
  offsetMs = afterMs;
  // Nothing is read here that could be cached.
  await cleanUpIdentity({ ...runtime, readCache: { invalidate: async () => undefined } });
}

test('what is projected after an erasure is erased as well', async () => {
  const id = uuidv7();
  await edge.pool.query('INSERT INTO customer_erasures VALUES ($1, now(), now())', [id]);
  await edge.pool.query(
    `INSERT INTO notifications (id, customer_id, channel, status, created_at) VALUES ($1, $1, 'sms', 'pending', now())`,
    [id],
  );
  expect(await numberOf('notifications', id)).toBe(1);
  await cleanUp(0);
  expect(await numberOf('notifications', id)).toBe(0);
});

async function numberOf(table: string, customerId: string): Promise<number> {
  const { rows } = await edge.pool.query(`SELECT count(*)::int AS n FROM ${table} WHERE customer_id = $1`, [
    customerId,
  ]);
  return rows[0].n;
}

test('sessions and refresh tokens are deleted when they have expired, and not before', async () => {
  const ada = await edge.registerAndVerify();
  const { refreshToken } = await edge.signIn(ada);
  const answer = await edge.call('POST', '/v1/sessions/refresh', { body: { refreshToken } });
  expect(answer.status).toBe(200);
  const tokens = async () =>
    (
      await edge.pool.query(
        `SELECT count(*)::int AS n FROM refresh_tokens JOIN sessions ON id = session_id WHERE customer_id = $1`,
        [ada.id],
      )
    ).rows[0].n;
  await cleanUp(29 * day);
  expect([await numberOf('sessions', ada.id), await tokens()]).toEqual([1, 2]);
  await cleanUp(30 * day + 60_000);
  expect([await numberOf('sessions', ada.id), await tokens()]).toEqual([0, 0]);
});

test('a token that expires leaves its session alone while a newer one lives', async () => {
  const ada = await edge.registerAndVerify();
  await edge.signIn(ada);
  const { rows } = await edge.pool.query('SELECT id FROM sessions WHERE customer_id = $1', [ada.id]);
  await edge.pool.query(
    `INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at, used_at)
     VALUES ($1, $2, now() - interval '40 days', now() - interval '10 days', now() - interval '39 days')`,
    [Buffer.from(uuidv7()), rows[0].id],
  );
  await cleanUp(0);
  expect(await numberOf('sessions', ada.id)).toBe(1);
  const left = await edge.pool.query('SELECT count(*)::int AS n FROM refresh_tokens WHERE session_id = $1', [
    rows[0].id,
  ]);
  expect(left.rows).toEqual([{ n: 1 }]);
});

test('verifications go a week after they have expired; until then their links are "expired", not "unknown"', async () => {
  const { id } = await edge.register();
  await cleanUp(7 * day);
  expect(await numberOf('email_verifications', id)).toBe(1);
  await cleanUp(8 * day + 60_000);
  expect(await numberOf('email_verifications', id)).toBe(0);
});

test('who never verified the email is erased after 30 days, and the address is free', async () => {
  const stranger = await edge.register();
  const ada = await edge.registerAndVerify();
  await cleanUp(30 * day + 60_000);
  const { rows } = await edge.pool.query('SELECT id FROM customers WHERE id = ANY($1)', [
    [stranger.id, ada.id],
  ]);
  expect(rows).toEqual([{ id: ada.id }]);
  await eventually('the platform to be told', async () =>
    edge.peer.heard(CustomerErased).find(({ value }) => value.customerId === stranger.id),
  );
  const { fullName, email, phone, password } = stranger;
  const again = await edge.call('POST', '/v1/customers', { body: { fullName, email, phone, password } });
  expect(again.status).toBe(201);
});

test('several instances at once delete everything once', async () => {
  const ada = await edge.registerAndVerify();
  await edge.signIn(ada);
  const { rows } = await edge.pool.query('SELECT id FROM sessions WHERE customer_id = $1', [ada.id]);
  await edge.pool.query(
    `INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at)
     SELECT sha256(n::text::bytea), $1, now() - interval '40 days', now() - interval '10 days'
     FROM generate_series(1, 5000) AS n`,
    [rows[0].id],
  );
  await Promise.all([cleanUp(0), cleanUp(0), cleanUp(0)]);
  const left = await edge.pool.query('SELECT count(*)::int AS n FROM refresh_tokens WHERE session_id = $1', [
    rows[0].id,
  ]);
  expect(left.rows).toEqual([{ n: 1 }]);
});
