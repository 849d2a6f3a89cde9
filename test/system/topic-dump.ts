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
  const ends = await Promise.all(
    topics.map(async (topic) =>
      (await admin.fetchTopicOffsets(topic))
        .filter(({ high, low }) => high !== low)
        .map(({ partition, high }) => [`${topic}/${partition}`, Number(high)] as const),
    ),
  );
  await admin.disconnect();
  // Each partition until its own end: what others write meanwhile must not be counted for what is still to be read.
  const unread = new Map<string, number>(ends.flat());
  const records: DumpedRecord[] = [];
  if (unread.size === 0) return records;
  const consumer = kafka.consumer(`${topicPrefix}dump-${randomUUID()}`, { maxWaitMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not read: ${[...unread.keys()].join()}`)), 30_000);
    consumer
      .run({
        eachMessage: async ({ topic, partition, message }) => {
          const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]);
          records.push({
            topic: topic.slice(topicPrefix.length),
            key: String(message.key),
            value: message.value ?? Buffer.alloc(0),
            headers: Object.fromEntries(headers) as Record<string, string>,
          });
          const name = `${topic}/${partition}`;
          const end = unread.get(name);
          if (end !== undefined && Number(message.offset) >= end - 1) unread.delete(name);
          if (unread.size === 0) {
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
