import type { Command } from 'commander';
import { type OpsClient, OpsError } from '../client.js';
import { confirm } from '../confirm.js';
import type { DeadLetter } from '../ops-api.js';
import { counted, printJson } from '../output.js';
import { uuids } from '../uuid.js';

/** `florin dlq discard`: for good, so that it is confirmed, or `--yes` in a script. */
export function addDiscardCommand(dlq: Command, client: () => OpsClient): void {
  dlq
    .command('discard')
    .argument('<ids...>', 'dead letters', uuids)
    .description('put dead letters aside for good')
    .requiredOption('--reason <reason>', 'why; it is audited')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print JSON')
    .action(async (ids: string[], options: { reason: string; yes?: boolean; json?: boolean }) => {
      const question = `Discard ${counted(ids.length, 'dead letter')} for good?`;
      if (!options.yes && !(await confirm(question, false))) {
        throw new OpsError('nothing was discarded: confirm, or say --yes', 'usage');
      }
      const discarded: DeadLetter[] = [];
      for (const id of ids) {
        const path = `/ops/v1/dead-letters/${encodeURIComponent(id)}/discard`;
        discarded.push(await client().post<DeadLetter>(path, { reason: options.reason }));
        if (!options.json) console.log(`${id} discarded`);
      }
      if (options.json) printJson(discarded);
    });
}
