import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { signUp } from '../story/people.js';
import { localPlatform, type Platform } from '../story/platform.js';
import { startOwnPlatform } from './own-platform.js';
import { installSchemathesis, SchemathesisMissing } from './python.js';

const { values } = parseArgs({
  options: {
    'if-possible': { type: 'boolean', default: false },
    seed: { type: 'string', default: '20261121' },
    examples: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '60' },
    only: { type: 'string' },
  },
});

/** Calls that would end the session of the run, or the customer; they get a run of their own. */
const last = ['logOut', 'deleteOwnCustomer'];

/** Far beyond what a run takes; one that hangs must not hold up CI. */
const longestRunMs = 10 * 60_000;
const florinFolder = join(process.cwd(), '.florin');

interface Run {
  readonly name: string;
  readonly token: string;
  readonly filter: readonly string[];
  /** Of the time of a run. */
  readonly share: number;
}

async function runsOn(platform: Platform): Promise<Run[]> {
  const [ada, grace] = [await signUp(platform, 'Ada Lovelace'), await signUp(platform, 'Grace Hopper')];
  const exclude = last.flatMap((operation) => ['--exclude-operation-id', operation]);
  const include = last.flatMap((operation) => ['--include-operation-id', operation]);
  const runs = [
    { name: 'customer', token: ada.token, filter: exclude, share: 1 },
    { name: 'back office', token: platform.adminKey, filter: exclude, share: 1 },
    { name: 'leaving customer', token: grace.token, filter: include, share: 0.2 },
  ];
  return runs.filter(({ name }) => values.only === undefined || name === values.only);
}

/** @returns whether every check of the run passed */
function check(command: string, platform: Platform, run: Run): Promise<boolean> {
  const config = fileURLToPath(new URL('schemathesis.toml', import.meta.url)).replace('/dist/test/', '/');
  console.log(`\n== Schemathesis as ${run.name}`);
  const child = spawn(
    command,
    [
      ...['--config-file', config, 'run', `${platform.edgeUrl}/openapi.json`],
      ...['--url', platform.edgeUrl, '--header', `Authorization: Bearer ${run.token}`],
      // One worker: threads of Python 3.11 that read sources at once fail inside Python itself.
      ...['--seed', values.seed, '--max-examples', values.examples, '--workers', '1', '--no-color'],
      // Its tries of every value of every parameter would take half an hour: the lists have sixty filters.
      ...['--max-time', String(Math.ceil(Number(values.seconds) * run.share)), ...run.filter],
    ],
    // It leaves a folder behind where it runs.
    { stdio: ['ignore', 'inherit', 'inherit'], cwd: florinFolder, timeout: longestRunMs },
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0));
  });
}

async function contractTest(): Promise<boolean> {
  const command = await installSchemathesis();
  mkdirSync(florinFolder, { recursive: true });
  const own = process.env.FLORIN_URL === undefined ? await startOwnPlatform() : undefined;
  const platform = own ?? localPlatform;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void own?.stop().finally(() => process.exit(130)));
  }
  try {
    let passed = true;
    for (const run of await runsOn(platform)) passed = (await check(command, platform, run)) && passed;
    return passed;
  } finally {
    await own?.stop();
  }
}

try {
  process.exitCode = (await contractTest()) ? 0 : 1;
} catch (error) {
  if (!(error instanceof SchemathesisMissing)) throw error;
  console.error(`contract test: ${error.message}`);
  process.exitCode = values['if-possible'] ? 0 : 1;
}
