import { formatMoney } from '@florin/contracts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type OpsClient, OpsError } from '../client.js';
import { confirm } from '../confirm.js';
import { exitCodes } from '../exit-codes.js';
import type { ReconciliationBreak } from '../ops-api.js';
import { ago, printJson, printTable } from '../output.js';
import { isUuid, uuid } from '../uuid.js';
import { wholeNumber } from '../whole-number.js';

const path = '/ops/v1/reconciliation-breaks';
const kinds = ['missing-at-us', 'missing-at-provider', 'amount-differs', 'status-differs', 'duplicate'];
const statuses = ['open', 'proposed', 'adjusting', 'resolved'];
const accounts: readonly string[] = ['cash-in', 'cash-out', 'suspense'];

interface ListOptions {
  readonly kind?: string;
  readonly status?: string;
  readonly limit: number;
  readonly json?: boolean;
}

interface DecisionOptions {
  readonly reason: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

interface ProposalOptions extends DecisionOptions {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

interface ApprovalOptions {
  readonly seen?: number;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `florin reconciliation`: what differs from the payment provider, and what two operators do about it. */
export function addReconciliationCommands(program: Command, client: () => OpsClient): void {
  const reconciliation = program
    .command('reconciliation')
    .description('differences with the payment provider, and their corrections');
  addReadingCommands(reconciliation, client);
  reconciliation
    .command('accept')
    .argument('<id>', 'a difference', uuid)
    .description('settle a difference as it is; when money has moved another operator has to approve')
    .requiredOption('--reason <reason>', 'why; it is audited')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print JSON')
    .action(async (id: string, options: DecisionOptions) => {
      const difference = await client().get<ReconciliationBreak>(`${path}/${id}`);
      await confirmed(`Accept ${summaryOf(difference)} as it is?`, options);
      await client().post(`${path}/${id}/resolve`, { reason: options.reason });
      report({ id, outcome: 'accepted, or proposed when another operator has to approve' }, options);
    });
  reconciliation
    .command('propose')
    .argument('<id>', 'a difference', uuid)
    .description('propose a correction of the books, which another operator approves')
    .requiredOption('--from <side>', 'cash-in, cash-out, suspense, or the id of a wallet', side)
    .requiredOption('--to <side>', 'the same', side)
    .requiredOption('--amount <minor units>', 'in the currency of the payment', wholeNumber)
    .requiredOption('--reason <reason>', 'why; it is audited')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print JSON')
    .action(async (id: string, options: ProposalOptions) => {
      const difference = await client().get<ReconciliationBreak>(`${path}/${id}`);
      const { from, to, amount, reason } = options;
      const correction = `${formatMoney(amount, difference.currency)} from ${from} to ${to}`;
      await confirmed(`Propose ${correction} for ${summaryOf(difference)}?`, options);
      const adjustment = { from: sideOf(from), to: sideOf(to), amount };
      await client().post(`${path}/${id}/resolve`, { reason, adjustment });
      report({ id, outcome: 'proposed' }, options);
    });
  reconciliation
    .command('approve')
    .argument('<id>', 'a difference', uuid)
    .description(
      'approve what another operator has proposed: with a key that neither made theirs nor was made with it',
    )
    .option('--seen <version>', 'the version that was looked at; needed with --yes', wholeNumber)
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print JSON')
    .action((id: string, options: ApprovalOptions) => approve(client(), id, options));
}

function addReadingCommands(reconciliation: Command, client: () => OpsClient): void {
  reconciliation
    .command('breaks')
    .description('list what differs, newest first; exit status 1 when something is not settled')
    .addOption(new Option('--kind <kind>', 'only these').choices(kinds))
    .addOption(
      new Option('--status <status>', 'only these; all that is not resolved without it').choices(statuses),
    )
    .option('--limit <n>', 'at most so many', wholeNumber, 50)
    .option('--json', 'print JSON')
    .action(async ({ kind, status, limit, json }: ListOptions) => {
      const unsettled = status === undefined ? { 'resolvedAt[null]': 'true' } : {};
      const query = { kind, status, ...unsettled };
      const breaks = await client().all<ReconciliationBreak>(path, query, limit);
      if (breaks.some((one) => one.status !== 'resolved')) process.exitCode = exitCodes.found;
      if (json) return printJson(breaks);
      if (breaks.length === 0) return console.log('Nothing differs.');
      printTable(
        ['FOUND', 'KIND', 'PAYMENT', 'PROVIDER', 'BOOKS', 'STATUS', 'ID'],
        breaks.map((one) => [
          ago(one.foundAt),
          one.kind,
          one.paymentKind,
          moneyOf(one.providerAmount, one.currency),
          moneyOf(one.ourAmount, one.currency),
          one.status,
          one.id,
        ]),
      );
    });
  reconciliation
    .command('show')
    .argument('<id>', 'a difference', uuid)
    .description('show a difference with everything that is known of it')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const difference = await client().get<ReconciliationBreak>(`${path}/${id}`);
      if (json) return printJson(difference);
      const { legs: _, providerAmount, ourAmount, ...facts } = difference;
      const money = {
        providerAmount: moneyOf(providerAmount, difference.currency),
        ourAmount: moneyOf(ourAmount, difference.currency),
        correction: correctionOf(difference) || null,
      };
      printTable(['FIELD', 'VALUE'], Object.entries({ ...facts, ...money }));
    });
}

/** The version is the one that was shown: what is proposed after that is not approved unseen. */
async function approve(client: OpsClient, id: string, options: ApprovalOptions): Promise<void> {
  const difference = await client.get<ReconciliationBreak>(`${path}/${id}`);
  const correction = correctionOf(difference);
  const what = correction === '' ? 'accept it as it is' : `post ${correction}`;
  if (options.yes && options.seen === undefined) {
    throw new OpsError('say with --seen which version was looked at', 'usage');
  }
  await confirmed(
    `${difference.proposedBy ?? 'Nobody'} proposes to ${what} (${difference.reason}) for ${summaryOf(difference)}. Approve?`,
    options,
  );
  await client.post(`${path}/${id}/approve`, { version: options.seen ?? difference.version });
  report({ id, outcome: 'approved' }, options);
}

function summaryOf(difference: ReconciliationBreak): string {
  const { kind, paymentKind, providerAmount, ourAmount, currency } = difference;
  const [theirs, ours] = [moneyOf(providerAmount, currency), moneyOf(ourAmount, currency)];
  return `${kind}: a ${paymentKind} of ${theirs ?? 'nothing'} at the provider and ${ours ?? 'nothing'} in the books`;
}

function moneyOf(amount: number | null, currency: string): string | null {
  return amount === null ? null : formatMoney(amount, currency);
}

function correctionOf({ legs, currency }: ReconciliationBreak): string {
  const parts = legs.map((leg) => `${leg.walletId ?? leg.account} ${formatMoney(leg.amount, currency)}`);
  return parts.join(', ');
}

/** @throws InvalidArgumentError for what is neither an account of the platform nor the id of a wallet */
function side(text: string): string {
  if (accounts.includes(text) || isUuid(text)) return text;
  throw new InvalidArgumentError(`Expected ${accounts.join(', ')}, or the id of a wallet.`);
}

function sideOf(named: string): { account: string } | { walletId: string } {
  return accounts.includes(named) ? { account: named } : { walletId: named };
}

async function confirmed(question: string, options: { readonly yes?: boolean }): Promise<void> {
  if (!options.yes && !(await confirm(question, false))) {
    throw new OpsError('nothing was done: confirm, or say --yes', 'usage');
  }
}

function report(done: { readonly id: string; readonly outcome: string }, options: { json?: boolean }): void {
  if (options.json) printJson(done);
  else console.log(`${done.id} ${done.outcome}`);
}
