import { type Command, Option } from 'commander';
import { type OpsClient, OpsError } from '../client.js';
import { confirm } from '../confirm.js';
import { exitCodes } from '../exit-codes.js';
import type { DeadLetterGroup, Replay } from '../ops-api.js';
import { ago, counted, printJson, printTable } from '../output.js';
import { followReplay } from '../replay-progress.js';
import { uuid, uuids } from '../uuid.js';
import { wholeNumber } from '../whole-number.js';
import { groups } from './dlq-filter.js';

interface ReplayOptions {
  readonly topic?: string;
  readonly group?: string;
  readonly fingerprint?: string;
  readonly limit?: number;
  readonly dryRun?: boolean;
  readonly canary?: boolean;
  readonly rate?: number;
  readonly maxFailures?: number;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly timeout: number;
}

type Selection = Partial<Record<'topic' | 'group' | 'fingerprint', string>> & {
  readonly ids?: readonly string[];
};

const idsPerReplay = 1_000;
/** More outcomes than fit a screen are summed up; those that need somebody are listed all the same. */
const listedOutcomes = 50;

/** `florin dlq replay`: exit status 0 when every message was applied before or now, 1 when one failed again. */
export function addReplayCommand(dlq: Command, client: () => OpsClient): void {
  dlq
    .command('replay')
    .argument('[ids...]', 'dead letters', uuids)
    .description('send dead letters back to the group that failed; without a selection, all pending ones')
    .option('--topic <topic>', 'only this dead-letter topic')
    .addOption(new Option('--group <group>', 'only this consumer group').choices(groups))
    .option('--fingerprint <fingerprint>', 'only this cause of failure')
    .option('--limit <n>', 'at most so many of the selection, oldest first', wholeNumber)
    .option('--dry-run', 'run the handlers in transactions that are rolled back, and say what would happen')
    .option('--canary', 'one message first; go on in growing waves only when it did not fail')
    .option('--rate <n>', 'at most so many messages a second', wholeNumber)
    .option('--max-failures <n>', 'abort after so many failures in a row', wholeNumber)
    .option('--reason <reason>', 'why; it is audited')
    .option('-y, --yes', 'do not ask')
    .option('--timeout <seconds>', 'give up when so long no outcome arrives', wholeNumber, 60)
    .option('--json', 'print JSON')
    .action(async (ids: string[], options: ReplayOptions) => {
      const { count, selections } = await selectionOf(client(), ids, options);
      if (count === 0) return options.json ? printJson([]) : console.log('No pending dead letters match.');
      const question = `Replay ${counted(count, 'dead letter')}?`;
      // A replay repeats nothing that was applied, so scripts may run it unasked; a person is asked.
      if (!options.yes && !options.dryRun && !(await confirm(question, true))) {
        process.exitCode = exitCodes.usage;
        return console.log('Nothing was replayed.');
      }
      const replays: Replay[] = [];
      for (const selection of selections) {
        const replay = await start(client(), selection, options);
        replays.push(await followReplay(client(), replay.id, options));
        // What stopped one would stop the next as well.
        if (replays.at(-1)?.status === 'aborted') break;
      }
      report(replays, options.json === true);
    });

  dlq
    .command('replays')
    .description('list replays, newest first')
    .option('--limit <n>', 'at most so many', wholeNumber, 20)
    .option('--json', 'print JSON')
    .action(async ({ limit, json }: { limit: number; json?: boolean }) => {
      printReplays(await client().all<Replay>('/ops/v1/replays', {}, limit), json === true);
    });

  dlq
    .command('abort')
    .argument('<replayId>', 'a replay, from florin dlq replays', uuid)
    .description('send nothing more of a replay; the rest is pending again')
    .requiredOption('--reason <reason>', 'why; it is audited')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { reason: string; json?: boolean }) => {
      const { reason } = options;
      const replay = await client().post<Replay>(`/ops/v1/replays/${encodeURIComponent(id)}/abort`, {
        reason,
      });
      if (options.json) return printJson(replay);
      console.log(`Replay ${id} is ${replay.status}: ${summary(replay.counts)}`);
    });
}

