import { setTimeout as delay } from 'node:timers/promises';
import { type Child, type ChildOptions, type Exit, startChild, untilHealthy } from './child.js';

export interface SupervisedOptions extends Omit<ChildOptions, 'appendLog'> {
  /** Throws until the process can do its work. */
  readonly probe: () => Promise<void>;
  /**
   * Starts it again, after a pause that doubles, when it ends without having been asked to. A process that has never
   * been ready would end in the same way again, mostly for its configuration: that is an error of `untilReady`.
   */
  readonly restart: boolean;
  readonly report: (line: string) => void;
}

/** A process that is kept running. */
export interface SupervisedProcess {
  readonly name: string;
  readonly pid: number;
  readonly running: boolean;
  /** Resolves when it is ready. @throws LocalError when it ends or does not become ready in time */
  untilReady(): Promise<void>;
  /** Sends a signal and resolves when the process that got it has gone. */
  kill(signal: NodeJS.Signals): Promise<Exit>;
  /** Starts it if it is not running, and resolves when it is ready. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** Having run for so long, a process has earned a short pause again. */
const stableAfterMs = 60_000;

export function superviseProcess(options: SupervisedOptions): SupervisedProcess {
  let stopping = false;
  let everReady = false;
  let pauseMs = firstPauseMs;
  const ending = new AbortController();
  let child = launch(false);

  function launch(appendLog: boolean): Child {
    const startedAt = performance.now();
    const launched = startChild({ ...options, appendLog });
    void launched.exited.then((exit) => (options.restart ? revive(launched, exit, startedAt) : undefined));
    return launched;
  }

  async function revive(ended: Child, exit: Exit, startedAt: number): Promise<void> {
    if (stopping || !everReady || ended !== child) return;
    if (performance.now() - startedAt > stableAfterMs) pauseMs = firstPauseMs;
    const reason = exit.signal ? `was ended by ${exit.signal}` : `ended with code ${exit.code}`;
    options.report(`${options.name} ${reason}; starting it again in ${pauseMs / 1_000} s (${ended.logFile})`);
    const pause = pauseMs;
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    await delay(pause, undefined, { signal: ending.signal }).catch(() => undefined);
    if (stopping || ended !== child) return;
    child = launch(true);
    const reborn = child;
    await untilHealthy(reborn, options.probe).then(
      () => options.report(`${options.name} is ready again`),
      // When it has ended once more, that is reported where it is noticed.
      () => {
        if (reborn.running && !stopping) {
          options.report(`${options.name} runs but is still not ready (${reborn.logFile})`);
        }
      },
    );
  }

  async function untilReady(): Promise<void> {
    await untilHealthy(child, options.probe);
    everReady = true;
  }

  return {
    name: options.name,
    get pid() {
      return child.pid;
    },
    get running() {
      return child.running;
    },
    untilReady,
    kill: (signal) => child.kill(signal),
    async start() {
      if (!child.running) child = launch(true);
      await untilReady();
    },
    async stop() {
      stopping = true;
      ending.abort();
      await child.stop();
    },
  };
}
