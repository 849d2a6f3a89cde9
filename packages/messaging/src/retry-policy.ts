import { type ConsumerGroup, consumerGroups, defaultRetry } from '@florin/contracts';
import { parseDuration } from './duration.js';
import type { KafkaOptions } from './messaging.js';

export interface RetryTier {
  /** As it is written in the name of the retry topic, e.g. `10m`. */
  readonly name: string;
  readonly delayMs: number;
}

/** What a group does with messages that may succeed later. */
export interface RetryPolicy {
  readonly tiers: readonly RetryTier[];
  /** A message that would be due so long after its first failure, or its replay, is given up. */
  readonly deadline: RetryTier;
}

type Overrides = Pick<KafkaOptions, 'retryDelays' | 'retryDeadline'>;

/**
 * The tiers of a group belong to its declaration in the topology and not to the configuration of the service that runs
 * it: whoever replays a dead letter writes to a retry topic of that group, and has to name it alike.
 */
export function retryPolicyOf({ retry = defaultRetry }: ConsumerGroup, overrides: Overrides): RetryPolicy {
  return {
    tiers: (overrides.retryDelays ?? retry.delays).map(tierOf),
    deadline: tierOf(overrides.retryDeadline ?? retry.deadline),
  };
}

/** Where replays of the dead letters of a group begin, whichever service runs the group. */
export function firstRetryDelay(
  groupName: string,
  ownGroups: readonly ConsumerGroup[],
  overrides: Overrides,
): string {
  const declared: readonly ConsumerGroup[] = Object.values(consumerGroups);
  const group = [...ownGroups, ...declared].find(({ name }) => name === groupName);
  return retryPolicyOf(group ?? { name: groupName, service: '', topics: [] }, overrides).tiers[0]!.name;
}

function tierOf(name: string): RetryTier {
  return { name, delayMs: parseDuration(name) };
}
