import { setTimeout as delay } from 'node:timers/promises';
import { Presets, SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import type { OpsClient } from '../client.js';
import { confirm } from '../confirm.js';
import { exitCodes } from '../exit-codes.js';
import type { ProjectionRebuild } from '../ops-api.js';
import { counted, printJson, printTable } from '../output.js';

const pollMs = 300;

interface RebuildOptions {
  readonly carryOver?: boolean;
  readonly reason?: string;
  readonly wait: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `florin projections`: the read models of the edge, and how they are built anew. */
export function addProjectionCommands(program: Command, client: () => OpsClient): void {
  const projections = program.command('projections').description('read models of the edge');
  projections
    .command('rebuild [names...]')
    .description('build read models anew from the topics, all unless some are named; reads go on meanwhile')
    .option('--carry-over', 'take rows that the topics do not tell of over as they are')
    .option('--reason <text>', 'why, for the audit trail')
    .option('--no-wait', 'do not wait for the end')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print JSON')
    .action(async (names: string[], options: RebuildOptions) => {
      const question = `Rebuild ${names.length > 0 ? names.join(', ') : 'all read models'}?`;
      if (!options.yes && !(await confirm(question, true))) {
        process.exitCode = exitCodes.usage;
        return;
      }
      const started = await client().post<ProjectionRebuild>('/ops/v1/projection-rebuilds', {
        ...(names.length > 0 && { projections: names }),
        carryOver: options.carryOver === true,
        ...(options.reason && { reason: options.reason }),
      });
      const rebuild = options.wait ? await follow(client(), started.id, options.json === true) : started;
      if (options.json) printJson(rebuild);
      else print(rebuild);
      if (rebuild.status === 'failed') process.exitCode = exitCodes.found;
    });
  projections
    .command('list')
    .description('rebuilds, newest first')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const page = await client().get<{ data: ProjectionRebuild[] }>('/ops/v1/projection-rebuilds');
      if (json) return printJson(page.data);
      if (page.data.length === 0) return console.log('No rebuilds.');
      printTable(
        ['ID', 'STATUS', 'PROJECTIONS', 'ROWS', 'CARRIED OVER', 'BEGAN', 'DETAIL'],
        page.data.map((one) => [
          one.id,
          one.status,
          one.projections.join(' '),
          String(one.rowsRebuilt),
          String(one.rowsCarriedOver),
          one.createdAt,
          one.detail,
        ]),
      );
    });
}

/** Waits for the end of a rebuild; a bar on the terminal shows how much of the topics has been read. */
async function follow(client: OpsClient, id: string, json: boolean): Promise<ProjectionRebuild> {
  let bar: SingleBar | undefined;
  try {
    for (;;) {
      const rebuild = await client.get<ProjectionRebuild>(`/ops/v1/projection-rebuilds/${id}`);
      if (rebuild.status !== 'running') return rebuild;
      if (!bar && rebuild.recordsTotal > 0 && process.stderr.isTTY && !json) bar = startBar();
      bar?.setTotal(Math.max(rebuild.recordsTotal, rebuild.recordsRead));
      bar?.update(rebuild.recordsRead, { detail: rebuild.detail });
      await delay(pollMs);
    }
  } finally {
    bar?.stop();
  }
}

function startBar(): SingleBar {
  const format = 'rebuild [{bar}] {value}/{total} records · {detail} · {eta_formatted} left';
  const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true }, Presets.rect);
  bar.start(1, 0, { detail: '' });
  return bar;
}

function print({ status, detail, rowsRebuilt, rowsCarriedOver, id }: ProjectionRebuild): void {
  if (status === 'failed') console.error(detail);
  if (status === 'running') console.log(`Rebuild ${id} is running.`);
  if (status !== 'completed') return;
  const carried = rowsCarriedOver > 0 ? `, ${rowsCarriedOver} taken over as they were` : '';
  console.log(`${counted(rowsRebuilt, 'row')} rebuilt${carried}.`);
}
