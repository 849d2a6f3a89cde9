import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { Command } from 'commander';
import type { OpsClient } from '../client.js';
import type { DeadLetterDetail } from '../ops-api.js';
import { counted } from '../output.js';
import { type DeadLetterFilter, queryOf, withFilter } from './dlq-filter.js';

/** `florin dlq export`: one JSON object a line, with payload, bytes and failure, page by page. */
export function addExportCommand(dlq: Command, client: () => OpsClient): void {
  withFilter(dlq.command('export'))
    .description('write dead letters as JSON lines, oldest first')
    .option('-o, --output <file>', 'file to write; standard output without it')
    .action(async (options: DeadLetterFilter & { output?: string }) => {
      const file = options.output ? await open(options.output, 'wx') : undefined;
      const output = file ? file.createWriteStream() : process.stdout;
      let count = 0;
      const query = { ...queryOf(options), include: 'payload', sort: 'indexedAt' };
      for await (const letter of client().each<DeadLetterDetail>('/ops/v1/dead-letters', query)) {
        count++;
        if (!output.write(`${JSON.stringify(letter)}\n`)) await once(output, 'drain');
      }
      if (output === process.stdout) return;
      output.end();
      await finished(output);
      console.log(`${counted(count, 'dead letter')} written to ${options.output}`);
    });
}
