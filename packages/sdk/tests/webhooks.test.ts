import { describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { verifyWebhook } from '../src/index.js';

const secret = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`;
const other = `whsec_${Buffer.from('another secret of thirty-two by.').toString('base64')}`;
const body = JSON.stringify({ type: 'transaction.completed', data: { amount: 2_500 } });
const sentAt = new Date('2026-11-21T09:30:00Z');
const now = sentAt.getTime();

/** Signed by the reference implementation. */
function headersOf(...secrets: string[]): Record<string, string> {
  const signatures = secrets.map((each) => new Webhook(each).sign('msg_1', sentAt, body));
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(now / 1_000),
    'webhook-signature': signatures.join(' '),
  };
}

describe('a webhook', () => {
  test('that the reference implementation has signed is believed', async () => {
    for (const headers of [
      headersOf(secret),
      new Headers(headersOf(secret)),
      { ...headersOf(secret), Host: ['a'] },
    ]) {
      const webhook = await verifyWebhook(body, headers, { secrets: secret, now });
      expect(webhook).toEqual({ id: 'msg_1', sentAt, payload: JSON.parse(body) });
    }
  });

  test('with several signatures, or several secrets, needs one that fits', async () => {
    const headers = headersOf(other, secret);
    headers['webhook-signature'] = `v1a,AAAA v1,%%% ${headers['webhook-signature']}`;
    await expect(verifyWebhook(body, headers, { secrets: secret, now })).resolves.toMatchObject({
      id: 'msg_1',
    });
    const rotating = { secrets: [other, secret], now };
    await expect(verifyWebhook(body, headersOf(secret), rotating)).resolves.toMatchObject({ id: 'msg_1' });
  });

  test.each([
    ['another body', { body: `${body} ` }, 'signature-invalid'],
    ['another id', { headers: { 'webhook-id': 'msg_2' } }, 'signature-invalid'],
    ['another time', { headers: { 'webhook-timestamp': String(now / 1_000 + 1) } }, 'signature-invalid'],
    ['another secret', { secrets: other }, 'signature-invalid'],
    ['an unknown version', { headers: { 'webhook-signature': 'v2,AAAA' } }, 'signature-invalid'],
    ['no signature', { headers: { 'webhook-signature': '' } }, 'header-missing'],
    ['a time that is none', { headers: { 'webhook-timestamp': '12:00' } }, 'timestamp-invalid'],
    ['too old a time', { now: now + 301_000 }, 'too-old'],
    ['a time to come', { now: now - 301_000 }, 'too-new'],
  ])(
    'with %s is not',
    async (_what, change: { body?: string; headers?: object; secrets?: string; now?: number }, code) => {
      const headers = { ...headersOf(secret), ...change.headers };
      const options = { secrets: change.secrets ?? secret, now: change.now ?? now };
      await expect(verifyWebhook(change.body ?? body, headers, options)).rejects.toMatchObject({ code });
    },
  );

  test('within the tolerance that was asked for is believed', async () => {
    const options = { secrets: secret, now: now + 500_000, toleranceSeconds: 600 };
    await expect(verifyWebhook(body, headersOf(secret), options)).resolves.toMatchObject({ id: 'msg_1' });
  });
});
