import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import type { Database } from '@florin/database';
import { type DeadLetter, handle, type Messaging } from '@florin/messaging';
import { createLogger } from '@florin/observability';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { Codec } from '../src/codec.js';
import { createKafka, type Producer } from '../src/kafka.js';
import { registerSchema } from '../src/register-schema.js';
import { eventually, Harness, notes } from './harness.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
const harness = new Harness();
const deadLetters: DeadLetter[] = [];
const codec = new Codec(process.env.SCHEMA_REGISTRY_URL!, [OpenWallet]);
let database: Database;
let messaging: Messaging;
let producer: Producer;
/** A record of another installation: the name of a message of ours, but another schema. */
let foreign: Buffer;

function metaOf(messageId: string) {
  return {
    messageId,
    occurredAt: 0,
    correlationId: uuidv7(),
    causationId: null,
    actor: null,
    aggregateVersion: 0,
    deadlineAt: null,
  };
}

function encoded(name: string, messageId = uuidv7()): Buffer {
  const id = uuidv7();
  return codec.encode(OpenWallet, {
    meta: metaOf(messageId),
    walletId: id,
    ownerId: id,
    walletType: 'personal-usd',
    name,
  });
}

/** An empty record under a schema that is registered now. */
async function recordOf(schema: object): Promise<Buffer> {
  const subject = `test-${uuidv7()}`;
  const id = await registerSchema(process.env.SCHEMA_REGISTRY_URL!, subject, JSON.stringify(schema));
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(id, 1);
  return bytes;
}

/** Writes records to the topic as any producer could, past the outbox. */
const produce = (...values: (Buffer | null)[]) =>
  producer.send({
    topic: `${harness.topicPrefix}wallet.commands`,
    messages: values.map((value) => ({ key: 'k', value })),
  });
const noteOf = (name: string) =>
  eventually(async () => ((await notes(database)).includes(name) ? name : undefined));
const deadLetterWith = (code: string) =>
  eventually(async () => deadLetters.find((d) => d.failure.errorCode === code));

beforeAll(async () => {
  database = await harness.database();
  messaging = harness.messaging('wallet', database);
  messaging.consume({
    group,
    handlers: [
      handle(OpenWallet, async (unit, messages) => {
        await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
          messages.map(({ value }) => value.name),
        ]);
      }),
    ],
  });
  messaging.consumeDeadLetters({
    groupName: 'dead-letters',
    apply: async (_unit, letters) => {
      deadLetters.push(...letters);
    },
  });
  await messaging.start();
  await codec.connect();
  foreign = await recordOf({ type: 'record', name: 'florin.wallet.OpenWallet', fields: [] });
  producer = createKafka({
    clientId: 'test',
    brokers: process.env.KAFKA_BROKERS!.split(','),
    logger: createLogger({ service: 'test', level: 'silent' }),
  }).producer();
  await producer.connect();
});
afterAll(async () => {
  await producer?.disconnect();
  await harness.close();
});

describe('the inbox', () => {
  test('applies a record that is delivered three times once', async () => {
    const record = encoded('thrice');
    await produce(record, record);
    await noteOf('thrice');
    await produce(record, encoded('behind thrice'));
    await noteOf('behind thrice');
    expect((await notes(database)).filter((n) => n === 'thrice')).toHaveLength(1);
  });

  test('sends another payload under a used id to the dead letters, within a batch and across batches', async () => {
    const messageId = uuidv7();
    await produce(encoded('original', messageId), encoded('impostor in the batch', messageId));
    await noteOf('original');
    await deadLetterWith('ID_CONFLICT');
    deadLetters.length = 0;
    await produce(encoded('late impostor', messageId));
    const letter = await deadLetterWith('ID_CONFLICT');
    expect(letter.failure.attempts).toBe(1);
    const seen = await notes(database);
    expect(seen).not.toContain('impostor in the batch');
    expect(seen).not.toContain('late impostor');
  });
});

describe('bytes that are no message', () => {
  test.each([
    ['plain text', Buffer.from('hello')],
    ['an unknown schema id', Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3])],
    // A function, because the codec learns schema ids only in beforeAll.
    ['a truncated body', () => encoded('truncated').subarray(0, 20)],
    ['nothing at all', null],
    ['a message id that is no UUID', () => encoded('no id', 'order-17')],
    ['a schema that cannot be read as the one of its name', () => foreign],
  ])('become a dead letter with the raw bytes: %s', async (_name, source) => {
    const bytes = typeof source === 'function' ? source() : source;
    deadLetters.length = 0;
    await produce(bytes, encoded(`behind ${_name}`));
    const letter = await deadLetterWith('undecodable');
    expect(letter.value).toEqual(bytes ?? Buffer.alloc(0));
    expect(letter.failure.originTopic).toBe(`${harness.topicPrefix}wallet.commands`);
    await noteOf(`behind ${_name}`);
  });
});

describe('a record of a newer version', () => {
  test('is read as far as this version knows its schema', async () => {
    const schema = JSON.parse(OpenWallet.schema) as { fields: object[] };
    schema.fields.push({ name: 'colour', type: 'string', default: 'green' });
    const newer = { ...OpenWallet, schema: JSON.stringify(schema) };
    const writer = new Codec(process.env.SCHEMA_REGISTRY_URL!, [newer]);
    await writer.connect();
    const id = uuidv7();
    const body = { walletId: id, ownerId: id, walletType: 't', name: 'from the future' };
    await produce(writer.encode(newer, { meta: metaOf(id), ...body, colour: 'red' } as never));
    await noteOf('from the future');
  });
});
