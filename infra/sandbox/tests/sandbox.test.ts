import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createTransport } from 'nodemailer';
import { createSandbox, loadConfig, type Sandbox } from '../src/index.js';

let sandbox: Sandbox;
/** What hangs is waited for this long, so a busy machine may be this slow. */
const patienceMs = 3_000;

beforeAll(async () => {
  sandbox = createSandbox(loadConfig({ LOG_LEVEL: 'silent', SANDBOX_PORT: '0', SANDBOX_SMTP_PORT: '0' }));
  await sandbox.start();
});
afterAll(() => sandbox.stop());

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function call(method: string, path: string, body?: unknown, key?: string): Promise<Answer> {
  const response = await fetch(sandbox.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...(key ? { 'idempotency-key': key } : {}) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(patienceMs),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const fault = (provider: string, mode: string, more: object = {}): Promise<Answer> =>
  call('PUT', `/faults/${provider}`, { mode, ...more });

describe('SMS', () => {
  test('is sent once for each idempotency key and found by its number, with or without an encoded plus', async () => {
    const message = { to: '+15550100', body: 'Your code is 123456' };
    const first = await call('POST', '/sms/messages', message, 'sms-1');
    const second = await call('POST', '/sms/messages', message, 'sms-1');
    expect(first.status).toBe(201);
    expect(second).toEqual(first);
    for (const to of ['+15550100', '%2B15550100']) {
      const { body } = await call('GET', `/sms/messages?to=${to}`);
      expect(body).toEqual([{ ...message, id: expect.any(String), sentAt: expect.any(String) }]);
    }
    expect((await call('GET', '/sms/messages?to=+15550199')).body).toEqual([]);
  });

  test('refuses a key that was used for another message, and a malformed number', async () => {
    await call('POST', '/sms/messages', { to: '+15550101', body: 'a' }, 'sms-2');
    expect((await call('POST', '/sms/messages', { to: '+15550101', body: 'b' }, 'sms-2')).status).toBe(422);
    expect((await call('POST', '/sms/messages', { to: '5550101', body: 'b' })).status).toBe(400);
  });
});

describe('mail', () => {
  const send = (messageId: string, to: string): Promise<unknown> =>
    createTransport({ url: sandbox.smtpUrl, socketTimeout: patienceMs } as { url: string }).sendMail({
      messageId,
      from: 'florin@example.com',
      to,
      subject: 'Grüße',
      text: `See https://example.com/${'x'.repeat(100)}?token=abc`,
      html: '<p>See</p>',
    });

  test('is kept decoded, once for each Message-ID', async () => {
    await send('<1@florin>', 'ada+1@example.com');
    await send('<1@florin>', 'ada+1@example.com');
    const { body } = await call('GET', '/mail/messages?to=ada+1@example.com');
    expect(body).toEqual([
      {
        to: 'ada+1@example.com',
        subject: 'Grüße',
        text: expect.stringMatching(/x{100}\?token=abc\s*$/),
        html: expect.stringContaining('<p>See</p>'),
        receivedAt: expect.any(String),
      },
    ]);
  });

  test.each(['error', 'reset', 'timeout'])('is not accepted under the fault %s', async (mode) => {
    await fault('smtp', mode);
    await expect(send(`<${mode}@florin>`, 'eve@example.com')).rejects.toThrow();
    await fault('smtp', 'ok');
    expect((await call('GET', '/mail/messages?to=eve@example.com')).body).toEqual([]);
  });
});

describe('the PSP', () => {
  const charge = (reference: string, fundingToken: string, amount = 500): Promise<Answer> =>
    call('POST', '/psp/charges', { reference, amount, currency: 'USD', fundingToken }, reference);

  test('charges a reference once, and not twice for another amount', async () => {
    const first = await charge('p1', 'tok_ok');
    expect(first).toMatchObject({ status: 201, body: { reference: 'p1', amount: 500, status: 'succeeded' } });
    expect(await charge('p1', 'tok_ok')).toEqual(first);
    expect((await charge('p1', 'tok_ok', 501)).status).toBe(422);
    expect((await call('GET', '/psp/charges?reference=p1')).body).toEqual([first.body]);
  });

  test('declines tok_declined', async () => {
    expect(await charge('p2', 'tok_declined')).toMatchObject({
      status: 201,
      body: { status: 'declined', declineReason: 'card-declined' },
    });
  });

  test('leaves the answer of tok_timeout hanging, although it charged', async () => {
    expect((await call('GET', '/psp/charges/p3')).status).toBe(404);
    await expect(charge('p3', 'tok_timeout')).rejects.toThrow();
    expect(await call('GET', '/psp/charges/p3')).toMatchObject({
      status: 200,
      body: { status: 'succeeded' },
    });
  });

  test('fails tok_flaky twice', async () => {
    expect((await charge('p4', 'tok_flaky')).status).toBe(503);
    expect((await charge('p4', 'tok_flaky')).status).toBe(503);
    expect((await charge('p4', 'tok_flaky')).status).toBe(201);
  });

  test('refunds each reference once and never beyond the charge', async () => {
    await charge('p5', 'tok_ok');
    const refund = (reference: string, amount: number): Promise<Answer> =>
      call('POST', '/psp/charges/p5/refunds', { reference, amount }, reference);
    const first = await refund('r1', 300);
    expect(first.status).toBe(201);
    expect(await refund('r1', 300)).toEqual(first);
    expect(await refund('r2', 201)).toMatchObject({ status: 422, body: { code: 'refund-exceeds-charge' } });
    expect((await refund('r3', 200)).status).toBe(201);
  });

  test('refuses a charge without idempotency key or with an unknown token', async () => {
    const body = { reference: 'p6', amount: 1, currency: 'USD', fundingToken: 'tok_ok' };
    expect((await call('POST', '/psp/charges', body)).status).toBe(400);
    expect((await charge('p6', 'tok_other')).status).toBe(400);
  });
});

describe('faults', () => {
  beforeEach(async () => {
    await fault('kyc', 'ok');
  });
  const check = (): Promise<Answer> => call('POST', '/kyc/checks', { reference: 'a', fullName: 'Ada' });

  test('error answers 503, and ok ends it', async () => {
    await fault('kyc', 'error');
    expect((await check()).status).toBe(503);
    await fault('kyc', 'ok');
    expect(await check()).toMatchObject({ status: 201, body: { outcome: 'clear' } });
  });

  test.each(['timeout', 'reset'])('%s gives no answer', async (mode) => {
    await fault('kyc', mode);
    await expect(check()).rejects.toThrow();
  });

  test('slow answers late', async () => {
    await fault('kyc', 'slow', { latencyMs: 100 });
    const startedAt = Date.now();
    expect((await check()).status).toBe(201);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(95);
  });

  test('with rate 0 spare every call, and are listed', async () => {
    await fault('kyc', 'error', { rate: 0 });
    expect((await check()).status).toBe(201);
    expect((await call('GET', '/faults')).body).toMatchObject({ kyc: { mode: 'error', rate: 0 } });
  });

  test('refuse an unknown provider and an unknown mode', async () => {
    expect((await fault('bank', 'error')).status).toBe(404);
    expect((await fault('kyc', 'broken')).status).toBe(400);
  });

  test('of the PSP leave the inspection list readable', async () => {
    await fault('psp', 'error');
    expect((await call('GET', '/psp/charges')).status).toBe(200);
    expect((await call('GET', '/psp/charges/none')).status).toBe(503);
    await fault('psp', 'ok');
  });
});

test('the credit bureau scores by the last three digits of the national id', async () => {
  const report = await call('POST', '/credit-bureau/reports', { reference: 'a', nationalId: 'AA-000-780' });
  expect(report).toMatchObject({ status: 201, body: { creditScore: 780, openDefaults: 0 } });
});

test('a webhook sink keeps body and headers as they came', async () => {
  expect((await call('POST', '/webhook-sink/shop', { a: 1 }, 'w1')).status).toBe(204);
  expect((await call('GET', '/webhook-sink/shop')).body).toMatchObject([
    { body: '{"a":1}', headers: { 'idempotency-key': 'w1' } },
  ]);
  expect((await call('GET', '/webhook-sink/other')).body).toEqual([]);
});
