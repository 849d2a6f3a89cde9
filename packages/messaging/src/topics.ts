import { setTimeout as delay } from 'node:timers/promises';
import { type ConsumerGroup, deadLetterTopic, messageTopics, retryTopic } from '@florin/contracts';
import type { Admin, ITopicMetadata } from './kafka.js';
import type { KafkaOptions } from './messaging.js';

const dayMs = 86_400_000;
export const messageRetentionMs = 7 * dayMs;
export const deadLetterRetentionMs = 30 * dayMs;

export interface Topic {
  readonly name: string;
  readonly retentionMs: number;
}

/** Every topic that exists because of the given groups, with the prefix of the installation. */
export function topicsOf(kafka: KafkaOptions, groups: readonly ConsumerGroup[]): Topic[] {
  const { topicPrefix: prefix, retryDelays } = kafka;
  const topics = messageTopics.map((name) => ({ name: prefix + name, retentionMs: messageRetentionMs }));
  for (const group of groups) {
    for (const topic of group.topics) {
      for (const delay of retryDelays) {
        topics.push({ name: prefix + retryTopic(topic, group.name, delay), retentionMs: messageRetentionMs });
      }
      topics.push({ name: prefix + deadLetterTopic(topic, group.name), retentionMs: deadLetterRetentionMs });
    }
  }
  return topics;
}

/**
 * Creates what is missing and checks what exists: a retry topic with other partitions than its origin would break
 * the order of a key.
 */
export async function ensureTopics(
  admin: Admin,
  kafka: KafkaOptions,
  topics: readonly Topic[],
): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !existing.has(topic.name));
  if (missing.length > 0) {
    // Another service may create the same topics at the same moment; kafkajs answers false for those that exist.
    await admin.createTopics({
      // kafkajs gives up on the wait when the broker has not heard of the topic yet; describeAll is patient.
      waitForLeaders: false,
      topics: missing.map((topic) => ({
        topic: topic.name,
        numPartitions: kafka.partitions,
        replicationFactor: kafka.replicationFactor,
        configEntries: [{ name: 'retention.ms', value: String(topic.retentionMs) }],
      })),
    });
  }
  const found = await describeAll(
    admin,
    topics.map((topic) => topic.name),
  );
  for (const topic of found) {
    if (topic.partitions.length !== kafka.partitions) {
      throw new Error(
        `topic ${topic.name} has ${topic.partitions.length} partitions, KAFKA_PARTITIONS says ${kafka.partitions}`,
      );
    }
  }
}

const notYet = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']);
const propagationMs = 30_000;

/** Metadata of topics that may have been created a moment ago, once every partition has a leader. */
async function describeAll(admin: Admin, names: string[]): Promise<ITopicMetadata[]> {
  const deadline = performance.now() + propagationMs;
  for (;;) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: names });
      if (topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return topics;
    } catch (error) {
      if (!notYet.has((error as { type?: string }).type ?? '')) throw error;
    }
    if (performance.now() > deadline) throw new Error(`topics have no leaders after ${propagationMs} ms`);
    await delay(100);
  }
}
