import { spawnSync } from 'node:child_process';
import { repositoryRoot } from './paths.js';

/** The commit of this clone; empty outside of git, where the services say the version of their release. */
export function codeVersion(): string {
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    timeout: 5_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.trim() : '';
}
