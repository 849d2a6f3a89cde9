import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { freePorts, portProblems, requireFreePorts } from './ports.js';

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

test.each([Number.NaN, 0, 65_536, 8080.5])('%d is not a port', (impossible) => {
  expect(portProblems([{ what: 'edge', port: impossible, setting: 'EDGE_PORT' }])).toEqual([
    'EDGE_PORT: expected a port, an integer from 1 to 65535',
  ]);
});

test('a port that two settings claim is named once, with both of them', () => {
  const uses = [
    { what: 'edge', port: 8081, setting: 'EDGE_PORT' },
    { what: 'application service', port: 8081, setting: 'APPLICATION_PORT' },
    { what: 'wallet service', port: 8082, setting: 'WALLET_PORT' },
  ];
  expect(portProblems(uses)).toEqual([
    'EDGE_PORT (edge) and APPLICATION_PORT (application service): expected different ports, not 8081 for all of them',
  ]);
});
