import { setTimeout as delay } from 'node:timers/promises';
import {
  type ConsumerGroup,
  consumerGroups,
  deadLetterTopic,
  messageTopics,
  retryTopic,
} from '@florin/contracts';
import { dayMs } from './duration.js';
import type { Admin, ITopicMetadata } from './kafka.js';
import type { KafkaOptions } from './messaging.js';
import { retryPolicyOf } from './retry-policy.js';
import { UnsuitableTopicsError } from './topic-checks.js';

export const messageRetentionMs = 7 * dayMs;
export const deadLetterRetentionMs = 30 * dayMs;

export interface Topic {
  readonly name: string;
  readonly retentionMs: number;
}

/**
 * The topics that a service needs, with the prefix of the installation: all that carry messages, the retry and
 * dead-letter topics of its own groups, and the dead-letter topics of all groups when it reads those.
 */
export function topicsOf(
  kafka: KafkaOptions,
  groups: readonly ConsumerGroup[],
  readsDeadLetters: boolean,
): Topic[] {
  const { topicPrefix: prefix } = kafka;
  const retry = groups.flatMap((group) => retryTopicsOf(group, kafka));
  const dead = (readsDeadLetters ? Object.values(consumerGroups) : groups).flatMap((group: ConsumerGroup) =>
    group.topics.map((topic) => deadLetterTopic(topic, group.name)),
  );
  return [
    ...[...messageTopics, ...retry].map((name) => ({ name: prefix + name, retentionMs: messageRetentionMs })),
    ...dead.map((name) => ({ name: prefix + name, retentionMs: deadLetterRetentionMs })),
  ];
}

/** Logical names of the retry topics of a group. */
export function retryTopicsOf(group: ConsumerGroup, kafka: KafkaOptions): string[] {
  const { tiers } = retryPolicyOf(group, kafka);
  return group.topics.flatMap((topic) => tiers.map(({ name }) => retryTopic(topic, group.name, name)));
}

/**
 * Creates what is missing and checks what exists: a retry topic with other partitions than its origin would break
 * the order of a key. Settings of topics that exist are nobody's but the operator's: they are judged, never altered.
 */
export async function ensureTopics(
  admin: Admin,
  kafka: KafkaOptions,
  topics: readonly Topic[],
): Promise<ITopicMetadata[]> {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !existing.has(topic.name));
  if (missing.length > 0) {
    await refuseTooManyReplicas(admin, kafka);
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
  return found;
}

/** The broker says the same, but in the words of one topic of many, and kafkajs asks it again and again. */
async function refuseTooManyReplicas(admin: Admin, { replicationFactor }: KafkaOptions): Promise<void> {
  const { brokers } = await admin.describeCluster();
  if (replicationFactor <= brokers.length) return;
  throw new UnsuitableTopicsError([
    `KAFKA_REPLICATION_FACTOR is ${replicationFactor}, and the cluster has ${brokers.length} brokers`,
  ]);
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
