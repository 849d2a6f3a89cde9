import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type OpsClient, OpsError } from '../client.js';
import { confirm } from '../confirm.js';
import type { DeadLetterDetail, Revision } from '../ops-api.js';
import { printJson, printTable } from '../output.js';
import { uuid } from '../uuid.js';
import { wholeNumber } from '../whole-number.js';

type Payload = Readonly<Record<string, unknown>>;

interface EditOptions {
  readonly reason: string;
  readonly file?: string;
  readonly json?: boolean;
}

/** The rule is in the edge; it is said here because the answer to the wrong key comes to somebody else. */
const approverHint =
  'with an API key of their own: neither the one of this edit, nor one that it has made, nor one it was made with.';

interface ApprovalOptions {
  readonly reason?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `florin dlq edit|approve|revisions`: correct a message before it is replayed. */
export function addEditCommands(dlq: Command, client: () => OpsClient): void {
  dlq
    .command('edit')
    .argument('<id>', 'a dead letter', uuid)
    .description('edit the message of a dead letter in $EDITOR; a replay then sends the edited one')
    .requiredOption('--reason <reason>', 'why; it is audited')
    .option('--file <file>', 'take the edited payload from a JSON file, - for standard input')
    .option('--json', 'print JSON')
    .action(async (id: string, options: EditOptions) => {
      const current = await newest(client(), id);
      const payload = options.file ? read(options.file) : edited(current.payload);
      const revision = await client().post<Revision>(
        `/ops/v1/dead-letters/${encodeURIComponent(id)}/revisions`,
        {
          baseRevision: current.revision,
          payload,
          reason: options.reason,
        },
      );
      if (options.json) return printJson(revision);
      printDiff(revision);
      if (revision.status === 'awaiting-approval') {
        console.log(
          `Another operator has to run: florin dlq approve ${id} ${revision.revision}\n${approverHint}`,
        );
      }
    });

  dlq
    .command('approve')
    .argument('<id>', 'a dead letter', uuid)
    .argument('<revision>', 'the number of the edit, from florin dlq revisions', wholeNumber)
    .description('approve an edit that touches money and that another operator made')
    .option('--reason <reason>', 'why; it is audited')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print JSON')
    .action(async (id: string, revision: number, options: ApprovalOptions) => {
      const revisions = `/ops/v1/dead-letters/${encodeURIComponent(id)}/revisions`;
      if (!options.yes) {
        const { data } = await client().get<{ data: Revision[] }>(revisions);
        const proposed = data.find((one) => one.revision === revision);
        if (proposed) printDiff(proposed, console.error);
        if (!(await confirm(`Approve revision ${revision}?`, false))) {
          throw new OpsError('nothing was approved: confirm, or say --yes', 'usage');
        }
      }
      const path = `${revisions}/${revision}/approve`;
      const approved = await client().post<Revision>(path, { reason: options.reason });
      if (options.json) return printJson(approved);
      printDiff(approved);
      console.log(`Revision ${approved.revision} is approved.`);
    });

  dlq
    .command('revisions')
    .argument('<id>', 'a dead letter', uuid)
    .description('list the edits of a dead letter')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { json?: boolean }) => {
      const { data } = await client().get<{ data: Revision[] }>(
        `/ops/v1/dead-letters/${encodeURIComponent(id)}/revisions`,
      );
      if (options.json) return printJson(data);
      if (data.length === 0) return console.log('No edits.');
      printTable(
        ['REVISION', 'STATUS', 'BY', 'WHEN', 'APPROVED BY', 'WHY', 'CHANGED'],
        data.map((r) => [
          r.revision,
          r.status,
          r.createdBy,
          r.createdAt,
          r.approvedBy,
          r.reason,
          r.diff.map(({ path }) => path).join(' '),
        ]),
      );
    });
}

/** The message as it was edited last, approved or not. */
async function newest(client: OpsClient, id: string): Promise<{ revision: number; payload: Payload }> {
  const letter = await client.get<DeadLetterDetail>(`/ops/v1/dead-letters/${encodeURIComponent(id)}`);
  if (letter.payload === null) throw new OpsError('the bytes of this dead letter cannot be decoded', 'usage');
  if (letter.revision === 0) return { revision: 0, payload: letter.payload };
  const { data } = await client.get<{ data: Revision[] }>(
    `/ops/v1/dead-letters/${encodeURIComponent(id)}/revisions`,
  );
  const { revision, payload } = data.at(-1)!;
  return { revision, payload };
}

function read(file: string): Payload {
  return parsed(readFileSync(file === '-' ? 0 : file, 'utf8'));
}

/** The envelope is left out, because it cannot be edited. */
function edited({ meta: _, ...content }: Payload): Payload {
  const editor = process.env.VISUAL ?? process.env.EDITOR;
  if (!editor) throw new OpsError('set EDITOR, or pass the payload with --file', 'usage');
  // Only the operator may read it: messages hold personal data.
  const folder = mkdtempSync(join(tmpdir(), 'florin-edit-'));
  try {
    const file = join(folder, 'payload.json');
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    // EDITOR may hold arguments, as in `code --wait`.
    const { status } = spawnSync('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
    if (status !== 0) throw new OpsError(`${editor} did not end well, nothing was changed`, 'usage');
    return parsed(readFileSync(file, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function parsed(text: string): Payload {
  try {
    return JSON.parse(text) as Payload;
  } catch (error) {
    throw new OpsError(`this is not JSON: ${(error as Error).message}`, 'usage');
  }
}

function printDiff({ diff }: Revision, print: (line: string) => void = console.log): void {
  for (const { path, before, after } of diff) {
    if (before !== undefined) print(`- ${path} ${JSON.stringify(before)}`);
    if (after !== undefined) print(`+ ${path} ${JSON.stringify(after)}`);
  }
}
