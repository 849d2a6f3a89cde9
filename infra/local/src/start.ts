import { join } from 'node:path';
import { banner } from './banner.js';
import { trainClassArchives } from './class-archives.js';
import { configurationProblems } from './configuration-problems.js';
import { databaseUrl, migrateDatabases, serviceDatabaseUrls } from './databases.js';
import { lockDirectory } from './directory-lock.js';
import { keepPreviousLogs } from './keep-previous-logs.js';
import { LocalError } from './local-error.js';
import { repositoryRoot } from './paths.js';
import { type Platform, type PlatformOptions, processEnvironment, startPlatform } from './platform.js';
import { portProblems, requireFreePorts } from './ports.js';
import { seed } from './seed.js';
import { defaultCacheFolder, type Servers, type ServerUrls, serverUrls, startServers } from './servers.js';
import { type DatabaseUrls, type ServiceName, serviceNames } from './service-names.js';
import { readSettings, type Settings } from './settings.js';
import { signalHandler } from './signal-handler.js';

const apiKey = 'flk_local_admin';
const secondKey = 'flk_local_operator';
const folder = join(repositoryRoot, '.florin');
const logFolder = join(folder, 'logs');
const usage = `npm start

Starts Florin on this machine, with Kafka, a schema registry, Redis and PostgreSQL, until Ctrl-C. What it keeps is in .florin, and logs are
in .florin/logs. It takes no arguments: ports and everything else are environment variables, which the README lists.`;
const report = (line: string): void => console.log(line);

/** What has been started so far, for whoever has to stop it. */
const running: { servers?: Servers; platform?: Platform } = {};

async function start(): Promise<void> {
  const startedAt = performance.now();
  const settings = readSettings(process.env);
  const serverOptions = {
    ports: settings.serverPorts,
    external: settings.external,
    postgresNeeded: serviceNames.some((name) => settings.databaseUrls[name] === undefined),
  };
  requireNone([...portProblems(settings.portUses), ...settings.problems]);
  const platformOptions = platformOptionsOf(settings, serverUrls(serverOptions));
  requireNone(await configurationProblems(processEnvironment(platformOptions, settings.platformPorts)));
  lockDirectory(folder);
  await requireFreePorts(settings.portUses);
  keepPreviousLogs(logFolder);
  report('Starting servers');
  const servers = await startServers({ ...serverOptions, dataFolder: folder, logFolder, report });
  running.servers = servers;
  report('Migrating databases');
  await migrateDatabases(ownerUrlsOf(settings, servers), namesWithoutUrl(settings));
  report('Starting the sandbox and the services');
  running.platform = await startPlatform(platformOptions);
  await seed({ edgeUrl: running.platform.edgeUrl, apiKey });
  const seconds = (performance.now() - startedAt) / 1_000;
  report(banner({ platform: running.platform, servers, logFolder, apiKey, secondKey, seconds }));
}

/** @throws LocalError with one line for each variable that is wrong */
function requireNone(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const list = problems.map((problem) => `  ${problem}`).join('\n');
  throw new LocalError('configuration-invalid', `the configuration is invalid:\n${list}`);
}

function platformOptionsOf(settings: Settings, servers: ServerUrls): PlatformOptions {
  return {
    servers,
    databaseUrls: databaseUrlsOf(settings, servers),
    ports: settings.platformPorts,
    topicPrefix: settings.topicPrefix,
    // Whoever tries the platform out wants to see a message reach its dead-letter topic without waiting 11 minutes.
    env: { RETRY_DELAYS: process.env.RETRY_DELAYS ?? '500ms,2s,5s' },
    logFolder,
    report,
  };
}

function ownerUrlsOf(settings: Settings, servers: ServerUrls): DatabaseUrls {
  const urls = serviceNames.map((name) => [
    name,
    settings.databaseUrls[name] ?? databaseUrl(servers.postgresUrl!, name),
  ]);
  return Object.fromEntries(urls) as DatabaseUrls;
}

/** Who names the database of a service decides how the service logs in. */
function databaseUrlsOf(settings: Settings, servers: ServerUrls): DatabaseUrls {
  return { ...serviceDatabaseUrls(ownerUrlsOf(settings, servers)), ...settings.databaseUrls };
}

function namesWithoutUrl(settings: Settings): readonly ServiceName[] {
  return serviceNames.filter((name) => settings.databaseUrls[name] === undefined);
}

const training = new AbortController();

/** Services first: they finish what they have in hand and need the servers for it. */
async function stop(): Promise<void> {
  training.abort();
  await running.platform?.stop();
  await running.servers?.stop();
}

function fail(error: unknown): never {
  console.error(error instanceof LocalError ? `florin: ${error.message}` : error);
  process.exit(1);
}

const [argument] = process.argv.slice(2);
if (argument === '--help' || argument === '-h') {
  console.log(usage);
  process.exit(0);
}
if (argument !== undefined) {
  console.error(
    `florin: npm start takes no arguments, not ${JSON.stringify(argument)}; see npm start -- --help`,
  );
  process.exit(2);
}

const onSignal = signalHandler({
  isComplete: () => running.platform !== undefined,
  stop,
  report,
  exit: (code) => process.exit(code),
  fail,
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => onSignal(signal, performance.now()));
}
try {
  await start();
  await trainClassArchives(defaultCacheFolder, training.signal);
} catch (error) {
  await stop();
  fail(error);
}
