import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { judgeCallback, type SignedCallback, toleranceMs } from './callback-signature.js';

const secret = 'shared with the provider';
const signedAt = 1_760_000_000;
const now = signedAt * 1_000;

function callback(more: Partial<SignedCallback> = {}, key = secret): SignedCallback {
  const parts = { id: 'msg_1', timestamp: String(signedAt), body: Buffer.from('{"a":1}'), ...more };
  const mac = createHmac('sha256', key).update(`${parts.id}.${parts.timestamp}.`).update(parts.body);
  return { signature: `v1,${mac.digest('base64')}`, ...parts };
}

describe('a callback', () => {
  test('is genuine with the signature of its secret, also beside another', () => {
    const genuine = callback();
    expect(judgeCallback(genuine, secret, now)).toBe('genuine');
    const two = { ...genuine, signature: `v1,AAAA v2,x ${genuine.signature}` };
    expect(judgeCallback(two, secret, now)).toBe('genuine');
  });

  test('is not genuine under another secret, or when a byte of it was changed', () => {
    const genuine = callback();
    const forged: SignedCallback[] = [
      callback({}, 'another'),
      { ...genuine, body: Buffer.from('{"a":2}') },
      { ...genuine, id: 'msg_2' },
      { ...genuine, timestamp: String(signedAt + 1) },
      { ...genuine, signature: genuine.signature!.replace('v1,', 'v1a,') },
      { ...genuine, signature: 'v1,' },
    ];
    for (const one of forged) expect(judgeCallback(one, secret, now)).toBe('signature-wrong');
  });

  test.each(['id', 'timestamp', 'signature'] as const)('without %s is not judged further', (part) => {
    expect(judgeCallback({ ...callback(), [part]: undefined }, secret, now)).toBe('signature-missing');
  });

  test('is too old or too new outside the tolerance, and never genuine without a time', () => {
    expect(judgeCallback(callback(), secret, now + toleranceMs)).toBe('genuine');
    expect(judgeCallback(callback(), secret, now + toleranceMs + 1)).toBe('timestamp-out-of-range');
    expect(judgeCallback(callback(), secret, now - toleranceMs - 1)).toBe('timestamp-out-of-range');
    expect(judgeCallback(callback({ timestamp: 'now' }), secret, now)).toBe('timestamp-out-of-range');
  });
});
