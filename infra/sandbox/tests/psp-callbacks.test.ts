import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { createSandbox, loadConfig, type Sandbox } from '../src/index.js';

const secret = 'callback-test-secret';
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = createSandbox(
    loadConfig({
      LOG_LEVEL: 'silent',
      SANDBOX_PORT: '0',
      SANDBOX_SMTP_PORT: '0',
      PSP_WEBHOOK_SECRET: secret,
      SANDBOX_PSP_PENDING_MS: '50',
    }),
  );
  await sandbox.start();
  await call('PUT', '/psp/callbacks', { url: `${sandbox.url}/webhook-sink/psp`, copies: 2 });
});
afterAll(() => sandbox?.stop());

async function call(method: string, path: string, body?: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'any' };
  return fetch(sandbox.url + path, { method, headers, body: body && JSON.stringify(body) });
}

interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** The callbacks about one payment, once there are so many. */
function callbacksOf(reference: string, count: number): Promise<Received[]> {
  return eventually(`callbacks of ${reference}`, async () => {
    const all = (await (await call('GET', '/webhook-sink/psp')).json()) as Received[];
    const own = all.filter(({ body }) => JSON.parse(body).data.reference === reference);
    return own.length >= count ? own : undefined;
  });
}

test('a payout that ends is told of, signed, as often as the fault says and under one id', async () => {
  const payout = { reference: 'p1', amount: 700, currency: 'USD', fundingToken: 'tok_ok' };
  const made = await call('POST', '/psp/payouts', payout);
  expect([made.status, await made.json()]).toMatchObject([201, { status: 'succeeded', amount: 700 }]);
  const received = await callbacksOf('p1', 2);
  expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  for (const { headers, body } of received) {
    expect(JSON.parse(body)).toMatchObject({
      type: 'payout.succeeded',
      data: { reference: 'p1', amount: 700, currency: 'USD', status: 'succeeded' },
    });
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`,
    );
  }
});

test.each([
  ['tok_pending', 'succeeded'],
  ['tok_pending_declined', 'declined'],
])('a payout to %s is pending first and ends %s', async (fundingToken, status) => {
  const payout = { reference: fundingToken, amount: 1, currency: 'USD', fundingToken };
  const made = await call('POST', '/psp/payouts', payout);
  expect(await made.json()).toMatchObject({ status: 'pending' });
  const [news] = await callbacksOf(fundingToken, 1);
  expect(JSON.parse(news!.body)).toMatchObject({ type: `payout.${status}` });
  const found = await call('GET', `/psp/payouts/${fundingToken}`);
  expect(await found.json()).toMatchObject({ status });
});

test('the settlement file of a day lists what ended on it', async () => {
  const charge = { reference: 'c1', amount: 300, currency: 'USD', fundingToken: 'tok_ok' };
  const made = (await (await call('POST', '/psp/charges', charge)).json()) as { createdAt: string };
  const file = await call('GET', `/psp/settlement-files/${made.createdAt.slice(0, 10)}`);
  expect(file.headers.get('content-type')).toContain('text/csv');
  expect(await file.text()).toMatch(/^charge,[^,]+,c1,300,USD,succeeded,/m);
  expect((await call('GET', '/psp/settlement-files/yesterday')).status).toBe(400);
  const path = '/psp/settlement-files/2026-01-01';
  await fetch(sandbox.url + path, { method: 'PUT', body: 'type,id' });
  expect(await (await call('GET', path)).text()).toBe('type,id');
  await fetch(sandbox.url + path, { method: 'PUT' });
  expect((await call('GET', path)).status).toBe(404);
});
