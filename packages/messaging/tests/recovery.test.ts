import { createServer, type Server } from 'node:http';
import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import type { Database } from '@florin/database';
import { type DeadLetter, handle, type Messaging, PermanentError } from '@florin/messaging';
import { createLogger } from '@florin/observability';
import { afterEach, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { Codec } from '../src/codec.js';
import { createKafka } from '../src/kafka.js';
import { eventually, Harness, type HarnessOptions, notes } from './harness.js';
import { OwnServer } from './own-server.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
let harness: Harness;
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await harness.close();
  for (const close of closers.splice(0)) await close();
}, 180_000);

interface Running {
  readonly messaging: Messaging;
  readonly attempts: number[];
  readonly letters: DeadLetter[];
}

async function consume(
  database: Database,
  options: HarnessOptions = {},
  hooks: { handling?: () => Promise<void>; indexing?: () => void } = {},
): Promise<Running> {
  const messaging = harness.messaging('wallet', database, options);
  const running: Running = { messaging, attempts: [], letters: [] };
  messaging.consume({
    group,
    handlers: [
      handle(OpenWallet, async (unit, messages) => {
        running.attempts.push(...messages.map(({ attempt }) => attempt));
        if (messages.some(({ value }) => value.name === 'poison'))
          throw new PermanentError('poison', 'never');
        await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
          messages.map(({ value }) => value.name),
        ]);
        await hooks.handling?.();
      }),
    ],
  });
  messaging.consumeDeadLetters({
    groupName: 'dead-letters',
    apply: async (_unit, found) => {
      hooks.indexing?.();
      running.letters.push(...found);
    },
  });
  await messaging.start();
  return running;
}

async function send(messaging: Messaging, ...names: string[]): Promise<void> {
  const key = uuidv7();
  await messaging.transaction(async (unit) => {
    for (const name of names) {
      unit.send(OpenWallet, key, { walletId: key, ownerId: key, walletType: 't', name });
    }
  });
}

const noted = (database: Database, count: number) =>
  eventually(async () => {
    // The server may be away while this asks.
    const found = await notes(database).catch(() => []);
    return found.length >= count ? found : undefined;
  }, 60_000);

test('a consumer that kafkajs gives up on is not ready, is started again and misses nothing', async () => {
  harness = new Harness();
  let bugs = 3;
  const { messaging, letters } = await consume(
    await harness.database(),
    {},
    {
      indexing: () => {
        // kafkajs takes a TypeError for one that no retry can mend, and ends the consumer for good.
        if (bugs-- > 0) throw new TypeError('undefined is not a function');
      },
    },
  );
  await eventually(async () => (messaging.isReady() ? true : undefined));
  await send(messaging, 'poison');
  await eventually(async () => (messaging.isReady() ? undefined : true), 60_000);
  await eventually(async () => letters[0], 60_000);
  await eventually(async () => (messaging.isReady() ? true : undefined));
  expect(bugs).toBe(-1);
}, 180_000);

test('a batch whose connections are cut again and again is applied once, at its first attempt', async () => {
  harness = new Harness();
  const database = await harness.database();
  let cuts = 5;
  const cut = async (): Promise<void> => {
    if (cuts-- <= 0) return;
    const other = await harness.connect(database);
    await other.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await other.end();
  };
  const { messaging, attempts, letters } = await consume(database, {}, { handling: cut });
  const names = Array.from({ length: 50 }, (_, i) => `n${i}`);
  await send(messaging, ...names);
  expect(await noted(database, 50)).toEqual(names);
  expect(cuts).toBeLessThan(0);
  expect(new Set(attempts)).toEqual(new Set([1]));
  expect(letters).toEqual([]);
}, 180_000);

test('PostgreSQL dies in the middle of a batch and comes back: applied once, at the first attempt', async () => {
  harness = new Harness();
  const postgres = await OwnServer.start('postgres');
  closers.push(() => postgres.close());
  const database = await harness.database(postgres.address);
  let killed: Promise<void> | undefined;
  const { messaging, attempts, letters } = await consume(
    database,
    {},
    {
      handling: async () => {
        killed ??= postgres.kill();
        await killed;
      },
    },
  );
  await send(messaging, 'a', 'b', 'c');
  await eventually(async () => (killed ? true : undefined));
  await killed;
  const triesBefore = attempts.length;
  await postgres.restart();
  expect(await noted(database, 3)).toEqual(['a', 'b', 'c']);
  expect(attempts.length).toBeGreaterThan(triesBefore);
  expect(new Set(attempts)).toEqual(new Set([1]));
  expect(letters).toEqual([]);
}, 180_000);

/** The way to the schema registry, which can be closed. */
async function registryBehindProxy(): Promise<{
  url: string;
  refused: () => number;
  open: () => void;
  close: () => void;
}> {
  let isOpen = true;
  let refused = 0;
  const real = new URL(process.env.SCHEMA_REGISTRY_URL!);
  const server: Server = createServer((request, response) => {
    if (!isOpen) {
      refused++;
      request.socket.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const answer = await fetch(new URL(request.url!, real), {
        method: request.method!,
        headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
        ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
      });
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? 'application/json',
      });
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}${real.pathname}`,
    refused: () => refused,
    open: () => {
      isOpen = true;
    },
    close: () => {
      isOpen = false;
    },
  };
}

test('a message of a version that is not known yet waits while the schema registry is away', async () => {
  harness = new Harness();
  const database = await harness.database();
  const registry = await registryBehindProxy();
  const { messaging, attempts, letters } = await consume(database, { schemaRegistryUrl: registry.url });
  await send(messaging, 'known');
  await noted(database, 1);

  registry.close();
  const schema = JSON.parse(OpenWallet.schema) as { fields: object[] };
  schema.fields.push({ name: `colour${Date.now()}`, type: 'string', default: 'green' });
  const newer = { ...OpenWallet, schema: JSON.stringify(schema) };
  const writer = new Codec(process.env.SCHEMA_REGISTRY_URL!, [newer]);
  await writer.connect();
  const producer = createKafka({
    clientId: 'test',
    brokers: process.env.KAFKA_BROKERS!.split(','),
    logger: createLogger({ service: 'test', level: 'silent' }),
  }).producer();
  await producer.connect();
  closers.push(() => producer.disconnect());
  const id = uuidv7();
  const meta = {
    messageId: id,
    occurredAt: 0,
    correlationId: id,
    causationId: null,
    actor: null,
    aggregateVersion: 0,
    deadlineAt: null,
  };
  const field = (schema.fields.at(-1) as { name: string }).name;
  const body = { meta, walletId: id, ownerId: id, walletType: 't', name: 'from the future', [field]: 'red' };
  await producer.send({
    topic: `${harness.topicPrefix}wallet.commands`,
    messages: [{ key: id, value: writer.encode(newer, body as never) }],
  });
  await eventually(async () => (registry.refused() >= 3 ? true : undefined), 60_000);
  expect(await notes(database)).toEqual(['known']);
  registry.open();
  expect(await noted(database, 2)).toEqual(['known', 'from the future']);
  expect(attempts).toEqual([1, 1]);
  expect(letters).toEqual([]);
}, 180_000);
