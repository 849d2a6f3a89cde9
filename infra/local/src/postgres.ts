import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { type Child, healthyOrKilled, startChild } from './child.js';
import { LocalError } from './local-error.js';
import { postgresHome } from './postgres-programs.js';

export interface PostgresOptions {
  readonly folder: string;
  readonly logFile: string;
  readonly port: number;
  /** Settings instead of those that suit a small machine, by name. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** URL of the superuser's database. */
export function postgresUrl(port: number): string {
  return `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
}

/** Starts PostgreSQL, durable as in production, and initialises its cluster the first time. */
export async function startPostgres(options: PostgresOptions): Promise<Child> {
  const home = postgresHome(options.folder);
  if (home.dataFolder !== options.folder) keepTogether(options.folder, home.dataFolder);
  const run = (program: string, args: string[], appendLog: boolean): Child =>
    startChild({
      name: 'PostgreSQL',
      command: join(home.programs, 'bin', program),
      args: ['-D', home.dataFolder, ...args],
      cwd: '/',
      logFile: options.logFile,
      appendLog,
      user: home.user,
      stopSignal: 'SIGINT',
      env: { ...process.env, LC_ALL: 'C' },
    });
  if (!existsSync(join(home.dataFolder, 'global', 'pg_control'))) {
    // What an interrupted initdb has left behind cannot be continued.
    rmSync(home.dataFolder, { recursive: true, force: true });
    mkdirSync(dirname(home.dataFolder), { recursive: true });
    mkdirSync(home.dataFolder, { mode: 0o700 });
    if (home.user) chownSync(home.dataFolder, home.user.uid, home.user.gid);
    // It listens on the loopback interface only, with a password that is in the documentation: trust says so.
    const initdb = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C'];
    const { code } = await run('initdb', initdb, false).exited;
    if (code !== 0) throw new LocalError('start-failed', `initdb failed, see ${options.logFile}`);
  }
  const postgres = run('postgres', ['-p', String(options.port), ...settings(options.settings)], true);
  return healthyOrKilled(postgres, () => probe(options.port));
}

// Whoever removes `.florin` wants everything to be new, also what had to be kept elsewhere.
function keepTogether(folder: string, dataFolder: string): void {
  if (!existsSync(folder)) rmSync(dataFolder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'moved'), `The data is in ${dataFolder}\n`);
}

function settings(others: PostgresOptions['settings']): string[] {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    max_connections: '300',
    shared_buffers: '128MB',
    max_wal_size: '2GB',
    ...others,
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function probe(port: number): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl(port), connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}
