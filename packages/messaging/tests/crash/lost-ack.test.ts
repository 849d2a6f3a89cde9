import { OpenWallet } from '@florin/contracts';
import { createLogger, createMetrics } from '@florin/observability';
import { afterAll, expect, test } from '@jest/globals';
import { createKafka, type KafkaClient } from '../../src/kafka.js';
import { createMessagingMetrics } from '../../src/metrics.js';
import { OrderedProducer } from '../../src/ordered-producer.js';
import { OutboxRelay } from '../../src/outbox-relay.js';
import { eventually, Harness, notes } from '../harness.js';
import { noteAll } from './aggregates.js';
import { owner, walletOf } from './workload.js';

const harness = new Harness();
const logger = createLogger({ service: 'test', level: 'silent' });
afterAll(() => harness.close());

/** Kafka stores what the first sends bring, and the connection closes before it has said so. */
function losingAcknowledgements(
  kafka: KafkaClient,
  times: number,
): { kafka: KafkaClient; lost: () => number } {
  let lost = 0;
  return {
    lost: () => lost,
    kafka: {
      ...kafka,
      producer: () => {
        const producer = kafka.producer();
        const sendBatch = producer.sendBatch.bind(producer);
        producer.sendBatch = async (batch) => {
          const stored = await sendBatch(batch);
          if (lost === times) return stored;
          lost++;
          throw Object.assign(new Error('Closed connection'), { name: 'KafkaJSConnectionClosedError' });
        };
        return producer;
      },
    },
  };
}

test('messages whose acknowledgement is lost are sent again, and take effect once and in order', async () => {
  const database = await harness.database();
  const noted = await harness.database();
  // The writer commits only: what is in its outbox is for the relay below.
  const writer = harness.messaging('writer', database);
  await writer.start();
  await writer.stop();
  const names = Array.from({ length: 30 }, (_, i) => `note ${i}`);
  for (const name of names) {
    await writer.transaction(async (unit) => {
      const walletId = walletOf(0);
      unit.send(OpenWallet, walletId, { walletId, ownerId: owner, walletType: 'personal-usd', name });
    });
  }
  const { kafka, lost } = losingAcknowledgements(
    createKafka({ clientId: 'relay', brokers: process.env.KAFKA_BROKERS!.split(','), logger }),
    3,
  );
  const producer = new OrderedProducer(kafka);
  const relay = new OutboxRelay(
    database.pool,
    producer,
    logger,
    createMessagingMetrics(createMetrics('relay'), database.pool),
  );
  relay.start();
  await eventually(async () => {
    const { rowCount } = await database.pool.query('SELECT FROM outbox');
    return rowCount === 0 ? true : undefined;
  }, 60_000);
  await relay.stop();
  await producer.disconnect();
  expect(lost()).toBe(3);

  const metrics = createMetrics('consumer');
  const consumer = harness.messaging('consumer', noted, { metrics });
  noteAll(consumer);
  await consumer.start();
  const handled = async (): Promise<Record<string, number>> => {
    const { values } = (await metrics.getSingleMetric('messaging_handled_messages_total')?.get())!;
    return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
  };
  await eventually(async () => ((await handled()).duplicate === 3 * names.length ? true : undefined), 60_000);
  expect(await handled()).toEqual({ applied: names.length, duplicate: 3 * names.length });
  expect(await notes(noted)).toEqual(names);
}, 180_000);
