import { join } from 'node:path';
import { codeVersion } from './code-version.js';
import { nodeFlags } from './node-flags.js';
import { repositoryRoot } from './paths.js';
import { freePorts } from './ports.js';
import { type DatabaseUrls, type ProcessName, type ServiceName, serviceNames } from './service-names.js';
import { type SupervisedProcess, superviseProcess } from './supervised-process.js';

export type PlatformPorts = Readonly<Record<ProcessName | 'smtp', number>>;

export interface PlatformOptions {
  readonly servers: {
    readonly kafkaBrokers: string;
    readonly schemaRegistryUrl: string;
    readonly redisUrl: string;
  };
  /** Migrated databases, one for each service. */
  readonly databaseUrls: DatabaseUrls;
  /** Ports that are not given (or 0) are chosen among the free ones. */
  readonly ports?: Partial<PlatformPorts>;
  /** Goes before the name of every topic and group, so that platforms can share a broker. */
  readonly topicPrefix?: string;
  /** Further settings for every process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Further options of Node.js for every process. */
  readonly nodeFlags?: readonly string[];
  readonly logFolder: string;
  /** Starts a process again when it dies; default true. */
  readonly restart?: boolean;
  readonly report?: (line: string) => void;
}

/** The sandbox and the five services as processes. */
export interface Platform {
  readonly edgeUrl: string;
  readonly sandboxUrl: string;
  readonly ports: PlatformPorts;
  process(name: ProcessName): SupervisedProcess;
  /** Sends a signal and resolves when the process has gone. */
  kill(name: ProcessName, signal: NodeJS.Signals): Promise<void>;
  /** Stops a process if it runs, starts it and resolves when it is ready. */
  restart(name: ProcessName): Promise<void>;
  /** Stops what takes work in (the edge), then the services, which finish what they have in hand, then the sandbox. */
  stop(): Promise<void>;
}

/**
 * Starts the sandbox and all services at once and resolves when every one is ready, the edge last because it is ready
 * only when all of them consume. When one fails, all are stopped.
 * @throws LocalError
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const ports = await choosePorts(options.ports ?? {});
  const env = processEnvironment(options, ports);
  const processes = new Map<ProcessName, SupervisedProcess>();
  for (const name of [...serviceNames, 'sandbox'] as const) {
    processes.set(name, launch(name, options, ports[name], env));
  }
  const find = (name: ProcessName): SupervisedProcess => processes.get(name)!;
  const startedAt = performance.now();
  const announceReady = async (supervised: SupervisedProcess, port: number): Promise<void> => {
    await supervised.untilReady();
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    options.report?.(`  ${supervised.name} on port ${port} (${seconds} s)`);
  };
  const stop = async (): Promise<void> => {
    await find('edge').stop();
    await Promise.all(serviceNames.map((name) => find(name).stop()));
    await find('sandbox').stop();
  };
  try {
    await Promise.all([...processes].map(([name, supervised]) => announceReady(supervised, ports[name])));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    edgeUrl: `http://127.0.0.1:${ports.edge}`,
    sandboxUrl: `http://127.0.0.1:${ports.sandbox}`,
    ports,
    process: find,
    kill: async (name, signal) => void (await find(name).kill(signal)),
    restart: async (name) => {
      await find(name).kill('SIGTERM');
      await find(name).start();
    },
    stop,
  };
}

async function choosePorts(given: Partial<PlatformPorts>): Promise<PlatformPorts> {
  const names = [...serviceNames, 'sandbox', 'smtp'] as const;
  const free = await freePorts(names.length);
  const chosen = names.map((name, index) => [name, given[name] || free[index]]);
  return Object.fromEntries(chosen) as PlatformPorts;
}

function launch(
  name: ProcessName,
  options: PlatformOptions,
  port: number,
  env: NodeJS.ProcessEnv,
): SupervisedProcess {
  const folder = name === 'sandbox' ? 'infra/sandbox' : `services/${name}`;
  return superviseProcess({
    name,
    command: process.execPath,
    args: [...nodeFlags(name), ...(options.nodeFlags ?? []), join(repositoryRoot, folder, 'dist/main.js')],
    cwd: repositoryRoot,
    env,
    logFile: join(options.logFolder, `${name}.log`),
    restart: options.restart ?? true,
    report: options.report ?? (() => undefined),
    probe: () => probeReady(port),
  });
}

/** What every process of a platform finds in its environment. */
export function processEnvironment(
  options: Pick<PlatformOptions, 'servers' | 'databaseUrls' | 'topicPrefix' | 'env'>,
  ports: PlatformPorts,
): NodeJS.ProcessEnv {
  const { servers, databaseUrls } = options;
  const sandbox = `http://127.0.0.1:${ports.sandbox}`;
  const own = serviceNames.flatMap((name: ServiceName) => [
    [`${name.toUpperCase()}_PORT`, String(ports[name])],
    [`${name.toUpperCase()}_DATABASE_URL`, databaseUrls[name]],
  ]);
  return {
    KYC_URL: sandbox,
    CREDIT_BUREAU_URL: sandbox,
    PSP_URL: sandbox,
    SANDBOX_PSP_CALLBACK_URL: `http://127.0.0.1:${ports.edge}/v1/psp-webhooks`,
    ISSUER_URL: sandbox,
    SMS_URL: sandbox,
    SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`,
    PUBLIC_URL: `http://127.0.0.1:${ports.edge}`,
    SERVICE_VERSION: codeVersion(),
    ...process.env,
    KAFKA_BROKERS: servers.kafkaBrokers,
    SCHEMA_REGISTRY_URL: servers.schemaRegistryUrl,
    REDIS_URL: servers.redisUrl,
    TOPIC_PREFIX: options.topicPrefix ?? '',
    SANDBOX_PORT: String(ports.sandbox),
    SANDBOX_SMTP_PORT: String(ports.smtp),
    ...Object.fromEntries(own),
    ...options.env,
  };
}

async function probeReady(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/health/ready`, {
    signal: AbortSignal.timeout(2_000),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`/health/ready answered ${response.status}`);
}
