import {
  ApiKeyCreated,
  ApiKeyExpired,
  ApiKeyExpiring,
  ApiKeyRevoked,
  ApiKeyRotated,
} from '@florin/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPeer, type Peer } from '../../../test/env/peer.js';
import { eventually } from '../../../test/story/eventually.js';
import { newApiKey } from './api-key-fixture.js';
import { admin, EdgeFixture } from './edge-fixture.js';

const dayMs = 86_400_000;
const definitions = [ApiKeyCreated, ApiKeyRotated, ApiKeyRevoked, ApiKeyExpiring, ApiKeyExpired];
let edge: EdgeFixture;
let peer: Peer;
beforeAll(async () => {
  edge = await EdgeFixture.create({ API_KEY_EXPIRY_INTERVAL_MS: '200' });
  const group = { name: 'key-watch', service: 'edge', topics: ['customer.events'] };
  peer = await createPeer({
    topicPrefix: edge.topicPrefix,
    retryDelays: ['100ms'],
    listen: [{ group, definitions }],
  });
});
afterAll(async () => {
  await peer?.close();
  await edge.close();
});

/** What was heard of a key so far, in order. */
function heardOf(id: string): { name: string; version: number; daysLeft?: number }[] {
  return definitions
    .flatMap((definition) => [...peer.heard<ApiKeyExpiring>(definition as typeof ApiKeyExpiring)])
    .filter(({ value }) => value.apiKeyId === id)
    .map(({ definition, value }) => ({
      name: definition.name.replace('florin.customer.', ''),
      version: Number(value.meta.aggregateVersion),
      ...(value.daysLeft === undefined ? {} : { daysLeft: value.daysLeft }),
    }))
    .sort((a, b) => a.version - b.version);
}

const heard = (id: string, count: number) =>
  eventually(`${count} events`, async () => (heardOf(id).length >= count ? heardOf(id) : undefined));

test('each change of a key is an event, in order', async () => {
  const { id } = await newApiKey(edge, ['customers:read']);
  await edge.call('POST', `/v1/api-keys/${id}/rotate`, { token: admin, body: { overlapSeconds: 5 } });
  await edge.call('DELETE', `/v1/api-keys/${id}`, { token: admin });
  await edge.call('DELETE', `/v1/api-keys/${id}`, { token: admin });
  expect(await heard(id, 3)).toEqual([
    { name: 'ApiKeyCreated', version: 1 },
    { name: 'ApiKeyRotated', version: 2 },
    { name: 'ApiKeyRevoked', version: 3 },
  ]);
});

test('warnings come 30, 7 and 1 days before the end, and then the end, once each from two edges', async () => {
  await edge.addEdge();
  const expiresAt = new Date(edge.clock.now() + 31 * dayMs).toISOString();
  const { id } = await newApiKey(edge, ['customers:read'], { expiresAt });
  const short = await newApiKey(edge, ['customers:read'], {
    expiresAt: new Date(edge.clock.now() + 6 * dayMs).toISOString(),
  });
  const revoked = await newApiKey(edge, ['customers:read'], { expiresAt });
  await edge.call('DELETE', `/v1/api-keys/${revoked.id}`, { token: admin });
  let count = 1;
  expect(await heard(id, count)).toHaveLength(1);
  for (const days of [1, 23, 6, 1]) {
    edge.advanceClock(days * dayMs);
    count += 1;
    await heard(id, count);
  }
  expect(heardOf(id)).toEqual([
    { name: 'ApiKeyCreated', version: 1 },
    { name: 'ApiKeyExpiring', version: 2, daysLeft: 30 },
    { name: 'ApiKeyExpiring', version: 3, daysLeft: 7 },
    { name: 'ApiKeyExpiring', version: 4, daysLeft: 1 },
    { name: 'ApiKeyExpired', version: 5 },
  ]);
  // Its warning of 7 days would have been due before there was a key. The jump of 23 days passed its last one, too.
  expect(heardOf(short.id).map(({ name }) => name)).toEqual(['ApiKeyCreated', 'ApiKeyExpired']);
  expect(heardOf(revoked.id).map(({ name }) => name)).toEqual(['ApiKeyCreated', 'ApiKeyRevoked']);
  const { body } = await edge.call('GET', `/v1/security-events?subject=${id}&callerKind=service`, {
    token: admin,
  });
  expect(body.data.map(({ event }: { event: string }) => event)).toEqual([
    'api-key.expired',
    'api-key.expiring',
    'api-key.expiring',
    'api-key.expiring',
  ]);
});

test('a rotation that prolongs a key lets it be warned of again', async () => {
  const inDays = (days: number) => new Date(edge.clock.now() + days * dayMs).toISOString();
  const { id } = await newApiKey(edge, ['customers:read'], { expiresAt: inDays(8) });
  edge.advanceClock(1 * dayMs);
  await heard(id, 2);
  const body = { overlapSeconds: 0, expiresAt: inDays(31) };
  await edge.call('POST', `/v1/api-keys/${id}/rotate`, { token: admin, body });
  edge.advanceClock(1 * dayMs);
  expect((await heard(id, 4)).map(({ daysLeft }) => daysLeft)).toEqual([undefined, 7, undefined, 30]);
});
