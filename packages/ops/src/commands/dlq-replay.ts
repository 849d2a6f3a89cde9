import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { type OpsClient, OpsError } from '../client.js';
import type { DeadLetter, Replay } from '../ops-api.js';
import { printJson, printTable } from '../output.js';

interface ReplayOptions {
  readonly topic?: string;
  readonly group?: string;
  readonly fingerprint?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly timeout: string;
}

const maxLetters = 10_000;
const idsPerReplay = 500;
const pollMs = 200;

/** `florin dlq replay`: exit status 0 when every message was applied before or now, 1 when one failed again. */
export function addReplayCommand(dlq: Command, client: () => OpsClient): void {
  dlq
    .command('replay [ids...]')
    .description('send dead letters back to the group that failed; without a selection, all pending ones')
    .option('--topic <topic>', 'only this dead-letter topic')
    .option('--group <group>', 'only this consumer group')
    .option('--fingerprint <fingerprint>', 'only this cause of failure')
    .option('-y, --yes', 'do not ask')
    .option('--timeout <seconds>', 'how long to wait for the outcomes', '60')
    .option('--json', 'print JSON')
    .action(async (ids: string[], options: ReplayOptions) => {
      const selected = ids.length > 0 ? ids : await pendingIds(client(), options);
      if (selected.length === 0) return console.log('No pending dead letters match.');
      if (!(await confirmed(selected.length, options))) return console.log('Nothing was replayed.');
      const items: Replay['items'][number][] = [];
      for (let from = 0; from < selected.length; from += idsPerReplay) {
        const replay = await client().post<Replay>('/ops/v1/replays', {
          ids: selected.slice(from, from + idsPerReplay),
        });
        items.push(...(await outcomesOf(client(), replay.id, Number(options.timeout) * 1_000)));
      }
      report(items, options.json === true);
    });
}

async function pendingIds(client: OpsClient, options: ReplayOptions): Promise<string[]> {
  const { topic, group, fingerprint } = options;
  const letters = await client.all<DeadLetter>(
    '/ops/v1/dead-letters',
    { topic, group, fingerprint, status: 'pending' },
    maxLetters,
  );
  return letters.map((letter) => letter.id);
}

/** A replay repeats nothing that was applied, so scripts may run it unasked; a person is asked. */
async function confirmed(count: number, options: ReplayOptions): Promise<boolean> {
  if (options.yes || !process.stdin.isTTY) return true;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(`Replay ${count} dead letter${count === 1 ? '' : 's'}? [y/N] `);
  prompt.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function outcomesOf(client: OpsClient, id: string, timeoutMs: number): Promise<Replay['items']> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const { items } = await client.get<Replay>(`/ops/v1/replays/${id}`);
    if (items.every((item) => item.outcome !== 'pending')) return items;
    if (Date.now() > deadline) {
      throw new OpsError(`replay ${id} goes on, but not every outcome is known yet`, 'timeout');
    }
    await delay(pollMs);
  }
}

function report(items: Replay['items'], json: boolean): void {
  if (json) printJson(items);
  else {
    printTable(
      ['DEAD LETTER', 'OUTCOME', 'DETAIL'],
      items.map((item) => [item.deadLetterId, item.outcome, item.detail]),
    );
  }
  const failed = items.filter((item) => item.outcome === 'failed').length;
  if (!json) console.log(`${items.length - failed} delivered, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}
