import { createRequire } from 'node:module';
import { createServer, type Server } from 'node:net';
import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import { handle, type Messaging } from '@florin/messaging';
import { createLogger } from '@florin/observability';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { checkBrokerVersions, requiredRequests, type VersionRange } from '../src/broker-versions.js';
import { type Admin, createKafka } from '../src/kafka.js';
import { eventually, Harness, type HarnessOptions } from './harness.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
const brokers = (): string[] => process.env.KAFKA_BROKERS!.split(',');
/** Kafka's number for a topic in requests about configuration. */
const topicResource = 2;
let harness: Harness;
let admin: Admin;
beforeAll(() => {
  const logger = createLogger({ service: 'test', level: 'silent' });
  admin = createKafka({ clientId: 'test', brokers: brokers(), logger }).admin();
});
afterEach(() => harness?.close());

/** A service that has run once, so that its topics exist, and would start again. */
async function afterFirstStart(options: HarnessOptions = {}): Promise<Messaging> {
  harness = new Harness();
  const database = await harness.database();
  const create = (kafka: HarnessOptions): Messaging => {
    const messaging = harness.messaging('wallet', database, kafka);
    messaging.consume({ group, handlers: [handle(OpenWallet, async () => undefined)] });
    return messaging;
  };
  const first = create({});
  await first.start();
  await first.stop();
  return create(options);
}

async function configure(topic: string, entries: Record<string, string>): Promise<void> {
  await admin.connect();
  const configEntries = Object.entries(entries).map(([name, value]) => ({ name, value }));
  const name = harness.topicPrefix + topic;
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: topicResource, name, configEntries }],
  });
  // The broker learns of it from its controller a moment later.
  await eventually(async () => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: topicResource, name }],
    });
    const found = new Map(resources[0]!.configEntries.map((entry) => [entry.configName, entry.configValue]));
    return Object.entries(entries).every(([key, value]) => found.get(key) === value) ? true : undefined;
  });
  await admin.disconnect();
}

describe('a service refuses to start when', () => {
  test('its inbox would forget what its topics still keep', async () => {
    const messaging = await afterFirstStart();
    await configure('wallet.commands.wallet.dlq', { 'retention.ms': String(90 * 86_400_000) });
    await expect(messaging.start()).rejects.toMatchObject({
      code: 'topics-unsuitable',
      message: expect.stringMatching(/wallet\.dlq keeps 90 days, the inbox 44 days/),
    });
  });

  test('a topic keeps its messages for ever, unless the inbox does so too', async () => {
    const messaging = await afterFirstStart();
    await configure('wallet.commands', { 'retention.ms': '-1' });
    await expect(messaging.start()).rejects.toThrow(/keeps for ever/);
    const forgetful = harness.messaging('wallet', await harness.database(), { inboxRetention: 'forever' });
    forgetful.consume({ group, handlers: [handle(OpenWallet, async () => undefined)] });
    await forgetful.start();
  });

  test('a topic of its is compacted', async () => {
    const messaging = await afterFirstStart();
    await configure('wallet.commands', { 'cleanup.policy': 'compact' });
    await expect(messaging.start()).rejects.toThrow(/compacted/);
  });

  test('more copies are asked for than there are brokers', async () => {
    harness = new Harness();
    const messaging = harness.messaging('wallet', await harness.database(), { replicationFactor: 3 });
    await expect(messaging.start()).rejects.toThrow(/KAFKA_REPLICATION_FACTOR is 3, and the cluster has 1/);
  });
});

describe('the versions of a broker', () => {
  /** A broker that no longer, or not yet, speaks like the one of the tests; it cannot be had in every version. */
  function otherBroker(versions: Record<number, VersionRange>): Promise<Server> {
    const entries = requiredRequests.map(({ key }) => [key, versions[key] ?? { min: 0, max: 20 }] as const);
    const answer = Buffer.alloc(14 + entries.length * 6);
    answer.writeInt32BE(answer.length - 4, 0);
    answer.writeInt32BE(entries.length, 10);
    for (const [i, [key, { min, max }]] of entries.entries()) {
      for (const [j, value] of [key, min, max].entries()) answer.writeInt16BE(value, 14 + i * 6 + j * 2);
    }
    const server = createServer((socket) => socket.once('data', () => socket.end(answer)));
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
  }

  test('are those that kafkajs speaks as well', () => checkBrokerVersions(brokers()[0]!));

  test.each<[string, Record<number, VersionRange>, RegExp]>([
    [
      'too new',
      { 0: { min: 9, max: 14 } },
      /Produce: it speaks versions 9 to 14, this client needs one of 3 to 7/,
    ],
    [
      'too old',
      { 1: { min: 0, max: 3 } },
      /Fetch: it speaks versions 0 to 3, this client needs one of 4 to 11/,
    ],
  ])('are named when they are %s', async (_what, versions, text) => {
    const server = await otherBroker(versions);
    const { port } = server.address() as { port: number };
    await expect(checkBrokerVersions(`127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'broker-unsupported',
      message: expect.stringMatching(text),
    });
    server.close();
  });

  test('that kafkajs speaks are those of the kafkajs that is installed', () => {
    const { requests } = createRequire(import.meta.url)('kafkajs/src/protocol/requests/index.js') as {
      requests: Record<string, { versions: readonly (number | string)[] }>;
    };
    const newest = requiredRequests.map(({ api }) => Math.max(...requests[api]!.versions.map(Number)));
    expect(newest).toEqual(requiredRequests.map((required) => required.newest));
  });
});
