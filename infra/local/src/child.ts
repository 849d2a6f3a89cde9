import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalError } from './local-error.js';
import { forget, reap } from './reaper.js';

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Output of both streams goes here. */
  readonly logFile: string;
  /** Adds to the log of an earlier run instead of replacing it. */
  readonly appendLog?: boolean;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** What asks the program to finish its work and leave. */
  readonly stopSignal?: NodeJS.Signals;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that this process has started and answers for. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  readonly running: boolean;
  readonly exited: Promise<Exit>;
  /** Sends a signal and resolves when the program has gone. */
  kill(signal: NodeJS.Signals): Promise<Exit>;
  /** Asks the program to leave, and kills it when it has not done so in time. */
  stop(): Promise<Exit>;
}

const stopTimeoutMs = 30_000;
/** A busy machine took more than a minute for what takes three seconds otherwise; a program that ends is noticed at once. */
const patienceMs = 180_000;

export function startChild(options: ChildOptions): Child {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, options.appendLog ? 'a' : 'w');
  // Detached: it leads a process group of its own, so that Ctrl-C reaches only us and we can stop things in order.
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', log, log],
    detached: true,
    ...options.user,
  });
  closeSync(log);
  return childOf(child, options);
}

function childOf(child: ChildProcess, options: ChildOptions): Child {
  const pid = child.pid ?? 0;
  let running = child.pid !== undefined;
  if (running) reap(pid);
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  }).then((exit) => {
    running = false;
    forget(pid);
    return exit;
  });
  const kill = (signal: NodeJS.Signals): Promise<Exit> => {
    if (running) child.kill(signal);
    return exited;
  };
  return {
    name: options.name,
    pid,
    logFile: options.logFile,
    get running() {
      return running;
    },
    exited,
    kill,
    stop() {
      const timer = setTimeout(() => void kill('SIGKILL'), stopTimeoutMs);
      return kill(options.stopSignal ?? 'SIGTERM').finally(() => clearTimeout(timer));
    },
  };
}

/**
 * Resolves when `probe` does not throw any more.
 * @throws LocalError when the program ends first or the time is over, with the end of its log
 */
export async function untilHealthy(
  child: Child,
  probe: () => Promise<void>,
  timeoutMs = patienceMs,
): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  let problem: unknown;
  while (child.running && performance.now() < giveUpAt) {
    try {
      return await probe();
    } catch (error) {
      problem = error;
    }
    await Promise.race([delay(50), child.exited]);
  }
  const reason = child.running
    ? `was not healthy after ${timeoutMs / 1000} s (${problem instanceof Error ? problem.message : problem})`
    : 'ended while it started';
  const tail = logTail(child);
  const log = tail === '' ? `${child.logFile} is empty` : `See ${child.logFile}:\n${tail}`;
  throw new LocalError('start-failed', `${child.name} ${reason}. ${log}`);
}

/** As `untilHealthy`, and kills a program that does not become healthy. */
export async function healthyOrKilled(child: Child, probe: () => Promise<void>): Promise<Child> {
  try {
    await untilHealthy(child, probe);
    return child;
  } catch (error) {
    await child.kill('SIGKILL');
    throw error;
  }
}

function logTail(child: Child): string {
  const lines = readFileSync(child.logFile, 'utf8').trimEnd().split('\n');
  return lines.slice(-8).join('\n');
}
