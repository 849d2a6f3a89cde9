import type { Logger } from '@florin/observability';

export interface Job {
  start(): void;
  /** Runs the job now, or once more when it is running. */
  wake(): void;
  /** Tells a run in progress to come to an end, and resolves when it has. */
  stop(): Promise<void>;
}

/**
 * Runs `work` every `intervalMs`, never twice at once; a failing run is logged and the next one tries again. Work that
 * takes longer than some seconds listens to the signal: a service that stops waits for it.
 */
export function every(
  intervalMs: number,
  work: (signal: AbortSignal) => Promise<void>,
  options: { readonly name: string; readonly logger: Logger },
): Job {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = new AbortController();

  function run(): void {
    // Messages that are handled while the service stops may still wake a job that has ended.
    if (stopped.signal.aborted) return;
    if (running) {
      again = true;
      return;
    }
    running = work(stopped.signal)
      .catch((error) => options.logger.error({ err: error, job: options.name }, 'job failed'))
      .finally(() => {
        running = undefined;
        if (again && timer) {
          again = false;
          run();
        }
      });
  }
  return {
    start() {
      stopped = new AbortController();
      timer = setInterval(run, intervalMs);
      timer.unref();
    },
    wake: run,
    async stop() {
      clearInterval(timer);
      timer = undefined;
      stopped.abort();
      await running;
    },
  };
}
