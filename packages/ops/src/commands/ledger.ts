import { setTimeout as delay } from 'node:timers/promises';
import { Presets, SingleBar } from 'cli-progress';
import { type Command, Option } from 'commander';
import { type OpsClient, OpsError } from '../client.js';
import { exitCodes } from '../exit-codes.js';
import type { LedgerAudit } from '../ops-api.js';
import { counted, printJson, printTable } from '../output.js';
import { uuid } from '../uuid.js';
import { wholeNumber } from '../whole-number.js';

const pollMs = 300;
const statuses = ['pending', 'running', 'passed', 'failed', 'refused'];

interface RunOptions {
  readonly wallet?: string;
  readonly timeout: number;
  readonly json?: boolean;
}

interface ListOptions {
  readonly kind?: string;
  readonly status?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `florin ledger`: verify the hash chain, audit the books, list audits; exit status 1 when something is wrong. */
export function addLedgerCommands(program: Command, client: () => OpsClient): void {
  const ledger = program.command('ledger').description('check the ledger');
  const run = (name: string, kind: LedgerAudit['kind'], description: string): Command =>
    ledger
      .command(name)
      .description(description)
      .option('--wallet <id>', 'this wallet only', uuid)
      .option('--timeout <seconds>', 'give up when nothing is heard for so long', wholeNumber, 120)
      .option('--json', 'print JSON')
      .action(async (options: RunOptions) => {
        const body = { kind, ...(options.wallet === undefined ? {} : { walletId: options.wallet }) };
        const started = await client().post<LedgerAudit>('/ops/v1/ledger/audits', body);
        report(await follow(client(), started.id, options), options.json === true);
      });
  run('verify', 'chain', 'check every entry against the seal it was given');
  run('audit', 'books', 'check balances, holds, sums and read models now');
  ledger
    .command('audits')
    .description('list audits, newest first')
    .addOption(new Option('--kind <kind>', 'only these').choices(['books', 'chain']))
    .addOption(new Option('--status <status>', 'only these').choices(statuses))
    .option('--limit <n>', 'at most so many', wholeNumber, 20)
    .option('--json', 'print JSON')
    .action(async ({ kind, status, limit, json }: ListOptions) => {
      const audits = await client().all<LedgerAudit>('/ops/v1/ledger/audits', { kind, status }, limit);
      if (json) return printJson(audits);
      if (audits.length === 0) return console.log('No audits.');
      printTable(
        ['STARTED', 'KIND', 'STATUS', 'WALLETS', 'ENTRIES', 'FINDINGS', 'ID'],
        audits.map((a) => [
          a.startedAt,
          a.kind,
          a.status,
          a.walletsChecked,
          a.entriesChecked,
          a.findings.length,
          a.id,
        ]),
      );
    });
}

/** @throws OpsError `timeout` when the audit does not get any further; it goes on without us. The reason of a refusal. */
async function follow(client: OpsClient, id: string, options: RunOptions): Promise<LedgerAudit> {
  let bar: SingleBar | undefined;
  let heard = '';
  let deadline = 0;
  try {
    for (;;) {
      const audit = await client.get<LedgerAudit>(`/ops/v1/ledger/audits/${id}`);
      if (audit.status === 'refused') throw refusalOf(audit, options.wallet);
      if (audit.status === 'passed' || audit.status === 'failed') return audit;
      const state = `${audit.status} ${audit.walletsChecked}`;
      if (state !== heard) deadline = Date.now() + options.timeout * 1_000;
      heard = state;
      if (!bar && audit.walletsTotal > 0 && process.stderr.isTTY && !options.json)
        bar = startBar(audit.walletsTotal);
      bar?.update(audit.walletsChecked, { entries: audit.entriesChecked });
      if (Date.now() > deadline) throw new OpsError(`audit ${id} goes on: ${state} wallets`, 'timeout');
      await delay(pollMs);
    }
  } finally {
    bar?.stop();
  }
}

/** What an operator asked for and the ledger has not got must not look like a check that passed. */
function refusalOf({ reason }: LedgerAudit, walletId: string | undefined): OpsError {
  const code = reason ?? 'refused';
  const isUnknown = code === 'wallet-not-found';
  return new OpsError(
    isUnknown ? `the ledger has no wallet ${walletId}` : `the audit was refused: ${code}`,
    code,
  );
}

function startBar(total: number): SingleBar {
  const format = 'ledger [{bar}] {value}/{total} wallets · {entries} entries · {eta_formatted} left';
  const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true }, Presets.rect);
  bar.start(total, 0, { entries: 0 });
  return bar;
}

function report(audit: LedgerAudit, json: boolean): void {
  if (audit.status === 'failed') process.exitCode = exitCodes.found;
  if (json) {
    printJson(audit);
    return;
  }
  const { kind, status, walletId, walletsChecked, entriesChecked, findings } = audit;
  // The ledger counts them as wallets, and operators count those that they see.
  const accounts = walletId === null ? ' (with the accounts of the platform)' : '';
  const entries = entriesChecked === 1 ? '1 entry' : `${entriesChecked} entries`;
  console.log(
    `${kind}: ${status}; ${counted(walletsChecked, 'wallet')}${accounts}, ${entries}, ${counted(findings.length, 'finding')}`,
  );
  if (findings.length === 0) return;
  printTable(
    ['CHECK', 'WALLET', 'SEQUENCE', 'ENTRY', 'FOUND BY', 'DETAIL'],
    findings.map((f) => [f.check, f.walletId ?? f.currency, f.sequence, f.entryId, f.source, f.detail]),
  );
}
