import { expect, test } from '@jest/globals';
import { callsByTag, refusedTags } from './accepted-calls.js';

const document = {
  paths: {
    '/v1/wallets': { get: { tags: ['Wallets'] }, post: { tags: ['Wallets'] }, parameters: [] },
    '/v1/wallets/{id}': { get: { tags: ['Wallets'] } },
    '/v1/customers/{id}': { get: { tags: ['Operations'] } },
    '/v1/customers/me': { get: { tags: ['Identity'] } },
    '/v1/events': { get: { tags: ['Events'] } },
  },
};

function record(...calls: readonly (readonly [string, string, number])[]) {
  const entries = calls.map(([method, path, status]) => ({
    request: { method, url: `http://127.0.0.1:8080${path}` },
    response: { status },
  }));
  return { log: { entries } };
}

test('calls are counted by the tag of their operation, over all records', () => {
  const counts = callsByTag(document, [
    record(['GET', '/v1/wallets?limit=1', 200], ['GET', '/v1/wallets/7', 404], ['POST', '/v1/wallets', 202]),
    record(['GET', '/v1/customers/me', 200], ['GET', '/v1/customers/7', 403], ['PUT', '/v1/wallets', 405]),
  ]);
  expect(Object.fromEntries(counts)).toEqual({
    Wallets: { made: 3, accepted: 2 },
    Identity: { made: 1, accepted: 1 },
    Operations: { made: 1, accepted: 0 },
    Events: { made: 0, accepted: 0 },
  });
});

test('a tag is refused when no call was accepted', () => {
  const counts = new Map([
    ['Wallets', { made: 1_000, accepted: 1 }],
    ['Events', { made: 0, accepted: 0 }],
    ['Cards', { made: 100, accepted: 0 }],
  ]);
  expect(refusedTags(counts)).toEqual(['Events', 'Cards']);
});
