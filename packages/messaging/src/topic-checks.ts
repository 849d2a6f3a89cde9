import { dayMs } from './duration.js';
import { maxRequestBytes } from './topic-messages.js';
import type { TopicSettings } from './topic-settings.js';

export interface Verdict {
  /** The core cannot keep its promises: the service does not start. */
  readonly errors: readonly string[];
  /** It can, until something fails that should be survived. */
  readonly warnings: readonly string[];
}

/** The topics of a cluster cannot carry the messages of the platform as they are set up. */
export class UnsuitableTopicsError extends Error {
  readonly code = 'topics-unsuitable';
  readonly retryable = false;
  constructor(problems: readonly string[]) {
    super(`The topics of this cluster do not suit Florin:\n${problems.map((p) => `  ${p}`).join('\n')}`);
    this.name = 'UnsuitableTopicsError';
  }
}

/** One topic by itself. */
export function judgeTopic(topic: TopicSettings, brokers: number): Verdict {
  const { name, replicas, minInsyncReplicas: minInsync, retentionMs, maxMessageBytes } = topic;
  const errors = [
    topic.cleanupPolicy.includes('compact') &&
      `${name} is compacted (cleanup.policy=${topic.cleanupPolicy}): all but the last message of a key would be lost`,
    minInsync > replicas &&
      `${name} has ${replicas} replicas and min.insync.replicas=${minInsync}: no message would ever be acknowledged`,
    maxMessageBytes < maxRequestBytes &&
      `${name} takes ${maxMessageBytes} bytes (max.message.bytes), batches have up to ${maxRequestBytes}`,
  ];
  const warnings = [
    replicas === 1 && brokers > 1 && `${name} is on one broker only: its messages are lost with it`,
    replicas > 2 &&
      minInsync < 2 &&
      `${name} acknowledges what one broker has (min.insync.replicas=${minInsync}): set it to 2`,
    replicas > 1 &&
      minInsync === replicas &&
      `${name} takes no messages while one of its ${replicas} brokers is away (min.insync.replicas=${minInsync})`,
    topic.uncleanLeaderElection &&
      `${name} may lose acknowledged messages (unclean.leader.election.enable=true)`,
    topic.retentionBytes !== Number.POSITIVE_INFINITY &&
      `${name} may drop messages before they were read (retention.bytes=${topic.retentionBytes})`,
    retentionMs < dayMs && `${name} drops what was not read within ${inWords(retentionMs)} (retention.ms)`,
  ];
  return { errors: errors.filter(isText), warnings: warnings.filter(isText) };
}

/**
 * A record can come back for as long as its topic keeps it, and then for as long as its dead letter is kept. An inbox that
 * forgets sooner would apply it twice.
 */
export function judgeRetention(
  live: readonly TopicSettings[],
  dead: readonly TopicSettings[],
  inboxRetentionMs: number,
): readonly string[] {
  if (inboxRetentionMs === Number.POSITIVE_INFINITY) return [];
  const [kept, keptDead] = [longest(live), longest(dead)];
  const neededMs = (kept?.retentionMs ?? 0) + (keptDead?.retentionMs ?? 0);
  if (neededMs < inboxRetentionMs) return [];
  const name = [kept, keptDead].map((topic) => topic && `${topic.name} keeps ${inWords(topic.retentionMs)}`);
  const remedy =
    neededMs === Number.POSITIVE_INFINITY
      ? 'give the topics an end (retention.ms), or set INBOX_RETENTION=forever and plan for a table that only grows'
      : `set INBOX_RETENTION to more than ${inWords(neededMs)}, or lower retention.ms`;
  return [
    `${name.filter((text) => text !== undefined).join(', ')}, the inbox ${inWords(inboxRetentionMs)}: messages would be applied twice; ${remedy}`,
  ];
}

/** A message must still be there when it is due. */
export function judgeRetryTopic({ name, retentionMs }: TopicSettings, delayMs: number): readonly string[] {
  if (retentionMs > 2 * delayMs) return [];
  return [
    `${name} keeps messages ${inWords(retentionMs)} (retention.ms): they would be gone before they are due`,
  ];
}

function longest(topics: readonly TopicSettings[]): TopicSettings | undefined {
  return topics.reduce<TopicSettings | undefined>(
    (found, topic) => (found && found.retentionMs >= topic.retentionMs ? found : topic),
    undefined,
  );
}

function isText(text: string | false): text is string {
  return text !== false;
}

function inWords(ms: number): string {
  if (ms === Number.POSITIVE_INFINITY) return 'for ever';
  return ms >= dayMs ? `${Math.round(ms / dayMs)} days` : `${Math.round(ms / 1_000)} s`;
}
