import type { Command } from 'commander';
import type { OpsClient } from '../client.js';
import type { ConsumerGroups, Outboxes, Topics } from '../ops-api.js';
import { printJson, printTable } from '../output.js';

/** `florin topics`, `florin lag` and `florin outbox`: what is in Kafka, who is behind, what is not there yet. */
export function addClusterCommands(program: Command, client: () => OpsClient): void {
  program
    .command('topics')
    .description('list topics with the records they hold')
    .option('--all', 'also those without records')
    .option('--json', 'print JSON')
    .action(async (options: { all?: boolean; json?: boolean }) => {
      const topics = await client().get<Topics>('/ops/v1/topics');
      if (options.json) return printJson(topics);
      printTable(
        ['TOPIC', 'PARTITIONS', 'RECORDS'],
        topics.data
          .filter((topic) => options.all || topic.records > 0)
          .map((topic) => [topic.name, topic.partitions, topic.records]),
      );
    });

  program
    .command('lag')
    .description('show how far each consumer group is behind')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const groups = await client().get<ConsumerGroups>('/ops/v1/consumer-groups');
      if (options.json) return printJson(groups);
      printTable(
        ['GROUP', 'STATE', 'MEMBERS', 'TOPIC', 'LAG'],
        groups.data.flatMap((group) =>
          [...lagByTopic(group.lag)].map(([topic, lag]) => [
            group.group,
            group.state,
            group.members,
            topic,
            lag,
          ]),
        ),
      );
    });

  program
    .command('outbox')
    .description('show what is committed and not yet in Kafka')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const outboxes = await client().get<Outboxes>('/ops/v1/outboxes');
      if (options.json) return printJson(outboxes);
      printTable(
        ['SERVICE', 'UNPUBLISHED', 'OLDEST MS'],
        outboxes.data.map((o) => [o.service, o.unpublished, o.oldestUnpublishedAgeMs]),
      );
    });
}

function lagByTopic(partitions: readonly { topic: string; lag: number }[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { topic, lag } of partitions) sums.set(topic, (sums.get(topic) ?? 0) + lag);
  return sums;
}
