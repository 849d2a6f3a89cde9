import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Child, healthyOrKilled, startChild } from './child.js';
import { LocalError } from './local-error.js';

export interface RedisOptions {
  readonly programs: string;
  readonly folder: string;
  readonly logFile: string;
  readonly port: number;
}

const bundled: Record<string, string> = {
  'linux-x64': 'redis-server-6.2.6-v5-linux-amd64',
  'linux-arm64': 'redis-server-6.2.7-linux-arm64',
  'darwin-x64': 'redis-server-6.2.6-v5-darwin-amd64',
  'darwin-arm64': 'redis-server-6.2.6-v5-darwin-arm64',
};

/** Starts Redis with an append-only file, so that secrets on their way to a customer survive a restart. */
export async function startRedis(options: RedisOptions): Promise<Child> {
  mkdirSync(options.folder, { recursive: true });
  const redis = startChild({
    name: 'Redis',
    command: redisCommand(options.programs),
    args: [
      ...['--bind', '127.0.0.1', '--port', String(options.port), '--dir', options.folder],
      ...['--save', '', '--appendonly', 'yes', '--daemonize', 'no'],
    ],
    cwd: options.folder,
    logFile: options.logFile,
  });
  return healthyOrKilled(redis, () => ping(options.port));
}

function redisCommand(programs: string): string {
  const own = join(programs, bundled[`${process.platform}-${process.arch}`] ?? 'none');
  if (existsSync(own)) {
    chmodSync(own, 0o755);
    // The binary needs a C library and OpenSSL that this machine may not have.
    if (spawnSync(own, ['--version'], { stdio: 'ignore' }).status === 0) return own;
  }
  if (spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0) return 'redis-server';
  throw new LocalError('start-failed', 'The bundled Redis does not run here: install redis-server.');
}

function ping(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('data', (answer) => {
      socket.destroy();
      if (answer.toString().startsWith('+PONG')) resolve();
      else reject(new Error(answer.toString().trim()));
    });
  });
}
