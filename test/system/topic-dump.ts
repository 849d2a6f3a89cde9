import { randomUUID } from 'node:crypto';
import { createLogger } from '@florin/observability';
import { createKafka } from '../../packages/messaging/src/kafka.js';

export interface DumpedRecord {
  /** Without the prefix of the installation. */
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Every record that the topics of an installation hold at this moment, dead letters included. */
export async function dumpTopics(topicPrefix: string): Promise<DumpedRecord[]> {
  const kafka = createKafka({
    clientId: 'topic-dump',
    brokers: process.env.KAFKA_BROKERS!.split(','),
    logger: createLogger({ service: 'topic-dump', level: 'silent' }),
  });
  const admin = kafka.admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(topicPrefix));
  const offsets = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
  await admin.disconnect();
  const expected = offsets.flat().reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  const records: DumpedRecord[] = [];
  const consumer = kafka.consumer(`${topicPrefix}dump-${randomUUID()}`, 100);
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`read ${records.length} of ${expected}`)), 30_000);
    consumer
      .run({
        eachMessage: async ({ topic, message }) => {
          const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]);
          records.push({
            topic: topic.slice(topicPrefix.length),
            key: String(message.key),
            value: message.value ?? Buffer.alloc(0),
            headers: Object.fromEntries(headers) as Record<string, string>,
          });
          if (records.length >= expected) {
            clearTimeout(timer);
            resolve();
          }
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return records;
}
