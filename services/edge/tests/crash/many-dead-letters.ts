import { randomUUID } from 'node:crypto';
// biome-ignore lint/style/noRestrictedImports: only a producer of its own can write into a dead-letter topic.
import { Kafka, logLevel } from 'kafkajs';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../../test/story/eventually.js';
import type { EdgeFixture } from '../edge-fixture.js';

const topic = 'transaction.events.notification.dlq';
const perRequest = 1_000;

/**
 * Writes dead letters of the notification service to their topic, as its group would in hours of failing, and waits
 * until the edge has indexed them.
 */
export async function writeDeadLetters(edge: EdgeFixture, count: number): Promise<string[]> {
  const kafka = new Kafka({ brokers: process.env.KAFKA_BROKERS!.split(','), logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  const ownerId = uuidv7();
  const transactionIds: string[] = [];
  for (let written = 0; written < count; written += perRequest) {
    const ids = Array.from({ length: Math.min(perRequest, count - written) }, () => uuidv7());
    transactionIds.push(...ids);
    await producer.send({
      topic: edge.topicPrefix + topic,
      messages: ids.map((id) => ({
        key: id,
        value: declined(edge, id, ownerId),
        headers: failureHeaders(edge.topicPrefix),
      })),
    });
  }
  await producer.disconnect();
  await eventually(
    'the index',
    async () => {
      const { rows } = await edge.pool.query(
        `SELECT count(*)::int AS n FROM dead_letters WHERE payload->>'sourceOwnerId' = $1`,
        [ownerId],
      );
      return rows[0].n === count ? true : undefined;
    },
    120_000,
  );
  return transactionIds;
}

function declined(edge: EdgeFixture, transactionId: string, ownerId: string): Buffer {
  const messageId = uuidv7();
  const encoded = edge.double.messaging.encode('florin.transaction.TransactionDeclined', {
    meta: {
      messageId,
      occurredAt: 1_000,
      correlationId: messageId,
      causationId: null,
      actor: 'test',
      aggregateVersion: 0,
      deadlineAt: null,
    },
    transactionId,
    type: 'transfer',
    sourceWalletId: null,
    sourceOwnerId: ownerId,
    destinationWalletId: null,
    destinationOwnerId: null,
    amount: 5,
    fee: 0,
    currency: 'USD',
    description: null,
    createdAt: 1_000,
    completedAt: 2_000,
    declineReason: 'insufficient-funds',
  });
  if ('misfits' in encoded) throw new Error(`does not fit: ${encoded.misfits.join()}`);
  return encoded.bytes;
}

function failureHeaders(topicPrefix: string): Record<string, string> {
  return {
    'florin-attempts': '2',
    'florin-origin': `${topicPrefix}transaction.events/0/${Math.floor(Math.random() * 1e9)}`,
    'florin-first-failed-at': String(Date.now()),
    'florin-last-failed-at': String(Date.now()),
    'florin-error-code': 'template-missing',
    'florin-error-message': 'there is no template',
    'florin-fingerprint': 'many',
    'florin-due-at': '0',
    traceparent: `00-${randomUUID().replaceAll('-', '')}-0000000000000001-01`,
  };
}