/**
 * The server selects; only everything has to be said group by group, and many ids in several calls.
 * @throws OpsError when a limit is given without a selection that it could refer to
 */
async function selectionOf(
  client: OpsClient,
  ids: readonly string[],
  { topic, group, fingerprint, limit = Number.POSITIVE_INFINITY }: ReplayOptions,
): Promise<{ count: number; selections: Selection[] }> {
  if (ids.length > 0) {
    if (Number.isFinite(limit)) throw new OpsError('--limit and ids exclude each other', 'usage');
    const selections: Selection[] = [];
    for (let from = 0; from < ids.length; from += idsPerReplay) {
      selections.push({ ids: ids.slice(from, from + idsPerReplay) });
    }
    return { count: ids.length, selections };
  }
  const filter = { topic, group, fingerprint };
  const { data } = await client.get<{ data: DeadLetterGroup[] }>('/ops/v1/dead-letter-groups', filter);
  const count = data.reduce((sum, cause) => sum + cause.count, 0);
  if (count === 0) await refuseUnknownFingerprint(client, fingerprint);
  if (topic ?? group ?? fingerprint) return { count: Math.min(count, limit), selections: [filter] };
  if (Number.isFinite(limit)) throw new OpsError('--limit needs a topic, group or fingerprint', 'usage');
  const groups = [...new Set(data.map((cause) => cause.group))].map((name) => ({ group: name }));
  return { count, selections: groups };
}

/**
 * Nothing to do is no error, but a slip of the pen must not look like it.
 * @throws OpsError when no letter, whatever became of it, has ever had this cause of failure
 */
async function refuseUnknownFingerprint(client: OpsClient, fingerprint: string | undefined): Promise<void> {
  if (fingerprint === undefined) return;
  const known = await client.all('/ops/v1/dead-letters', { fingerprint }, 1);
  if (known.length > 0) return;
  throw new OpsError(`no dead letter has the fingerprint ${fingerprint}: see florin dlq groups`, 'usage');
}

function start(client: OpsClient, selection: Selection, options: ReplayOptions): Promise<Replay> {
  const { limit, dryRun, canary, rate: ratePerSecond, maxFailures: maxFailuresInRow, reason } = options;
  return client.post<Replay>('/ops/v1/replays', {
    ...selection,
    limit,
    dryRun,
    canary,
    ratePerSecond,
    maxFailuresInRow,
    reason,
  });
}

function report(replays: readonly Replay[], json: boolean): void {
  const items = replays.flatMap((replay) => replay.items);
  const counts: Record<string, number> = {};
  for (const { outcome } of items) counts[outcome] = (counts[outcome] ?? 0) + 1;
  if (json) printJson(items);
  else {
    const well = new Set(['applied', 'duplicate', 'cancelled', 'would-apply']);
    const told = items.length <= listedOutcomes ? items : items.filter(({ outcome }) => !well.has(outcome));
    if (told.length > 0) {
      printTable(
        ['DEAD LETTER', 'OUTCOME', 'DETAIL'],
        told.map((item) => [item.deadLetterId, item.outcome, item.detail]),
      );
    }
    console.log(summary(counts));
    if (counts.failed) console.log('What has failed again is a new dead letter: florin dlq list');
  }
  const aborted = replays.find((replay) => replay.status === 'aborted');
  if (aborted) console.error(`Replay ${aborted.id} was aborted: ${aborted.abortReason}`);
  if (aborted || counts.failed) process.exitCode = exitCodes.found;
}

export function printReplays(replays: readonly Replay[], json: boolean): void {
  if (json) printJson(replays);
  else if (replays.length === 0) console.log('No replays.');
  else printReplayTable(replays);
}

function printReplayTable(replays: readonly Replay[]): void {
  printTable(
    ['REPLAY', 'WHEN', 'STATUS', 'OUTCOMES', 'WHO', 'WHY'],
    replays.map((replay) => [
      replay.id,
      ago(replay.createdAt),
      replay.abortReason ? `${replay.status}: ${replay.abortReason}` : replay.status,
      summary(replay.counts),
      replay.requestedBy,
      replay.reason,
    ]),
  );
}

function summary(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`);
  return parts.length > 0 ? parts.join(', ') : 'nothing';
}
