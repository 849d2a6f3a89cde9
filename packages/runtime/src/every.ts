import type { Logger } from '@florin/observability';

export interface Job {
  start(): void;
  /** Runs the job now, or once more when it is running. */
  wake(): void;
  /** Resolves when a run in progress has ended. */
  stop(): Promise<void>;
}

/** Runs `work` every `intervalMs`, never twice at once; a failing run is logged and the next one tries again. */
export function every(
  intervalMs: number,
  work: () => Promise<void>,
  options: { readonly name: string; readonly logger: Logger },
): Job {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;

  function run(): void {
    if (running) {
      again = true;
      return;
    }
    running = work()
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
      timer = setInterval(run, intervalMs);
      timer.unref();
    },
    wake: run,
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await running;
    },
  };
}
