import type { Logger } from '@florin/observability';

export interface StopStep {
  readonly name: string;
  /** After so long the step is left behind. */
  readonly limitMs: number;
  readonly run: () => Promise<unknown>;
}

/**
 * Runs every step, one after the other, whatever becomes of those before it: a server that is away must neither keep a
 * process from ending nor from releasing what it can. Resolves in the sum of the limits at the latest.
 */
export async function runStopSteps(steps: readonly StopStep[], logger: Logger): Promise<void> {
  for (const { name, limitMs, run } of steps) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new StopTimeoutError(name, limitMs)), limitMs);
    });
    try {
      await Promise.race([run(), late]);
    } catch (error) {
      logger.warn({ err: error, step: name }, 'a step of stopping failed, the next one follows');
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Waits for all, also after a failure: what the next step does may be in the way of those that still run. */
export async function allEnded(work: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** A step of stopping waits for something that does not come. */
export class StopTimeoutError extends Error {
  readonly code = 'stop-timeout';
  readonly retryable = false;
  constructor(step: string, limitMs: number) {
    super(`to ${step} took longer than ${limitMs} ms`);
    this.name = 'StopTimeoutError';
  }
}
