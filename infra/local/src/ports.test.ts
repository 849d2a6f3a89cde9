import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { freePorts, requireFreePorts } from './ports.js';

const occupant = createServer();
let port: number;
beforeEach(async () => {
  await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve));
  port = (occupant.address() as { port: number }).port;
});
afterEach(() => new Promise((resolve) => occupant.close(resolve)));

test('a port that is taken is named, with the setting that moves it', async () => {
  const [free] = await freePorts(1);
  const uses = [
    { what: 'Kafka', port, setting: 'FLORIN_KAFKA_PORT' },
    { what: 'Redis', port: free!, setting: 'FLORIN_REDIS_PORT' },
  ];
  await expect(requireFreePorts(uses)).rejects.toMatchObject({
    code: 'port-busy',
    message: `A port is in use by another program: ${port} (Kafka, set FLORIN_KAFKA_PORT). Stop it, or choose another port.`,
  });
});

test('free ports are all different and none is taken', async () => {
  const ports = await freePorts(20);
  expect(new Set([...ports, port]).size).toBe(21);
});
