import type {
  Admin,
  Consumer,
  IHeaders,
  KafkaClient,
  Producer,
  TopicMessages,
} from '@florin/messaging/testing';
import type { FakeBroker } from './fake-broker.js';
import { FakeConsumer } from './fake-consumer.js';
import { partitionsPerTopic, type RecordToStore } from './records.js';
import type { SimulatedProcess } from './scheduler.js';

/**
 * What `kafka.ts` offers to the core, on the fake broker. Only what the core uses exists: anything else is undefined
 * and fails at once, so that a new use is noticed.
 */
export function createFakeKafka(broker: FakeBroker, process: SimulatedProcess): KafkaClient {
  return {
    checkVersions: async () => undefined,
    admin: () =>
      ({
        connect: () => broker.call(process, () => undefined),
        disconnect: async () => undefined,
        listTopics: () => broker.call(process, () => [...broker.topics.keys()]),
        createTopics: ({ topics }: { topics: readonly { topic: string }[] }) =>
          broker.call(process, () => {
            for (const { topic } of topics) broker.createTopic(topic);
            return true;
          }),
        // Every topic has Kafka's defaults.
        describeConfigs: () => broker.call(process, () => ({ resources: [] })),
        describeCluster: () => broker.call(process, () => ({ brokers: [{ nodeId: 0 }] })),
        fetchTopicMetadata: ({ topics }: { topics: readonly string[] }) =>
          broker.call(process, () => ({
            topics: topics.map((name) => ({
              name,
              partitions: Array.from({ length: partitionsPerTopic }, () => ({ leader: 0, replicas: [0] })),
            })),
          })),
      }) as unknown as Admin,
    producer: () =>
      ({
        connect: () => broker.call(process, () => undefined),
        disconnect: () => broker.call(process, () => undefined),
        sendBatch: ({ topicMessages }: { topicMessages: readonly TopicMessages[] }) =>
          broker.produce(process, topicMessages.flatMap(recordsOf)),
      }) as unknown as Producer,
    consumer: (groupId) => new FakeConsumer(broker, process, groupId) as unknown as Consumer,
    consumerEvents: {
      GROUP_JOIN: 'consumer.group_join',
      HEARTBEAT: 'consumer.heartbeat',
      CRASH: 'consumer.crash',
    } as Consumer['events'],
  };
}

function recordsOf({ topic, messages }: TopicMessages): RecordToStore[] {
  return messages.map(({ key, value, headers, partition }) => ({
    topic,
    key: key === null || key === undefined ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: asBuffers(headers ?? {}),
    partition,
  }));
}

/** Kafka knows bytes only: whatever type a header had, a consumer receives a buffer. */
function asBuffers(headers: IHeaders): Record<string, Buffer> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(String(value))]),
  );
}
