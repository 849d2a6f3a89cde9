import { type ConsumerGroup, deadLetterTopic, retryTopic } from '@florin/contracts';
import type { Logger } from '@florin/observability';
import type { Admin, ITopicMetadata } from './kafka.js';
import type { KafkaOptions } from './messaging.js';
import { retryPolicyOf } from './retry-policy.js';
import { judgeRetention, judgeRetryTopic, judgeTopic, UnsuitableTopicsError } from './topic-checks.js';
import { readTopicSettings, type TopicSettings } from './topic-settings.js';

export interface TopicsToCheck {
  readonly topics: readonly ITopicMetadata[];
  readonly groups: readonly ConsumerGroup[];
  readonly kafka: KafkaOptions;
  readonly inboxRetentionMs: number;
}

/**
 * Compares what the broker does with the topics to what the core has to rely on. Whoever created the topics, it was not
 * necessarily this version, or Florin at all.
 * @throws UnsuitableTopicsError with a line for each thing that has to be changed
 */
export async function checkTopics(admin: Admin, wanted: TopicsToCheck, logger: Logger): Promise<void> {
  let settings: TopicSettings[];
  try {
    settings = await readTopicSettings(admin, wanted.topics);
  } catch (error) {
    // Some installations allow producing and consuming only.
    if (!/AUTHORIZATION_FAILED$/.test((error as { type?: string }).type ?? '')) throw error;
    logger.warn({ err: error }, 'the settings of the topics may not be read and were not checked');
    return;
  }
  const { brokers } = await admin.describeCluster();
  const verdicts = settings.map((topic) => judgeTopic(topic, brokers.length));
  for (const warning of verdicts.flatMap(({ warnings }) => warnings)) logger.warn(warning);
  const errors = [...verdicts.flatMap((verdict) => verdict.errors), ...judgeGroups(settings, wanted)];
  if (errors.length > 0) throw new UnsuitableTopicsError(errors);
}

function judgeGroups(settings: readonly TopicSettings[], wanted: TopicsToCheck): string[] {
  const byName = new Map(settings.map((topic) => [topic.name, topic]));
  const find = (name: string): TopicSettings[] => {
    const topic = byName.get(wanted.kafka.topicPrefix + name);
    return topic ? [topic] : [];
  };
  return wanted.groups.flatMap((group) => {
    const { tiers } = retryPolicyOf(group, wanted.kafka);
    const retries = group.topics.flatMap((topic) =>
      tiers.flatMap(({ name, delayMs }) =>
        find(retryTopic(topic, group.name, name)).map((found) => ({ found, delayMs })),
      ),
    );
    const live = [...group.topics.flatMap(find), ...retries.map(({ found }) => found)];
    const dead = group.topics.flatMap((topic) => find(deadLetterTopic(topic, group.name)));
    return [
      ...judgeRetention(live, dead, wanted.inboxRetentionMs),
      ...retries.flatMap(({ found, delayMs }) => judgeRetryTopic(found, delayMs)),
    ];
  });
}
