import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BenchServers, startBenchServers } from '../bench/bench-servers.js';
import { type Mutation, mutations } from './mutations.js';
import { runTests, type TestRun } from './run-tests.js';
import { WorkspaceCopy } from './workspace-copy.js';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const chosen = mutations.filter(({ name }) => name.includes(values.only ?? ''));
const copy = new WorkspaceCopy(process.cwd());
let servers: BenchServers | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    copy.remove();
    void servers?.stop().finally(() => process.exit(130));
  });
}
try {
  servers = await startBenchServers();
  const failures = await checkAll(servers);
  if (chosen.length === 0 || failures > 0) process.exitCode = 1;
} finally {
  await servers?.stop();
  copy.remove();
}

/** Returns how many mutations were not caught. */
async function checkAll({
  kafkaBrokers,
  schemaRegistryUrl,
  redisUrl,
  postgresUrl,
}: BenchServers): Promise<number> {
  const env = {
    KAFKA_BROKERS: kafkaBrokers,
    SCHEMA_REGISTRY_URL: schemaRegistryUrl,
    REDIS_URL: redisUrl,
    POSTGRES_URL: postgresUrl,
  };
  const files = [...new Set(chosen.flatMap(testFiles))];
  console.error(`the tests as they are: ${files.length} files`);
  const sound = await runTests(copy.folder, files, chosen.map(({ only }) => only).join('|'), env);
  if (sound.failed.length > 0 || sound.passed === 0) {
    console.error(sound.output);
    throw new Error('the tests fail without any mutation');
  }
  const lines: string[] = [];
  let survivors = 0;
  for (const mutation of chosen) {
    const startedAt = performance.now();
    const verdict = await check(mutation, env);
    if (!verdict.caught) survivors++;
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
    console.error(`${verdict.caught ? 'caught' : 'NOT CAUGHT'} (${seconds} s): ${mutation.name}`);
    lines.push(`| ${mutation.name} | ${verdict.by} |`);
  }
  console.log(`\n| Mutation | Caught by |\n|---|---|\n${lines.join('\n')}`);
  console.log(`\n${chosen.length - survivors} of ${chosen.length} caught.`);
  return survivors;
}

async function check(mutation: Mutation, env: NodeJS.ProcessEnv): Promise<{ caught: boolean; by: string }> {
  const path = join(copy.folder, 'packages', mutation.file);
  const source = readFileSync(path, 'utf8');
  const mutated = source.replace(mutation.find, mutation.replace);
  if (mutated === source) return { caught: false, by: `**does not fit ${mutation.file} any more**` };
  writeFileSync(path, mutated);
  try {
    return verdictOf(await runTests(copy.folder, testFiles(mutation), mutation.only, env));
  } finally {
    writeFileSync(path, source);
  }
}

/** A test has to fail: a suite that cannot even be loaded, or does not end, has noticed nothing. */
function verdictOf(run: TestRun): { caught: boolean; by: string } {
  const [first] = run.failed;
  if (first !== undefined) return { caught: true, by: first };
  if (run.passed === 0) console.error(run.output);
  return { caught: false, by: run.passed > 0 ? '**nothing: it survives**' : '**no test has run**' };
}

function testFiles({ tests }: Mutation): string[] {
  return tests.map((file) => `packages/messaging/${file}`);
}
