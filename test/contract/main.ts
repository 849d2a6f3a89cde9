import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { signUp } from '../story/people.js';
import { localPlatform, type Platform } from '../story/platform.js';
import { callsByTag, type HarLog, type OpenApiPaths, refusedTags } from './accepted-calls.js';
import { startOwnPlatform } from './own-platform.js';
import { installSchemathesis, SchemathesisMissing } from './python.js';

const { values } = parseArgs({
  options: {
    'if-possible': { type: 'boolean', default: false },
    seed: { type: 'string', default: '20261121' },
    examples: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '45' },
    only: { type: 'string' },
  },
});

/** Calls that would end the session of the run, or the customer; they get a run of their own. */
const last = ['logOut', 'revokeSession', 'deleteOwnCustomer'];

/** End any key whose id they have learned, also that of the back office; in a run that lists none they end new ones. */
const endingKeys = ['revokeApiKey', 'rotateApiKey'];

/**
 * A stream that asks for what does not happen (`types`, `ownerId`) says nothing until the time of its run is over. In a run of
 * its own it does not use up the time of other calls.
 */
const endless = ['streamEvents'];
const endlessSeconds = '10';

/** Far beyond what a run takes; one that hangs must not hold up CI. */
const longestRunMs = 10 * 60_000;
const florinFolder = join(process.cwd(), '.florin');

interface Run {
  readonly name: string;
  readonly token: string;
  readonly filter: readonly string[];
  /** Left out where the calls are few: then every machine makes the same ones. */
  readonly seconds?: string;
}

async function runsOn(platform: Platform): Promise<Run[]> {
  const [ada, grace] = [await signUp(platform, 'Ada Lovelace'), await signUp(platform, 'Grace Hopper')];
  const most = {
    filter: flags('--exclude-operation-id', [...last, ...endless, ...endingKeys]),
    seconds: values.seconds,
  };
  const streams = { filter: flags('--include-operation-id', endless), seconds: endlessSeconds };
  const keys = { filter: flags('--include-operation-id', ['createApiKey', ...endingKeys]) };
  const runs: Run[] = [
    { name: 'customer', token: ada.token, ...most },
    { name: 'back office', token: platform.adminKey, ...most },
    { name: 'listening customer', token: ada.token, ...streams },
    { name: 'listening back office', token: platform.adminKey, ...streams },
    { name: 'keys', token: platform.adminKey, ...keys },
    { name: 'leaving customer', token: grace.token, filter: flags('--include-operation-id', last) },
  ];
  return runs.filter(({ name }) => values.only === undefined || name === values.only);
}

function flags(name: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [name, value]);
}

/** What came of a run: whether every check of it passed, and the calls that it made. */
interface Result {
  readonly passed: boolean;
  readonly record: HarLog;
}

async function check(command: string, platform: Platform, run: Run): Promise<Result> {
  const config = fileURLToPath(new URL('schemathesis.toml', import.meta.url)).replace('/dist/test/', '/');
  const folder = join(florinFolder, `contract-report-${process.pid}-${run.name.replaceAll(' ', '-')}`);
  const har = join(folder, 'calls.har');
  const child = spawn(
    command,
    [
      ...['--config-file', config, 'run', `${platform.edgeUrl}/openapi.json`],
      ...['--url', platform.edgeUrl, '--header', `Authorization: Bearer ${run.token}`],
      // One worker: threads of Python 3.11 that read sources at once fail inside Python itself.
      ...['--seed', values.seed, '--max-examples', values.examples, '--workers', '1', '--no-color'],
      // Its tries of every value of every parameter would take half an hour: the lists have sixty filters.
      ...(run.seconds === undefined ? [] : ['--max-time', run.seconds]),
      ...run.filter,
      ...['--report', 'har', '--report-har-path', har],
    ],
    // It leaves a folder behind where it runs.
    { stdio: ['ignore', 'pipe', 'pipe'], cwd: florinFolder, timeout: longestRunMs },
  );
  // Runs overlap, so each says what it has to say at its end.
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  console.log(`\n== Schemathesis as ${run.name}\n${Buffer.concat(output).toString()}`);
  const record = await readFile(har, 'utf8')
    .then((text) => JSON.parse(text) as HarLog)
    .finally(() => rm(folder, { recursive: true, force: true }));
  return { passed: code === 0, record };
}

/** Answers can fit the document because every call is refused: something has to work for each part of the API. */
async function everyTagAccepts(platform: Platform, records: readonly HarLog[]): Promise<boolean> {
  const document = (await (await fetch(`${platform.edgeUrl}/openapi.json`)).json()) as OpenApiPaths;
  const counts = callsByTag(document, records);
  console.log('\n== Calls that were accepted (2xx), by tag');
  for (const [tag, { made, accepted }] of counts) console.log(`${tag}: ${accepted} of ${made}`);
  const refused = refusedTags(counts);
  if (refused.length > 0) console.error(`Not one call was accepted of: ${refused.join(', ')}`);
  return refused.length === 0;
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
    // At once: while Schemathesis makes up a request, the platform can answer another one.
    const runs = await runsOn(platform);
    const results = await Promise.all(runs.map((run) => check(command, platform, run)));
    const accepting =
      values.only !== undefined ||
      (await everyTagAccepts(
        platform,
        results.map(({ record }) => record),
      ));
    return accepting && results.every(({ passed }) => passed);
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
