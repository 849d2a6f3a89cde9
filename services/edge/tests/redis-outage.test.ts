import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createLogger } from '@florin/observability';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { createRedis, isRedisOutage } from '../src/redis.js';

/** A Redis that accepts connections and never says a word. */
let silent: Server;
let redis: Redis;
const sockets = new Set<Socket>();
beforeEach(async () => {
  silent = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  redis = createRedis(`redis://127.0.0.1:${port}`, createLogger({ service: 'edge', level: 'silent' }));
});
afterEach(async () => {
  redis.disconnect();
  await stopListening();
});

async function stopListening(): Promise<void> {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  if (silent.listening) await new Promise((resolve) => silent.close(resolve));
}

const failure = () =>
  redis.get('x').then(
    () => undefined,
    (error: unknown) => error,
  );

test('a Redis that does not answer is an outage', async () => {
  expect(isRedisOutage(await failure())).toBe(true);
});

test('a Redis that nobody can reach is an outage', async () => {
  await stopListening();
  expect(isRedisOutage(await failure())).toBe(true);
});

test('a connection that was closed is an outage', async () => {
  redis.disconnect();
  expect(isRedisOutage(await failure())).toBe(true);
});

test('a mistake of ours is none', () => {
  expect(isRedisOutage(new Error("ERR wrong number of arguments for 'get' command"))).toBe(false);
});
