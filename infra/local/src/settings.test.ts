import { expect, test } from '@jest/globals';
import { readSettings } from './settings.js';

const settingsThatListen = (env: Record<string, string>): string[] =>
  readSettings(env).portUses.map((use) => use.setting);

test('by default everything listens on the ports of the documentation', () => {
  const { serverPorts, platformPorts, portUses } = readSettings({});
  expect(serverPorts).toMatchObject({ kafka: 19_092, registry: 18_081, redis: 16_379, postgres: 15_432 });
  expect(platformPorts).toMatchObject({ edge: 8080, sandbox: 8090, smtp: 8025 });
  expect(portUses).toHaveLength(12);
});

test('a server that is named by the environment needs no port here', () => {
  const listening = settingsThatListen({ KAFKA_BROKERS: 'kafka:9092', REDIS_URL: 'redis://redis' });
  expect(listening).not.toContain('FLORIN_KAFKA_PORT');
  expect(listening).not.toContain('FLORIN_KAFKA_CONTROLLER_PORT');
  expect(listening).not.toContain('FLORIN_REDIS_PORT');
  expect(listening).toContain('FLORIN_REGISTRY_PORT');
});

test('PostgreSQL is needed until the last database is elsewhere', () => {
  const four = Object.fromEntries(
    ['EDGE', 'APPLICATION', 'WALLET', 'TRANSACTION'].map((name) => [
      `${name}_DATABASE_URL`,
      'postgres://db/x',
    ]),
  );
  expect(settingsThatListen(four)).toContain('FLORIN_POSTGRES_PORT');
  const all = { ...four, NOTIFICATION_DATABASE_URL: 'postgres://db/x' };
  expect(settingsThatListen(all)).not.toContain('FLORIN_POSTGRES_PORT');
});

test.each(['abc', '', '8e3', '0x50', ' 8080', '-1'])('EDGE_PORT=%j is not read as a number', (text) => {
  expect(readSettings({ EDGE_PORT: text }).platformPorts.edge).toBeNaN();
});
