import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalError } from './local-error.js';

/** Who keeps its data in a directory. */
interface Holder {
  readonly pid: number;
  /** After a reboot the number may belong to somebody else, whose command is another one. */
  readonly command: string;
}

const attempts = 3;

/**
 * Keeps a second platform out of a data folder until this process ends. The lock of a process that has died is taken
 * over. Should two take over the same lock in the same instant, PostgreSQL and Kafka still refuse a data folder that
 * is in use.
 * @throws LocalError naming the process that holds the folder
 */
export function lockDirectory(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const file = lockFile(folder);
  const own: Holder = { pid: process.pid, command: commandOf(process.pid) ?? '' };
  for (let attempt = 1; !writeNew(file, own); attempt++) {
    requireUnlocked(folder);
    if (attempt === attempts) throw new LocalError('directory-in-use', `${file} cannot be taken over`);
    rmSync(file, { force: true });
  }
  process.once('exit', () => {
    if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true });
  });
}

/** @throws LocalError naming the process that holds the folder */
export function requireUnlocked(folder: string): void {
  const file = lockFile(folder);
  const holder = readHolder(file);
  if (holder === undefined || !isAlive(holder)) return;
  throw new LocalError(
    'directory-in-use',
    `this directory is in use by pid ${holder.pid} (${file}). Stop it with Ctrl-C or kill ${holder.pid}; ` +
      'a second copy needs a clone and ports of its own.',
  );
}

function lockFile(folder: string): string {
  return join(folder, 'lock');
}

function writeNew(file: string, holder: Holder): boolean {
  try {
    writeFileSync(file, `${JSON.stringify(holder)}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when there is no lock, or one whose writer died before it had written it. */
function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, command }: Holder): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const running = commandOf(pid);
  return running === undefined || command === '' || running === command;
}

/** Undefined where `ps` is missing. */
function commandOf(pid: number): string | undefined {
  const { stdout, status } = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
