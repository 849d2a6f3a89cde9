import { createApiKey } from '@florin/contracts';
import { type Command, Option } from 'commander';
import { type OpsClient, OpsError } from '../client.js';
import { confirm } from '../confirm.js';
import { durationSeconds, timeOrDuration } from '../duration.js';
import type { ApiKey, ApiKeyUsage, NewApiKey } from '../ops-api.js';
import { ago, printJson, printTable } from '../output.js';
import { uuid } from '../uuid.js';
import { wholeNumber } from '../whole-number.js';

const path = '/v1/api-keys';

/** `florin api-keys`: the keys of partners and the back office. A key itself is printed once, and never again. */
export function addApiKeyCommands(program: Command, client: () => OpsClient): void {
  const keys = program.command('api-keys').description('the API keys of partners and the back office');
  addList(keys, client);
  addCreate(keys, client);
  addRotate(keys, client);
  addRevoke(keys, client);
  addUsage(keys, client);
  addBootstrap(keys);
}

function addList(keys: Command, client: () => OpsClient): void {
  keys
    .command('list')
    .description('list keys, newest first, without the keys themselves')
    .addOption(new Option('--status <status>', 'only these').choices(['active', 'expired', 'revoked']))
    .option('--scope <scope>', 'only those that hold this scope by name')
    .option('--created-by <actor>', 'only those that this key has created, e.g. key:<id>')
    .option('--limit <n>', 'at most so many', wholeNumber, 50)
    .option('--json', 'print JSON')
    .action(async (options: ListOptions) => {
      const { status, scope, createdBy, limit, json } = options;
      const found = await client().all<ApiKey>(path, { status, scope, createdBy }, limit);
      if (json) return printJson(found);
      if (found.length === 0) return console.log('No API keys.');
      printTable(
        ['ID', 'NAME', 'PREFIX', 'STATUS', 'SCOPES', 'LAST USED', 'EXPIRES'],
        found.map((key) => [
          key.id,
          key.name,
          key.prefix,
          key.previous ? `${key.status}, rotated until ${key.previous.expiresAt}` : key.status,
          key.scopes.join(' '),
          ago(key.lastUsedAt),
          key.expiresAt,
        ]),
      );
    });
}

interface ListOptions {
  readonly status?: string;
  readonly scope?: string;
  readonly createdBy?: string;
  readonly limit: number;
  readonly json?: boolean;
}

function addCreate(keys: Command, client: () => OpsClient): void {
  keys
    .command('create <name>')
    .description('create a key; it is printed once')
    .requiredOption('--scope <scopes...>', "what it may do; '*' for everything")
    .option('--expires <when>', 'a time, or from now: 90d', timeOrDuration)
    .option('--json', 'print JSON')
    .action(async (name: string, options: { scope: string[]; expires?: string; json?: boolean }) => {
      const body = { name, scopes: options.scope, expiresAt: options.expires };
      printNewKey(await client().post<NewApiKey>(path, body), options.json === true);
    });
}

function addRotate(keys: Command, client: () => OpsClient): void {
  keys
    .command('rotate')
    .argument('<id>', 'an API key', uuid)
    .description('give a key a new secret; it is printed once')
    .requiredOption(
      '--overlap <duration>',
      'so long the old secret works, e.g. 24h; 0 ends it now',
      durationSeconds,
    )
    .option('--expires <when>', 'prolong the key: a time, or from now: 90d', timeOrDuration)
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print JSON')
    .action(async (id: string, options: RotateOptions) => {
      const { overlap, expires, yes, json } = options;
      // With an overlap nobody is cut off, so that only the other way has to be confirmed.
      if (overlap === 0 && !yes && !(await confirm(`End the present secret of ${id} now?`, false))) {
        throw new OpsError('nothing was rotated: confirm, or say --yes', 'usage');
      }
      const body = { overlapSeconds: overlap, expiresAt: expires };
      printNewKey(
        await client().post<NewApiKey>(`${path}/${encodeURIComponent(id)}/rotate`, body),
        json === true,
      );
    });
}

interface RotateOptions {
  readonly overlap: number;
  readonly expires?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

function addRevoke(keys: Command, client: () => OpsClient): void {
  keys
    .command('revoke')
    .argument('<id>', 'an API key', uuid)
    .description('end a key for good')
    .option('-y, --yes', 'do not ask')
    .action(async (id: string, { yes }: { yes?: boolean }) => {
      const key = await client().get<ApiKey>(`${path}/${encodeURIComponent(id)}`);
      if (!yes && !(await confirm(`Revoke ${key.name} (${key.prefix}) for good?`, false))) {
        throw new OpsError('nothing was revoked: confirm, or say --yes', 'usage');
      }
      await client().delete(`${path}/${key.id}`);
      console.log(`${key.name} (${key.prefix}) is revoked.`);
    });
}

function addUsage(keys: Command, client: () => OpsClient): void {
  keys
    .command('usage')
    .argument('<id>', 'an API key', uuid)
    .description('show how many calls a key has made, by day (UTC)')
    .option('--days <n>', 'so many days back', wholeNumber, 30)
    .option('--json', 'print JSON')
    .action(async (id: string, { days, json }: { days: number; json?: boolean }) => {
      const from = new Date(Date.now() - (days - 1) * 86_400_000).toISOString().slice(0, 10);
      const address = `${path}/${encodeURIComponent(id)}/usage`;
      const { data } = await client().get<ApiKeyUsage>(address, { from });
      if (json) return printJson(data);
      if (data.length === 0) return console.log('No calls.');
      printTable(
        ['DAY', 'CALLS', 'REFUSED'],
        data.map(({ date, requests, refused }) => [date, requests, refused]),
      );
    });
}

/** Asks nobody: the first key of an installation is made where its operator sits, and the edge learns only its hash. */
function addBootstrap(keys: Command): void {
  keys
    .command('bootstrap')
    .description('make the first key of an installation, and the setting that lets the edge know it')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => {
      const { key, hash } = createApiKey();
      const setting = hash.toString('hex');
      if (json) return printJson({ key, INITIAL_API_KEY_HASH: setting });
      console.log(`key      ${key}\nsetting  INITIAL_API_KEY_HASH=${setting}`);
      console.error(
        'Keep the key: it has every scope and is shown this once. Start the edges with the setting.',
      );
    });
}

function printNewKey(created: NewApiKey, json: boolean): void {
  if (json) {
    printJson(created);
    return;
  }
  console.log(`id      ${created.id}\nkey     ${created.key}`);
  console.log(`scopes  ${created.scopes.join(' ')}`);
  if (created.expiresAt) console.log(`until   ${created.expiresAt}`);
  if (created.previous)
    console.log(`before  ${created.previous.prefix}… works until ${created.previous.expiresAt}`);
  console.error('Keep the key: it is shown this once.');
}
