import { dayMs } from './duration.js';
import type { Admin, ITopicMetadata } from './kafka.js';

/** What the broker does with a topic, as far as the promises of the core depend on it. */
export interface TopicSettings {
  readonly name: string;
  /** `Infinity` for ever, which Kafka writes as −1 and which compaction amounts to. */
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly cleanupPolicy: string;
  readonly minInsyncReplicas: number;
  readonly maxMessageBytes: number;
  readonly uncleanLeaderElection: boolean;
  readonly replicas: number;
}

/** Kafka's number for a topic in requests about configuration. */
const topicResource = 2;
const unlimited = (text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise;
  return Number(text) < 0 ? Number.POSITIVE_INFINITY : Number(text);
};

/** Asks the broker for the settings of topics; those it leaves out have Kafka's defaults. */
export async function readTopicSettings(
  admin: Admin,
  topics: readonly ITopicMetadata[],
): Promise<TopicSettings[]> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map(({ name }) => ({ type: topicResource, name })),
  });
  const byName = new Map(resources.map((resource) => [resource.resourceName, resource.configEntries]));
  return topics.map(({ name, partitions }) => {
    const entries = new Map(byName.get(name)?.map((entry) => [entry.configName, entry.configValue]));
    const cleanupPolicy = entries.get('cleanup.policy') ?? 'delete';
    const isDeleted = cleanupPolicy.includes('delete');
    return {
      name,
      retentionMs: isDeleted ? unlimited(entries.get('retention.ms'), 7 * dayMs) : Number.POSITIVE_INFINITY,
      retentionBytes: unlimited(entries.get('retention.bytes'), Number.POSITIVE_INFINITY),
      cleanupPolicy,
      minInsyncReplicas: Number(entries.get('min.insync.replicas') ?? 1),
      maxMessageBytes: Number(entries.get('max.message.bytes') ?? 1_048_588),
      uncleanLeaderElection: entries.get('unclean.leader.election.enable') === 'true',
      replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
    };
  });
}
