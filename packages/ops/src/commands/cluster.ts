import type { Command } from 'commander';
import type { OpsClient } from '../client.js';
import type { ConsumerGroups, Topics } from '../ops-api.js';
import { printJson, printTable } from '../output.js';

/** `florin topics` and `florin lag`: what is in Kafka, and who is behind. */
export function addClusterCommands(program: Command, client: () => OpsClient): void {
  program
    .command('topics')
    .description('list topics with the records they hold')
    .option('--all', 'also those without records')
    .option('--json', 'print JSON')
    .action(async (options: { all?: boolean; json?: boolean }) => {
      const topics = await client().get<Topics>('/ops/v1/topics');
      if (options.json) return printJson(topics.data);
      const shown = topics.data.filter((topic) => options.all || topic.records > 0);
      if (shown.length === 0) return console.log('No records in any topic.');
      printTable(
        ['TOPIC', 'PARTITIONS', 'RECORDS'],
        shown.map((topic) => [topic.name, topic.partitions, topic.records]),
      );
    });

  program
    .command('lag')
    .description('show how far each consumer group is behind')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const groups = await client().get<ConsumerGroups>('/ops/v1/consumer-groups');
      if (options.json) return printJson(groups.data);
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
}

function lagByTopic(partitions: readonly { topic: string; lag: number }[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { topic, lag } of partitions) sums.set(topic, (sums.get(topic) ?? 0) + lag);
  return sums;
}
