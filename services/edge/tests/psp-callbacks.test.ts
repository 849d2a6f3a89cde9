import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { type Customer, EdgeFixture } from './edge-fixture.js';

const secret = 'a secret of the provider in a test';
let edge: EdgeFixture;
let ada: Customer;
let wallet: string;
beforeAll(async () => {
  edge = await EdgeFixture.create({ PSP_WEBHOOK_SECRET: secret });
  ada = await edge.newCustomer();
  wallet = await edge.openWallet(ada);
  await edge.deposit(ada, wallet, 10_000);
});
afterAll(() => edge?.close());

interface Signing {
  readonly id?: string;
  readonly at?: number;
  readonly key?: string;
  readonly type?: string;
}

/** Sends a callback as the provider does. */
async function callBack(
  reference: string,
  signing: Signing = {},
): Promise<{ status: number; code?: string }> {
  const { id = `msg_${uuidv7()}`, at = edge.clock.now(), key = secret, type = 'charge.succeeded' } = signing;
  const body = JSON.stringify({ type, data: { reference, status: 'succeeded', amount: 1 } });
  const timestamp = String(Math.floor(at / 1_000));
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const response = await fetch(`${edge.url}/v1/psp-webhooks`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${mac}`,
    },
    body,
  });
  const text = await response.text();
  return { status: response.status, code: text === '' ? undefined : JSON.parse(text).code };
}

const checksOf = (reference: string) => edge.double.checkedPayments.filter((id) => id === reference);

/** Commands of one key keep their order, so everything sent for it before has arrived with this one. */
async function flush(reference: string, before: number): Promise<void> {
  expect(await callBack(reference)).toMatchObject({ status: 204 });
  await eventually('the last callback', async () => (checksOf(reference).length > before ? true : undefined));
}

describe('a callback of the payment provider', () => {
  test('makes the payment be checked, once however often it is delivered, at once or in parallel', async () => {
    const reference = uuidv7();
    const id = 'msg_repeated';
    const answers = await Promise.all([1, 2, 3].map(() => callBack(reference, { id })));
    answers.push(await callBack(reference, { id }));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    await flush(reference, 1);
    expect(checksOf(reference)).toHaveLength(2);
  });

  test('that is not signed by the provider, or too long ago, changes nothing', async () => {
    const reference = uuidv7();
    const tooOld = edge.clock.now() - 6 * 60 * 1_000;
    for (const signing of [{ key: 'somebody else has this one' }, { at: tooOld }]) {
      expect(await callBack(reference, signing)).toEqual({ status: 400, code: 'webhook-signature-invalid' });
    }
    const unsigned = await fetch(`${edge.url}/v1/psp-webhooks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'charge.succeeded', data: { reference } }),
    });
    expect(await unsigned.json()).toMatchObject({ status: 400, code: 'webhook-signature-invalid' });
    await flush(reference, 0);
    expect(checksOf(reference)).toHaveLength(1);
  });

  test('about a payment that is none of ours is received and forgotten', async () => {
    expect(await callBack('order 17 of another shop')).toMatchObject({ status: 204 });
  });
});

describe('a withdrawal', () => {
  const withdraw = (walletId: string, caller: Customer, more: object = {}) =>
    edge.call('POST', '/v1/withdrawals', {
      token: caller.token,
      idempotencyKey: uuidv7(),
      body: { walletId, amount: 400, currency: 'USD', fundingToken: 'tok_ok', ...more },
    });

  test('answers with its outcome and debits the wallet', async () => {
    const answer = await withdraw(wallet, ada);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      type: 'withdrawal',
      status: 'completed',
      amount: 400,
      sourceWalletId: wallet,
      destinationWalletId: null,
    });
    const read = await edge.call('GET', `/v1/wallets/${wallet}`, { token: ada.token });
    expect(read.body.balances.posted).toBe(9_600);
  });

  test('needs a wallet of the caller, its currency and an Idempotency-Key', async () => {
    const grace = await edge.newCustomer();
    expect((await withdraw(wallet, grace)).body).toMatchObject({ status: 404, code: 'not-found' });
    const euros = await withdraw(wallet, ada, { currency: 'EUR' });
    expect(euros.body).toMatchObject({ code: 'validation-failed', errors: [{ pointer: '/currency' }] });
    const unkeyed = await edge.call('POST', '/v1/withdrawals', {
      token: ada.token,
      idempotencyKey: null,
      body: { walletId: wallet, amount: 1, currency: 'USD', fundingToken: 'tok_ok' },
    });
    expect(unkeyed.body).toMatchObject({ status: 400, code: 'idempotency-key-missing' });
  });
});
