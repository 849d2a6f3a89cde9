import { createSandbox, loadConfig, type Sandbox } from '@florin/sandbox';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPaymentProvider } from './payment-provider.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = createSandbox(loadConfig({ SANDBOX_PORT: '0', SANDBOX_SMTP_PORT: '0', LOG_LEVEL: 'silent' }));
  await sandbox.start();
});
afterAll(() => sandbox?.stop());

const day = '2026-03-01';
const terms = { reference: 'r1', amount: 500, currency: 'USD' };

function provider(timeoutMs: number) {
  const onStateChange = () => undefined;
  return createPaymentProvider({ baseUrl: sandbox.url, timeoutMs, fileTimeoutMs: 30_000, onStateChange });
}

async function setFault(fault: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const url = `${sandbox.url}/faults/settlement-files`;
  await fetch(url, { method: 'PUT', headers, body: JSON.stringify(fault) });
}

test('a settlement file may take longer than a payment', async () => {
  await setFault({ mode: 'slow', latencyMs: 300 });
  const psp = provider(50);
  expect(await psp.settlementFile(day)).toContain('type,id,reference');
  await psp.close();
});

test('settlement files that cannot be had do not stop payments', async () => {
  await setFault({ mode: 'error' });
  const psp = provider(30_000);
  for (let i = 0; i < 30; i += 1) await expect(psp.settlementFile(day)).rejects.toThrow();
  expect(await psp.pay('charge', terms, 'tok_ok')).toMatchObject({ status: 'succeeded' });
  await psp.close();
});

test('a payment that has not arrived is cancelled for good, one that has keeps its outcome', async () => {
  const psp = provider(30_000);
  const absent = { ...terms, reference: 'absent' };
  expect(await psp.cancel('payout', absent)).toEqual({ status: 'cancelled' });
  expect(await psp.pay('payout', absent, 'tok_ok')).toMatchObject({ status: 'declined' });
  const made = { ...terms, reference: 'made' };
  await psp.pay('payout', made, 'tok_ok');
  expect(await psp.cancel('payout', made)).toMatchObject({ status: 'succeeded' });
  expect(await psp.cancel('payout', absent)).toEqual({ status: 'cancelled' });
  await psp.close();
});
