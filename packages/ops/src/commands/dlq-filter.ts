import { consumerGroups } from '@florin/contracts';
import { type Command, Option } from 'commander';

export const groups = Object.values(consumerGroups).map(({ name }) => name);
export const statuses = ['pending', 'replaying', 'resolved', 'discarded'];

/** Which dead letters a command means. */
export interface DeadLetterFilter {
  readonly topic?: string;
  readonly group?: string;
  readonly fingerprint?: string;
  readonly status?: string;
  readonly message?: string;
  readonly error?: string;
  readonly key?: string;
  readonly search?: string;
  readonly parked?: boolean;
}

export function withFilter(command: Command): Command {
  return command
    .option('--topic <topic>', 'dead-letter topic')
    .addOption(new Option('--group <group>', 'consumer group that failed').choices(groups))
    .option('--fingerprint <fingerprint>', 'one cause of failure')
    .option('--message <name>', 'full name of the message')
    .option('--error <code>', 'error code')
    .option('--key <key>', 'key of the record')
    .option('--search <text>', 'text in key, error or payload')
    .option('--parked', 'only those that the rules for auto-redrive have given up on')
    .addOption(
      new Option('--status <status>', 'what has become of them')
        .choices([...statuses, 'all'])
        .default('pending'),
    );
}

export function queryOf(filter: DeadLetterFilter): Record<string, string | undefined> {
  const { topic, group, fingerprint, key, search } = filter;
  const status = filter.status === 'all' ? undefined : filter.status;
  return {
    topic,
    group,
    fingerprint,
    key,
    search,
    status,
    messageName: filter.message,
    errorCode: filter.error,
    parked: filter.parked ? 'true' : undefined,
  };
}
